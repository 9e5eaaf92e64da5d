package httpapi

import "net/http"

// standardHeaders are on every answer (Matrix specification, client-server API,
// "Web Browser Clients"). The lists are shared and never changed.
var standardHeaders = []struct {
	name   string // as [http.CanonicalHeaderKey] writes it
	values []string
}{
	{"Access-Control-Allow-Origin", []string{"*"}},
	{"Access-Control-Allow-Methods", []string{"GET, POST, PUT, DELETE, OPTIONS"}},
	{"Access-Control-Allow-Headers", []string{"X-Requested-With, Content-Type, Authorization"}},
	{"Access-Control-Expose-Headers", []string{"Retry-After, X-Request-Id"}},
	{"Cache-Control", []string{"no-store"}},
	{"X-Content-Type-Options", []string{"nosniff"}},
}

func setStandardHeaders(to http.Header) {
	for _, h := range standardHeaders {
		to[h.name] = h.values
	}
}
