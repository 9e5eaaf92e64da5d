package homeserver_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/homeserver"
	"github.com/seed-31b6c987/doorward/domain"
	fake "github.com/seed-31b6c987/doorward/test/homeserver"
)

var locked = domain.Notice{User: alice, Kind: domain.UserLocked}

func TestWhatAnAnswerMeans(t *testing.T) {
	long := strings.Repeat("ü", 1000)
	for _, c := range []struct {
		status int
		body   string
		want   error
		says   string
	}{
		{200, `{}`, nil, ""},
		{201, `{"anything":[1]}`, nil, ""},
		{204, ``, nil, ""},
		{200, ``, domain.ErrHomeserverAway, "not JSON"},
		{200, `<html>Please sign in</html>`, domain.ErrHomeserverAway, "homeserver.url"},
		{200, `[]`, domain.ErrHomeserverAway, "not JSON"},
		{202, `{}`, domain.ErrHomeserverAway, "202"},
		{206, `{}`, domain.ErrHomeserverAway, "206"},
		{301, ``, domain.ErrHomeserverAway, "elsewhere"},
		{307, `{}`, domain.ErrHomeserverAway, "elsewhere"},
		{400, `{"errcode":"M_UNKNOWN","error":"Displayname is too long (max 256)"}`, domain.ErrHomeserverRefused, "400 M_UNKNOWN Displayname is too long (max 256)"},
		{400, `{"errcode":"M_TOO_LARGE"}`, domain.ErrHomeserverRefused, "400 M_TOO_LARGE"},
		{400, `{"errcode":"M_BAD_JSON","error":"a\n\u001b[31mb\u200e` + long + `"}`, domain.ErrHomeserverRefused, "M_BAD_JSON a [31mb ü"},
		{400, `{"errcode":"<script>","error":"x"}`, domain.ErrHomeserverAway, "without an error code"},
		{400, `Bad Request`, domain.ErrHomeserverAway, "homeserver.url"},
		{401, `{"errcode":"M_MISSING_TOKEN"}`, domain.ErrHomeserverAway, "homeserver.secret"},
		{403, `{"errcode":"M_UNKNOWN"}`, domain.ErrHomeserverAway, "homeserver.secret"},
		{403, `{"errcode":"M_FORBIDDEN"}`, domain.ErrHomeserverAway, "homeserver.secret"},
		{403, `Forbidden`, domain.ErrHomeserverAway, "homeserver.url"},
		{404, `{"errcode":"M_NOT_FOUND"}`, domain.ErrNotFound, ""},
		{404, `{"errcode":"M_UNRECOGNIZED"}`, domain.ErrHomeserverAway, "delegated"},
		{404, `<html>`, domain.ErrHomeserverAway, "delegated"},
		{408, ``, domain.ErrHomeserverAway, "408"},
		{408, `{"errcode":"M_UNKNOWN"}`, domain.ErrHomeserverAway, "408"},
		{413, `<html>`, domain.ErrHomeserverAway, "413"},
		{429, `{"errcode":"M_LIMIT_EXCEEDED"}`, domain.ErrHomeserverAway, "M_LIMIT_EXCEEDED"},
		{500, `{"errcode":"M_UNKNOWN","error":"the-shared-secret-of-both"}`, domain.ErrHomeserverAway, "500"},
		{502, `Bad Gateway`, domain.ErrHomeserverAway, "502"},
		{503, ``, domain.ErrHomeserverAway, "503"},
	} {
		t.Run(fmt.Sprint(c.status, c.body[:min(len(c.body), 30)]), func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(c.status)
				io.WriteString(w, c.body)
			}))
			defer server.Close()
			err := clientOf(t, server.URL).Tell(t.Context(), locked)
			wantError(t, "the error", err, c.want)
			if err != nil && (!strings.Contains(err.Error(), c.says) || len(err.Error()) > 900 || strings.ContainsAny(err.Error(), "\n\x1b")) {
				t.Errorf("it says %q, want %q", err, c.says)
			}
		})
	}
}

// conversation is a server that treats each connection as handle does.
func conversation(t *testing.T, handle func(n int, conn net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for n := 0; ; n++ {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go handle(n, conn)
		}
	}()
	return "http://" + listener.Addr().String()
}

// says reads a request, answers and hangs up.
func says(text string) func(int, net.Conn) {
	return func(_ int, conn net.Conn) {
		defer conn.Close()
		if req, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			io.Copy(io.Discard, req.Body)
		}
		io.WriteString(conn, text)
	}
}

func TestAHomeserverThatDoesNotAnswerAsHTTPHasIt(t *testing.T) {
	head := "HTTP/1.1 200 OK\r\n"
	for what, text := range map[string]string{
		"nothing":         "",
		"rubbish":         "SSH-2.0-OpenSSH_9.6\r\n",
		"half a head":     head + "Content-Le",
		"half a body":     head + "Content-Length: 100\r\n\r\n{",
		"half a chunk":    head + "Transfer-Encoding: chunked\r\n\r\nff\r\n{}",
		"a huge body":     head + "\r\n{\"a\":\"" + strings.Repeat("x", 1<<20) + "\"}",
		"a huge head":     head + "A: " + strings.Repeat("x", 1<<20) + "\r\n\r\n{}",
		"its own request": head + "Content-Length: 2\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b",
	} {
		err := clientOf(t, conversation(t, says(text))).Tell(t.Context(), locked)
		wantError(t, what, err, domain.ErrHomeserverAway)
	}
}

func TestAHomeserverThatIsNotThere(t *testing.T) {
	c, f := connected(t, fake.Synapse)
	f.Down()
	err := c.Tell(t.Context(), locked)
	wantError(t, "down", err, domain.ErrHomeserverAway)
	if strings.Contains(err.Error(), "_synapse") || !strings.Contains(err.Error(), "refused") {
		t.Errorf("it says %q", err)
	}
	f.Up()
	wantError(t, "up again", c.Tell(t.Context(), locked), nil)
	wantError(t, "no such name", clientOf(t, "http://nowhere.invalid").Tell(t.Context(), locked), domain.ErrHomeserverAway)
}

func TestAHomeserverThatHangs(t *testing.T) {
	c, f := connected(t, fake.Synapse)
	f.Fail("", 0, fake.Hang)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	err := c.Tell(ctx, locked)
	wantError(t, "the caller's limit", err, domain.ErrHomeserverAway)
	wantError(t, "the caller's limit", err, context.DeadlineExceeded)

	c.GiveUpAfter(30 * time.Millisecond)
	err = c.Tell(t.Context(), locked)
	wantError(t, "our own limit", err, domain.ErrHomeserverAway)
	if errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "in time") {
		t.Errorf("our own limit: %v", err)
	}

	drip := conversation(t, func(_ int, conn net.Conn) {
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{") // and no more
		io.Copy(io.Discard, conn)
	})
	c = clientOf(t, drip)
	c.GiveUpAfter(30 * time.Millisecond)
	wantError(t, "half an answer", c.Tell(t.Context(), locked), domain.ErrHomeserverAway)
}

func TestAHomeserverThatIsSlow(t *testing.T) {
	c, f := connected(t, fake.Synapse)
	f.Fail("", 1, fake.Slow(50*time.Millisecond))
	wantError(t, "slow", c.Tell(t.Context(), locked), nil)
}

func TestAnAnswerThatGotLostIsAskedForAgain(t *testing.T) {
	c, f := connected(t, fake.Synapse)
	f.Fail("provision_user", 1, fake.Lost)
	wantError(t, "on a new connection", c.Tell(t.Context(), locked), domain.ErrHomeserverAway)
	if u, _ := f.User("alice"); !u.Locked {
		t.Error("the fake did nothing")
	}
	wantError(t, "the next", c.Tell(t.Context(), locked), nil)

	// Servers hang up on connections that were kept, when it suits them.
	f.Fail("provision_user", 1, fake.Cut)
	wantError(t, "on a connection that was kept", c.Tell(t.Context(), locked), nil)
}

func TestConnectionsAreKept(t *testing.T) {
	opened := make(chan struct{}, 100)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"errcode":"M_UNKNOWN"}`)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened <- struct{}{}
		}
	}
	server.Start()
	defer server.Close()
	c := clientOf(t, server.URL)
	for range 10 {
		wantError(t, "one of ten", c.Tell(t.Context(), locked), domain.ErrHomeserverRefused)
	}
	if len(opened) != 1 {
		t.Errorf("%d connections for ten calls, one after another", len(opened))
	}
}

func TestTheRequestIsAsTheContractHasIt(t *testing.T) {
	for _, prefix := range []string{"", "/", "/matrix", "/matrix/"} {
		seen := make(chan *http.Request, 2)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen <- r
			io.WriteString(w, `{"user_id":"@a+b:example.org","is_suspended":false,"is_deactivated":false}`)
		}))
		c := clientOf(t, server.URL+prefix)
		_, err := c.User(t.Context(), "@a+b:example.org")
		wantError(t, "asking", err, nil)
		wantError(t, "telling", c.Tell(t.Context(), locked), nil)
		asked, told, base := <-seen, <-seen, strings.TrimSuffix(prefix, "/")+"/_synapse/mas/"
		if asked.Method != "GET" || asked.RequestURI != base+"query_user?localpart=a%2Bb" || asked.ContentLength != 0 {
			t.Errorf("asked %s %s", asked.Method, asked.RequestURI)
		}
		if told.Method != "POST" || told.RequestURI != base+"provision_user" || told.Header.Get("Content-Type") != "application/json" {
			t.Errorf("told %s %s as %s", told.Method, told.RequestURI, told.Header.Get("Content-Type"))
		}
		for _, r := range []*http.Request{asked, told} {
			_, sent := r.Header["Idempotency-Key"]
			if r.Header.Get("Authorization") != "Bearer "+secret || r.Header.Get("Accept-Encoding") != "" || sent {
				t.Errorf("headers %v", r.Header)
			}
		}
		server.Close()
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	_, f := connected(t, fake.Synapse)
	server := httptest.NewServer(http.RedirectHandler(f.URL+"/_synapse/mas/provision_user", http.StatusTemporaryRedirect))
	defer server.Close()
	wantError(t, "redirected", clientOf(t, server.URL).Tell(t.Context(), locked), domain.ErrHomeserverAway)
	if calls := names(f); len(calls) > 0 {
		t.Errorf("the secret went elsewhere: %v", calls)
	}
}

func TestAnAnswerThatIsNotAboutAUser(t *testing.T) {
	for _, body := range []string{
		`{}`, `{"user_id":"@alice:example.org"}`, `{"user_id":1,"is_suspended":false,"is_deactivated":false}`,
		`{"user_id":"@alice:example.org","is_suspended":false}`, `{"user_id":"@alice:example.org","is_suspended":false,"is_deactivated":"no"}`,
		`{"user_id":"@bob:example.org","is_suspended":false,"is_deactivated":false}`,
	} {
		c, f := connected(t, fake.Synapse)
		f.Fail("query_user", 1, fake.Answer(200, body))
		_, err := c.User(t.Context(), alice)
		wantError(t, body, err, domain.ErrHomeserverAway)
	}
}

func TestAWrongSecret(t *testing.T) {
	onEveryKind(t, func(t *testing.T, _ *homeserver.Client, f *fake.Fake) {
		f.Put("alice", fake.User{})
		c, err := homeserver.New(homeserver.Options{URL: f.URL, Secret: "another"})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range telling {
			err := c.Tell(t.Context(), domain.Notice{User: alice, Kind: n.kind, Device: n.device, Text: n.text})
			wantError(t, string(n.kind), err, domain.ErrHomeserverAway)
			if !strings.Contains(err.Error(), "homeserver.secret") {
				t.Errorf("%s: it does not say what to look at: %v", n.kind, err)
			}
		}
		wantUser(t, "unchanged", f, fake.User{})
	})
}

func TestCheck(t *testing.T) {
	onEveryKind(t, func(t *testing.T, c *homeserver.Client, f *fake.Fake) {
		wantError(t, "all is well", c.Check(t.Context()), nil)
		f.Put("doorward", fake.User{})
		wantError(t, "a user is called like that", c.Check(t.Context()), nil)
		f.Fail("", 1, fake.Answer(404, `{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}`))
		for _, want := range []string{"matrix_authentication_service.enabled", "homeserver.secret", "is it running"} {
			switch want {
			case "homeserver.secret":
				f.Fail("", 1, fake.Answer(403, `{"errcode":"M_UNKNOWN"}`))
			case "is it running":
				f.Down()
			}
			err := c.Check(t.Context())
			wantError(t, want, err, domain.ErrHomeserverAway)
			if err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("it says %q, want %q", err, want)
			}
		}
		if len(f.Users()) != 1 {
			t.Errorf("the check changed something: %v", f.Users())
		}
	})
}

func TestOptionsThatCannotBeUsed(t *testing.T) {
	for _, o := range []homeserver.Options{
		{URL: "", Secret: secret}, {URL: "localhost:8008", Secret: secret}, {URL: "ftp://localhost", Secret: secret}, {URL: "http://", Secret: secret},
		{URL: "http://:8008", Secret: secret}, {URL: "http://[", Secret: secret}, {URL: "http://u:" + secret + "@localhost", Secret: secret},
		{URL: "http://localhost?a", Secret: secret}, {URL: "http://localhost?", Secret: secret}, {URL: "http://localhost#a", Secret: secret},
		{URL: "http://localhost"}, {URL: "http://localhost", Secret: "two words"}, {URL: "http://localhost", Secret: "line\r\nbreak"}, {URL: "http://localhost", Secret: "ü"},
	} {
		_, err := homeserver.New(o)
		if err == nil || strings.Contains(err.Error(), secret) || o.Secret != "" && strings.Contains(err.Error(), o.Secret) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if _, err := homeserver.New(homeserver.Options{URL: "https://example.org/matrix", Secret: secret}); err != nil {
		t.Error(err)
	}
}
