package keys_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/keys"
)

const wellKnown = "/.well-known/openid-configuration"

func TestDiscoveryLeadsToTheKeysAndTheirIssuer(t *testing.T) {
	issuer := newIssuer(t)
	issuer.publishes("a")
	for _, issuers := range [][]string{nil, {"https://other.example", issuer.URL}} {
		party := relying(t, newWatch(), nil, keys.RemoteSource{Discovery: issuer.URL + wellKnown, Issuers: issuers})
		set, err := party.Keys(t.Context(), "a")
		if err != nil || len(set.Keys) != 1 || set.Issuer != issuer.URL {
			t.Errorf("issuers %v: got %+v, %v", issuers, set, err)
		}
	}
}

func TestADiscoveryDocumentThatIsNotBelieved(t *testing.T) {
	issuer := newIssuer(t)
	issuer.publishes("a")
	const own = `"https://login.example.org"`
	for name, c := range map[string]struct{ document, says string }{
		"another issuer":    {`{"issuer":"https://evil.example","jwks_uri":"` + issuer.URL + `/keys"}`, `issuer "https://evil.example", which is not in issuers`},
		"but for a slash":   {`{"issuer":"https://login.example.org/","jwks_uri":"` + issuer.URL + `/keys"}`, "not in issuers"},
		"no issuer":         {`{"jwks_uri":"` + issuer.URL + `/keys"}`, "issuer or jwks_uri is missing"},
		"a list of issuers": {`{"issuer":[` + own + `],"jwks_uri":"` + issuer.URL + `/keys"}`, "issuer or jwks_uri is missing"},
		"no place":          {`{"issuer":` + own + `}`, "issuer or jwks_uri is missing"},
		"two places":        {`{"issuer":` + own + `,"jwks_uri":"a","jwks_uri":"b"}`, "stands twice"},
		"a file":            {`{"issuer":` + own + `,"jwks_uri":"file:///etc/passwd"}`, "jwks_uri in the discovery document is no URL"},
		"plain elsewhere":   {`{"issuer":` + own + `,"jwks_uri":"http://169.254.169.254/keys"}`, "is no https URL"},
		"a user":            {`{"issuer":` + own + `,"jwks_uri":"https://a:b@login.example.org/"}`, "has a user"},
		"a relative place":  {`{"issuer":` + own + `,"jwks_uri":"/keys"}`, "is no URL"},
		"HTML":              {"<html>", "no discovery document"},
		"a list":            {"[]", "no discovery document"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, c.document) }))
			defer server.Close()
			party := relying(t, newWatch(), nil, keys.RemoteSource{Discovery: server.URL, Issuers: []string{"https://login.example.org"}})
			party.wantUnavailable(t, c.says)
		})
	}
	if n := issuer.fetches.Load(); n != 0 {
		t.Errorf("%d sets were fetched all the same", n)
	}
}

func TestADiscoveryDocumentThatGoesWrongTakesNothingAway(t *testing.T) {
	clock, issuer := newWatch(), newIssuer(t)
	issuer.publishes("a")
	var document atomic.Value
	document.Store(fmt.Sprintf(`{"issuer":"us","jwks_uri":%q}`, issuer.URL+"/keys"))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, document.Load()) }))
	defer server.Close()
	party := relying(t, clock, nil, keys.RemoteSource{Discovery: server.URL, Issuers: []string{"us", "them"}})
	party.wantKids(t, "a", "a")
	document.Store(fmt.Sprintf(`{"issuer":"evil","jwks_uri":%q}`, issuer.URL+"/keys"))
	clock.passes(time.Minute)
	party.wantKids(t, "unknown", "a")
	other := newIssuer(t)
	other.publishes("b")
	document.Store(fmt.Sprintf(`{"issuer":"them","jwks_uri":%q}`, other.URL+"/keys"))
	clock.passes(10 * time.Second)
	party.wantKids(t, "b", "b")
}

// What is fetched over https leads nobody to this machine.
func TestDiscoveryOverTLSLeadsToTLSOnly(t *testing.T) {
	source := keys.RemoteSource{Discovery: "https://login.example.org/"}
	const document = `{"issuer":"us","jwks_uri":"http://127.0.0.1:9008/metrics"}`
	if _, _, err := source.Discovered([]byte(document)); err == nil {
		t.Error("it is believed")
	}
	source.Discovery = "http://localhost:8080/"
	if _, address, err := source.Discovered([]byte(document)); err != nil || address != "http://127.0.0.1:9008/metrics" {
		t.Errorf("on one machine: got %q, %v", address, err)
	}
}
