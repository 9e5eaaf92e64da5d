package httpapi

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/seed-31b6c987/doorward/adapters/strictjson"
	"github.com/seed-31b6c987/doorward/domain"
)

// readObject reads the body of a request as a JSON object, whatever its content
// type says. It is the only place where bodies are read.
func readObject(w http.ResponseWriter, r *http.Request, limit int64) (map[string]any, error) {
	body, err := readBody(w, r, limit)
	if err != nil {
		// What is left of the body is not worth waiting for.
		w.Header().Set("Connection", "close")
		return nil, err
	}
	object, err := strictjson.ParseObject(body)
	switch {
	case errors.Is(err, strictjson.ErrSyntax):
		return nil, errNotJSON
	case err != nil:
		return nil, domain.Refuse(errBadJSON, "bad_json", err.Error())
	}
	return object, nil
}

// readBody reads no more than the limit, and inflates nothing.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	for _, encoding := range r.Header["Content-Encoding"] {
		if encoding != "" && !strings.EqualFold(encoding, "identity") {
			return nil, errEncoding
		}
	}
	if r.ContentLength > limit {
		return nil, errBodyTooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, errBodyTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, errBodyTooSlow
	case err != nil:
		return nil, errNotJSON // it ends early, or its chunks are broken
	}
	return body, nil
}

// take removes a member from the object and returns its value: nil if it is
// not there or null, an error if it is of another type. The kind is what the
// client is told it must be.
func take[T any](object map[string]any, name, kind string) (*T, error) {
	member := object[name]
	delete(object, name)
	if member == nil {
		return nil, nil
	}
	value, ok := member.(T)
	if !ok {
		return nil, domain.Refuse(errBadJSON, "bad_json", name+" must be "+kind)
	}
	return &value, nil
}
