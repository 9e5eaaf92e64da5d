package test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestKeysRotateWithoutARestart(t *testing.T) {
	onEveryVariantAt(t, byURL, func(t *testing.T, d *door, p *publisher, clock *watch) {
		p.publishes(ec("old"))
		d.wantAnswered(t, "the first key", es256("old"), 200, "")
		p.publishes(ec("old"), ec("new"))
		clock.passes(15 * time.Second)
		d.wantAnswered(t, "a new key after 15 seconds", es256("new"), 200, "")
		d.wantAnswered(t, "the old one, still published", es256("old"), 200, "")
		p.publishes(ec("new"))
		clock.passes(60 * time.Second)
		d.wantAnswered(t, "a key that was taken back a minute ago", es256("old"), 403, "M_FORBIDDEN")
		d.wantAnswered(t, "the new key", es256("new"), 200, "")
	})
}

func TestUnknownKeyIDsAreCheap(t *testing.T) {
	onEveryVariantAt(t, byURL, func(t *testing.T, d *door, p *publisher, clock *watch) {
		p.publishes(ec("a"))
		end := inBackground(d.Background.Run)
		defer end()
		for i := range 60 {
			d.wantAnswered(t, "an unknown key id", es256(fmt.Sprint("unknown ", i)), 403, "M_FORBIDDEN")
			clock.passes(time.Second)
		}
		if n := p.fetches.Load(); n > 6 || n == 0 {
			t.Errorf("%d fetches in a minute", n)
		}
		d.wantAnswered(t, "the known one", es256("a"), 200, "")
	})
}

// inBackground does something until the returned function is called, which waits
// for its end.
func inBackground(do func(context.Context)) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var working sync.WaitGroup
	working.Go(func() { do(ctx) })
	return func() { cancel(); working.Wait() }
}

func TestAPublisherInTroubleKeepsNobodyOut(t *testing.T) {
	evil := publish(t, ec("unknown"))
	says := func(status int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); fmt.Fprint(w, text) }
	}
	troubles := map[string]http.HandlerFunc{
		"500":       says(500, `{"keys":[]}`),
		"HTML":      says(200, "<html>"),
		"null":      says(200, "null"),
		"truncated": says(200, `{"keys":[`+ec("unknown")),
		"huge":      says(200, `{"keys":[`+ec("unknown")+`]}`+strings.Repeat(" ", 2<<20)),
		"elsewhere": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, evil.URL+"/keys", http.StatusFound) },
		"hung":      func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	}
	onEveryVariantAt(t, byURL, func(t *testing.T, d *door, p *publisher, clock *watch) {
		p.publishes(ec("a"))
		d.wantAnswered(t, "before", es256("a"), 200, "")
		for name, trouble := range troubles {
			p.answers(trouble)
			clock.passes(time.Minute)
			d.wantAnswered(t, name+": a known key", es256("a"), 200, "")
			d.wantAnswered(t, name+": an unknown one", es256("unknown"), 403, "M_FORBIDDEN")
		}
		if evil.fetches.Load() > 0 {
			t.Error("it went elsewhere")
		}
	})
}

func TestWithoutKeysNobodyIsToldThatTheTokenIsBad(t *testing.T) {
	onEveryVariantAt(t, byURL, func(t *testing.T, d *door, p *publisher, clock *watch) {
		for name, trouble := range map[string]http.HandlerFunc{
			"down": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) },
			"hung": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		} {
			p.answers(trouble)
			clock.passes(time.Minute)
			d.wantAnswered(t, name, es256("a"), 503, "M_UNKNOWN")
		}
	})
}

func TestARestartDuringAnOutageKeepsNobodyOutForADay(t *testing.T) {
	for _, v := range variants {
		if v.name == "Memory" {
			continue // forgets everything
		}
		t.Run(v.name, func(t *testing.T) {
			p, clock, database := publish(t, ec("a")), newWatch(), v.url(t)
			settings := strings.Replace(byURL(p), "jwks_url: \""+p.URL+"/keys", "discovery_url: \""+p.URL+wellKnownOpenID, 1)
			token := sealed("ES256", p256Key(), `{"alg":"ES256","kid":"a"}`, payload("https://login.example", "alice"))
			before := &door{log: &logBuffer{}}
			before.openAt(t, settings, database, clock.now)
			before.wantAnswered(t, "before", token, 200, "")
			before.Trust.Remotes.Close() // what is to be stored is stored
			p.Close()

			clock.passes(24*time.Hour - time.Second)
			after := &door{log: &logBuffer{}}
			after.openAt(t, settings, database, clock.now)
			after.wantAnswered(t, "after", token, 200, "")
			after.wantAnswered(t, "of another issuer", es256("a"), 403, "M_FORBIDDEN")
			clock.passes(2 * time.Second)
			after.wantAnswered(t, "after a day", token, 503, "M_UNKNOWN")
		})
	}
}

func TestFetchedKeysOfEveryKind(t *testing.T) {
	published := map[string]any{"RS256": rsaKey(), "PS256": rsaKey(), "ES256": p256Key(), "ES384": p384Key(), "ES512": p521Key(), "EdDSA": edKey()}
	onEveryVariantAt(t, byURL, func(t *testing.T, d *door, p *publisher, _ *watch) {
		var set []string
		for alg, key := range published {
			set = append(set, jwk(key, alg, fmt.Sprintf(`,"alg":%q`, alg)))
		}
		set = append(set, `{"kty":"oct","kid":"secret","k":"`+b64([]byte(secret))+`"}`, jwk(otherRSA(), "enc", `,"use":"enc"`))
		p.publishes(set...)
		token := func(alg string, key any, kid string) string {
			return sealed(alg, key, fmt.Sprintf(`{"alg":%q,"kid":%q}`, alg, kid), `{"sub":"alice"}`)
		}
		for alg, key := range published {
			d.wantAnswered(t, alg, token(alg, key, alg), 200, "")
		}
		for what, bad := range map[string]string{
			"PS256 with the key for RS256":      token("PS256", rsaKey(), "RS256"),
			"RS256 with the key for PS256":      token("RS256", rsaKey(), "PS256"),
			"RS512 with the key for RS256":      token("RS512", rsaKey(), "RS256"),
			"another key's name":                token("ES256", p256Key(), "EdDSA"),
			"a secret that everybody can read":  token("HS256", []byte(secret), "secret"),
			"a key for encryption":              token("RS256", otherRSA(), "enc"),
			"the public key as a shared secret": token("HS256", []byte(publicPEM(rsaKey())), "RS256"),
		} {
			d.wantAnswered(t, what, bad, 403, "M_FORBIDDEN")
		}
		if n := strings.Count(d.log.String(), "keys are ignored"); n != 1 {
			t.Errorf("ignored keys are logged %d times", n)
		}
	})
}

func TestADiscoveredIssuerIsTheOnlyOne(t *testing.T) {
	byDiscovery := func(p *publisher) string {
		return fmt.Sprintf("server_name: example.org\njwt:\n  providers:\n    - {name: corp, discovery_url: %q}\n", p.URL+wellKnownOpenID)
	}
	onEveryVariantAt(t, byDiscovery, func(t *testing.T, d *door, p *publisher, _ *watch) {
		p.publishes(ec("a"))
		token := func(payload string) string {
			return sealed("ES256", p256Key(), `{"alg":"ES256","kid":"a"}`, payload)
		}
		d.wantAnswered(t, "its own", token(payload("https://login.example", "alice")), 200, "")
		d.wantAnswered(t, "another", token(payload("https://evil.example", "alice")), 403, "M_FORBIDDEN")
		d.wantAnswered(t, "none", token(`{"sub":"alice"}`), 403, "M_FORBIDDEN")
	})
}

func TestPollingEndsWithTheBackground(t *testing.T) {
	onEveryVariantAt(t, byURL, func(t *testing.T, d *door, p *publisher, clock *watch) {
		asked := make(chan struct{}, 10)
		p.answers(func(w http.ResponseWriter, _ *http.Request) {
			asked <- struct{}{}
			fmt.Fprintf(w, `{"keys":[%s]}`, ec("a"))
		})
		end := inBackground(d.Background.Run)
		<-asked // at once, before anybody logs in
		clock.passes(30 * time.Second)
		<-asked
		end()
		clock.passes(30 * time.Second)
		if len(asked) > 0 {
			t.Error("it goes on")
		}
	})
}
