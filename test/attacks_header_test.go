package test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

func TestAttacksOnTheHeader(t *testing.T) {
	own := []byte("the attacker's own secret, 32 bytes and more")
	var attacks []attack
	try := func(alg string, key any, iss, parameters string) {
		attacks = append(attacks, attack{alg + " " + fmt.Sprintf("%.60s", parameters), func(name string) string {
			return sealed(alg, key, `{"alg":"`+alg+`",`+parameters+`}`, payload(iss, name))
		}})
	}
	for _, parameters := range []string{
		`"crit":["x"],"x":1`, `"crit":[]`, `"crit":null`, `"crit":"exp"`, `"crit":["alg"]`, `"crit":["b64"],"b64":true`,
		`"crit":["b64"],"b64":false`, `"b64":false`, `"b64":null`, `"typ":"logout+jwt"`, `"typ":"secevent+jwt"`, `"typ":"dpop+jwt"`, `"typ":1`,
		`"zip":"DEF"`, `"kid":1`, `"kid":null`, `"kid":"\u0000"`, `"kid":"a","kid":"b"`,
	} {
		try("HS256", []byte(secret), issuer("HS256"), parameters)
	}
	for _, kid := range []string{
		`../../../../dev/null`, `/dev/null`, `' OR 1=1 --`, `1' UNION SELECT 'x`, `$(id)`, "`id`", `|id`, `http://127.0.0.1:1/key`, "1\r\nX-Planted: 1",
		strings.Repeat("k", 11_000), strings.Repeat("k", 70_000),
	} {
		for _, key := range [][]byte{nil, {0}, own} {
			try("HS256", key, issuer("set"), `"kid":`+text(kid))
		}
		try("RS256", otherRSA(), issuer("set"), `"kid":`+text(kid))
	}
	oct := `"jwk":{"kty":"oct","k":"` + b64(own) + `","kid":"1"}`
	for _, iss := range []string{issuer("HS256"), issuer("set"), "https://unknown.example/"} {
		try("HS256", own, iss, oct)
		try("RS256", otherRSA(), iss, `"kid":"1","jwk":`+jwk(otherRSA(), "1", ""))
		try("ES384", p384Key(), iss, `"kid":"2","jwk":`+jwk(p384Key(), "2", ""))
		try("RS256", otherRSA(), iss, `"kid":"1","x5c":["`+b64([]byte("no certificate"))+`"],"x5t":"x"`)
	}
	repelled(t, attacks)
}

func TestNothingIsFetchedForAToken(t *testing.T) {
	var connections atomic.Int64
	trap := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"keys":[`+jwk(otherRSA(), "1", "")+`]}`)
	}))
	trap.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	trap.Start()
	defer trap.Close()
	var attacks []attack
	for _, address := range []string{trap.URL + "/jwks", "file:///etc/passwd", "http://169.254.169.254/latest/meta-data/"} {
		for _, parameter := range []string{"jku", "x5u", "kid"} {
			for _, iss := range []string{issuer("set"), issuer("RS256"), trap.URL, address} {
				attacks = append(attacks, attack{parameter + " " + address + " of " + iss, func(name string) string {
					return sealed("RS256", otherRSA(), fmt.Sprintf(`{"alg":"RS256",%q:%q}`, parameter, address), payload(iss, name))
				}})
			}
		}
	}
	repelled(t, attacks)
	if n := connections.Load(); n != 0 {
		t.Errorf("%d connections", n)
	}
	if resp, err := http.Get(trap.URL); err != nil || connections.Load() != 1 {
		t.Fatalf("the trap does not count: %v", err)
	} else {
		resp.Body.Close()
	}
}
