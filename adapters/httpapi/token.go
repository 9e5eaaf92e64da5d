package httpapi

import (
	"net/http"
	"strings"
)

// accessToken returns the access token of a request, or "" if it has none
// (Matrix specification, client-server API, "Using access tokens"). A header
// that offers something else, or nothing, or twice, is no token; whatever is
// in the query then stays unread.
func accessToken(r *http.Request) string {
	if headers, ok := r.Header["Authorization"]; ok {
		if len(headers) > 1 {
			return ""
		}
		scheme, token, _ := strings.Cut(headers[0], " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return ""
		}
		return strings.Trim(token, " ")
	}
	if r.URL.RawQuery == "" {
		return ""
	}
	if values := r.URL.Query()["access_token"]; len(values) == 1 {
		return values[0]
	}
	return ""
}
