package keys_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/keys"
)

// Nothing that an issuer does takes a known key away, or makes a login wait.
func TestTroubleLeavesKnownKeysAlone(t *testing.T) {
	elsewhere := newIssuer(t)
	elsewhere.publishes("evil")
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code); fmt.Fprint(w, body) }
	}
	says := func(text string) http.HandlerFunc { return status(200, text) }
	redirects := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
	}
	for name, answer := range map[string]http.HandlerFunc{
		"500":                status(500, setOf("evil")),
		"404":                status(404, setOf("evil")),
		"204":                status(204, ""),
		"304 out of nothing": status(304, ""),
		"HTML":               says("<html><body>Sign in</body></html>"),
		"nothing":            says(""),
		"null":               says("null"),
		"null for a list":    says(`{"keys":null}`),
		"null for a key":     says(`{"keys":[null]}`),
		"two sets":           says(setOf("evil") + setOf("evil")),
		"a list twice":       says(strings.TrimSuffix(setOf("evil"), "}") + `,"keys":[]}`),
		"invalid UTF-8":      says(strings.ReplaceAll(setOf("evil"), "evil", "\xff")),
		"too many":           says(setOf(slices.Repeat([]string{"evil"}, 101)...)),
		"large":              says(setOf("evil") + strings.Repeat(" ", 1<<20)),
		"truncated": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100000")
			fmt.Fprint(w, setOf("evil"))
		},
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, setOf("evil"))
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		},
		"compressed": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			fmt.Fprint(w, "\x1f\x8b")
		},
		"redirects":        redirects(elsewhere.URL + "/keys"),
		"redirects around": redirects("/keys"),
		"great headers": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 1<<20))
			fmt.Fprint(w, setOf("evil"))
		},
		"endless": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				fmt.Fprint(w, strings.Repeat(" ", 1<<16))
			}
		},
		"hangs":           func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"drips":           drip(setOf("evil")),
		"drips its lines": drip("\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock, issuer := newWatch(), newIssuer(t)
			issuer.publishes("a")
			party := relying(t, clock, nil, keys.RemoteSource{JWKS: issuer.URL + "/keys"})
			party.wantKids(t, "a", "a")
			issuer.answers(answer)
			clock.passes(time.Minute)
			party.wantKids(t, "a", "a")
			party.wantKids(t, "unknown", "a")
			if elsewhere.fetches.Load() > 0 {
				t.Error("it went elsewhere")
			}
		})
	}
}

// drip sends a text and then white space for ever, slowly.
func drip(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, text)
		for tick := time.Tick(50 * time.Millisecond); ; {
			select {
			case <-tick:
				fmt.Fprint(w, " ")
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	}
}

func TestARedirectOnTheSameHostIsFollowed(t *testing.T) {
	issuer := newIssuer(t)
	issuer.answers(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "" {
			http.Redirect(w, r, "/keys?2", http.StatusMovedPermanently)
			return
		}
		fmt.Fprint(w, setOf("a"))
	})
	relying(t, newWatch(), nil, keys.RemoteSource{JWKS: issuer.URL + "/keys"}).wantKids(t, "a", "a")
}
