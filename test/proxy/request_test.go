package proxy_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What clients say of themselves does not get through: whoever is behind believes
// the proxy.
func TestBackendsAreToldWhereTheClientIs(t *testing.T) {
	each(t, asItIs, func(t *testing.T, p *proxy) {
		for _, path := range []string{"/_matrix/client/v3/login", "/_matrix/client/v3/sync", "/_doorward/backchannel-logout/a", "/.well-known/matrix/client"} {
			p.take()
			p.ask(t, "GET", path, "X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: 192.0.2.2, 192.0.2.3",
				"X-Forwarded-Proto: gopher", "X-Forwarded-Host: evil.example.com")
			seen := p.take()
			if len(seen) != 1 {
				t.Fatalf("%s: those behind saw %+v", path, seen)
			}
			want := map[string][]string{"X-Forwarded-For": {"127.0.0.1"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {"matrix.example.org"}}
			got := map[string][]string{}
			for name := range want {
				got[name] = seen[0].header[name]
			}
			if diff := cmp.Diff(want, got); diff != "" || seen[0].host != "matrix.example.org" {
				t.Errorf("%s: host %s, %s", path, seen[0].host, diff)
			}
		}
	})
}

func TestTokensAndBodiesGetThrough(t *testing.T) {
	each(t, asItIs, func(t *testing.T, p *proxy) {
		p.send(t, "POST /_matrix/client/v3/login HTTP/1.1\r\nHost: matrix.example.org\r\nConnection: close\r\n"+
			"Authorization: Bearer token\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
		seen := p.take()
		if len(seen) != 1 || string(seen[0].body) != "{}" || seen[0].header.Get("Authorization") != "Bearer token" {
			t.Errorf("those behind saw %+v", seen)
		}
	})
}

// A request that says its length in two ways can hide another (RFC 9112, 6.3).
func TestNoRequestHidesInAnother(t *testing.T) {
	const hidden = "POST /oauth2/introspect HTTP/1.1\r\nHost: matrix.example.org\r\nContent-Length: 0\r\n\r\n"
	each(t, asItIs, func(t *testing.T, p *proxy) {
		for name, headers := range map[string]string{
			"both lengths":       "Content-Length: %d\r\nTransfer-Encoding: chunked\r\n",
			"both, turned round": "Transfer-Encoding: chunked\r\nContent-Length: %d\r\n",
			"two lengths":        "Content-Length: %d\r\nContent-Length: 5\r\n",
			"odd coding":         "Content-Length: %d\r\nTransfer-Encoding: xchunked\r\n",
			"coding in capitals": "Content-Length: %d\r\nTransfer-Encoding: Chunked\r\n",
			"spaced header":      "Content-Length: %d\r\nTransfer-Encoding : chunked\r\n",
			"folded header":      "Content-Length: %d\r\nTransfer-Encoding:\r\n chunked\r\n",
		} {
			body := "0\r\n\r\n" + hidden
			answer := p.send(t, "POST /_matrix/client/v3/login HTTP/1.1\r\nHost: matrix.example.org\r\n"+fmt.Sprintf(headers, len(body))+"\r\n"+body)
			seen := p.take()
			if p.refusesTwoLengths && (answer.StatusCode < 400 || len(seen) != 0) {
				t.Errorf("%s: status %d, and those behind saw %+v", name, answer.StatusCode, seen)
			}
			for _, s := range seen {
				if strings.Contains(s.uri, "oauth2") || strings.Contains(string(s.body), "oauth2") {
					t.Errorf("%s: those behind saw %+v", name, s)
				}
			}
		}
	})
}

func TestBodiesHaveALimit(t *testing.T) {
	const mib = 1 << 20
	each(t, asItIs, func(t *testing.T, p *proxy) {
		for _, c := range []struct {
			path  string
			bytes int
			taken bool
		}{
			{"/_matrix/client/v3/login", 64 << 10, true},
			{"/_matrix/client/v3/login", 17 * mib, false},
			{"/_matrix/federation/v1/send/1", 15 * mib, true},
			{"/_matrix/federation/v1/send/1", 17 * mib, false},
			{"/_matrix/media/v3/upload", 20 * mib, true},
			{"/_matrix/media/v3/upload", 101 * mib, false},
		} {
			answer := p.send(t, "PUT "+c.path+" HTTP/1.1\r\nHost: matrix.example.org\r\nConnection: close\r\nContent-Length: "+
				strconv.Itoa(c.bytes)+"\r\n\r\n"+strings.Repeat("x", c.bytes))
			if taken := answer.StatusCode == http.StatusOK; taken != c.taken || taken != (len(p.take()) == 1) {
				t.Errorf("%s, %d bytes: status %d", c.path, c.bytes, answer.StatusCode)
			}
		}
	})
}

// Clients ask /sync to wait for up to some minutes. Left alone nginx gives up after
// one, and Caddy never.
func TestLongPollsAreWaitedFor(t *testing.T) {
	limit := regexp.MustCompile(`\n    proxy_read_timeout (\d+)m;`).FindStringSubmatch(example(t, "nginx.conf"))
	if limit == nil {
		t.Fatal("the server of nginx has no limit in minutes")
	}
	if minutes, err := strconv.Atoi(limit[1]); err != nil || minutes < 5 {
		t.Errorf("nginx waits for %s minutes", limit[1])
	}
	if found := regexp.MustCompile(`(?m)^\s*(read|write|read_timeout|write_timeout|response_header_timeout|read_body)\s`).FindString(example(t, "Caddyfile")); found != "" {
		t.Errorf("Caddy has a limit: %q", found)
	}
}
