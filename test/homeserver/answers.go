package homeserver

import (
	"encoding/json"
	"net/http"
)

// An object is a JSON object.
type object = map[string]any

func answer(w http.ResponseWriter, status int, content object) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(content)
}

func refuse(w http.ResponseWriter, status int, errcode, text string) {
	answer(w, status, object{"errcode": errcode, "error": text})
}

// A refusal is an answer that is no success.
type refusal struct {
	status        int
	errcode, text string
	soft          *bool // soft_logout; nil: not there
}

func (r *refusal) write(w http.ResponseWriter) {
	content := object{"errcode": r.errcode, "error": r.text}
	if r.soft != nil {
		content["soft_logout"] = *r.soft
	}
	answer(w, r.status, content)
}
