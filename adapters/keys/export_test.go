package keys

import (
	"net/http"
	"time"
)

// Discovered is discovered, for documents that no test can fetch.
func (s RemoteSource) Discovered(text []byte) (issuer, address string, err error) {
	return s.discovered(text)
}

// Due is due, of keys whose host answers with the headers.
func Due(headers ...http.Header) time.Duration {
	r := &Remote{current: &publication{}}
	for _, h := range headers {
		r.current.documents = append(r.current.documents, document{fresh: freshness(h)})
	}
	return r.due()
}

// ReadRemote is readRemote.
var ReadRemote = readRemote
