package httpapi

import (
	"encoding/json"
	"net/http"
)

// writeJSON answers with a body that can always be encoded. That a client is
// no longer there to read it is no fault of ours, and not reported.
func writeJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	w.Header()["Content-Type"] = contentTypeJSON
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

var contentTypeJSON = []string{"application/json"}
