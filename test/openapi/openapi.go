// Package openapi holds answers against the OpenAPI files of the Matrix
// specification.
package openapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Validate returns what is wrong with an answer to a request below
// /_matrix/client, /_matrix/federation/v1/openid or /.well-known/matrix. The path
// is escaped and may have a query. A success must be described by the files. So
// must a challenge of User-Interactive Authentication; every other refusal is a
// standard error, whatever the status. It may be called concurrently.
func Validate(method, path string, status int, body []byte) error {
	if method == http.MethodOptions || method == http.MethodHead {
		return nil // they ask for no body
	}
	path, _, _ = strings.Cut(path, "?")
	if isPage(path) {
		return nil
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return fmt.Errorf("the answer is no JSON: %w", err)
	}
	object, ok := value.(map[string]any)
	if !ok {
		return fmt.Errorf("the answer is no JSON object")
	}
	operation := specification().operation(method, path)
	if status >= 400 {
		return refusal(operation, status, object)
	}
	schema, err := documented(operation, status)
	if err != nil {
		return err
	}
	return fits(schema, object)
}

// isPage says whether a path is that of a page for people, which no file
// describes.
func isPage(path string) bool {
	return strings.HasPrefix(path, "/_matrix/client/") &&
		strings.Contains(path, "/auth/") && strings.HasSuffix(path, "/fallback/web")
}

// documented returns the schema of a success.
func documented(operation *openapi3.Operation, status int) (*openapi3.Schema, error) {
	if operation == nil {
		return nil, fmt.Errorf("no file describes this endpoint, and it answers %d", status)
	}
	response := operation.Responses.Status(status)
	if response == nil {
		return nil, fmt.Errorf("the file does not list the status %d", status)
	}
	return schemaOf(response.Value), nil
}

// refusal returns what is wrong with an answer that says no.
func refusal(operation *openapi3.Operation, status int, body map[string]any) error {
	described := schemaAt(operation, status)
	challenge := specification().challenge
	if _, isChallenge := body["flows"]; isChallenge && status == http.StatusUnauthorized {
		if described == nil || described.Title != challenge.Title {
			return fmt.Errorf("this endpoint has no User-Interactive Authentication")
		}
		if err := fits(challenge, body); err != nil {
			return err
		}
		return checkChallenge(body)
	}
	if described != nil && described.Title != challenge.Title {
		if err := fits(described, body); err != nil {
			return err
		}
	}
	if err := fits(specification().standardError, body); err != nil {
		return err
	}
	return checkError(body)
}

func schemaAt(operation *openapi3.Operation, status int) *openapi3.Schema {
	if operation == nil {
		return nil
	}
	response := operation.Responses.Status(status)
	if response == nil {
		return nil
	}
	return schemaOf(response.Value)
}

// schemaOf returns the schema of an answer in JSON; nil: none is written down.
func schemaOf(response *openapi3.Response) *openapi3.Schema {
	if content := response.Content.Get("application/json"); content != nil && content.Schema != nil {
		return content.Schema.Value
	}
	return nil
}

// fits validates as for OpenAPI 3.0. The files are of 3.1, but use nothing that
// 3.0 did not have, and this is many times faster.
func fits(schema *openapi3.Schema, body map[string]any) error {
	if schema == nil {
		return nil
	}
	return schema.VisitJSON(body)
}
