package homeserver_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	fake "github.com/seed-31b6c987/doorward/test/homeserver"
)

var locked = domain.Notice{User: alice, Kind: domain.UserLocked}

// conversation is a server that treats each connection as handle does.
func conversation(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go handle(conn)
		}
	}()
	return "http://" + listener.Addr().String()
}

// says reads a request, answers and hangs up.
func says(text string) func(net.Conn) {
	return func(conn net.Conn) {
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
		if strings.Contains(err.Error(), "http://") || strings.Contains(err.Error(), "127.0.0.1") {
			t.Errorf("%s: the error holds the URL, another one for each call: %v", what, err)
		}
	}
}

func TestAHomeserverThatIsNotThere(t *testing.T) {
	c, f := connected(t, fake.Synapse)
	f.Down()
	err := c.Tell(t.Context(), locked)
	wantError(t, "down", err, domain.ErrHomeserverAway)
	if strings.Contains(err.Error(), "http://") || !strings.Contains(err.Error(), "refused") {
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

	drip := conversation(t, func(conn net.Conn) {
		defer conn.Close()
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{") // and no more
		}
		io.Copy(io.Discard, conn)
	})
	c = clientOf(t, drip)
	c.GiveUpAfter(30 * time.Millisecond)
	wantError(t, "half an answer", c.Tell(t.Context(), locked), domain.ErrHomeserverAway)
}

// Who expects plain HTTP waits for the end of what TLS begins with.
func TestAHomeserverThatSpeaksNoTLS(t *testing.T) {
	silent := conversation(t, func(conn net.Conn) {
		defer conn.Close()
		io.Copy(io.Discard, conn)
	})
	for scheme, says := range map[string]bool{"http": false, "https": true} {
		c := clientOf(t, scheme+strings.TrimPrefix(silent, "http"))
		c.GiveUpAfter(30 * time.Millisecond)
		err := c.Tell(t.Context(), locked)
		wantError(t, scheme, err, domain.ErrHomeserverAway)
		if strings.Contains(err.Error(), "TLS") != says {
			t.Errorf("%s: it says %q", scheme, err)
		}
	}
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
