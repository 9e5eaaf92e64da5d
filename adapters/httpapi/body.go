package httpapi

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/seed-31b6c987/doorward/adapters/strictjson"
	"github.com/seed-31b6c987/doorward/domain"
)

// readObject reads the body of a request as a JSON object, whatever its content
// type says.
func readObject(w http.ResponseWriter, r *http.Request, limit int64) (map[string]any, error) {
	body, err := readBody(w, r, limit)
	if err != nil {
		return nil, err
	}
	return parseObject(body)
}

// readObjectIfAny is readObject for requests that need no body: none is as good
// as an empty object.
func readObjectIfAny(w http.ResponseWriter, r *http.Request, limit int64) (map[string]any, error) {
	body, err := readBody(w, r, limit)
	if err != nil || len(body) == 0 {
		return map[string]any{}, err
	}
	return parseObject(body)
}

func parseObject(body []byte) (map[string]any, error) {
	object, err := strictjson.ParseObject(body)
	switch {
	case errors.Is(err, strictjson.ErrSyntax):
		return nil, errNotJSON
	case err != nil:
		return nil, domain.Refuse(errBadJSON, "bad_json", err.Error())
	}
	return object, nil
}

// readForm reads the body of a request as the fields of an HTML form, whatever
// its content type says.
func readForm(w http.ResponseWriter, r *http.Request, limit int64) (url.Values, error) {
	form, err := readFormOfBytes(w, r, limit)
	if err != nil {
		return nil, err
	}
	for name, values := range form {
		if domain.CheckText(append(values, name)...) != nil {
			return nil, errBadForm
		}
	}
	return form, nil
}

// readFormOfBytes is readForm for fields that hold anything.
func readFormOfBytes(w http.ResponseWriter, r *http.Request, limit int64) (url.Values, error) {
	body, err := readBody(w, r, limit)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errBadForm
	}
	return form, nil
}

// readBody reads no more than the limit, and inflates nothing. It is the only
// place where bodies are read.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	body, err := readUpTo(w, r, limit)
	if err != nil {
		// What is left of the body is not worth waiting for.
		w.Header().Set("Connection", "close")
	}
	return body, err
}

func readUpTo(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
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
	_ = r.Body.Close() // otherwise net/http looks for what is left of it
	return body, nil
}

var errBadForm = domain.Refuse(domain.ErrInvalidParam, "bad_form", "What was sent is no form.")

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
