package appservice_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/appservice"
	"github.com/seed-31b6c987/doorward/domain"
)

// bridge is an application service that listens there.
func bridge(url string) domain.Appservice {
	return domain.Appservice{ID: "irc", URL: url, HomeserverToken: "hs of irc"}
}

// listening is an application service that answers with a status and a body.
func listening(t *testing.T, status int, body string) (domain.Appservice, <-chan *http.Request) {
	t.Helper()
	seen := make(chan *http.Request, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen <- r
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return bridge(server.URL), seen
}

func TestAnAnswerThatAllIsWell(t *testing.T) {
	for _, status := range []int{200, 202} {
		service, seen := listening(t, status, "{}")
		for _, path := range []string{"", "/", "/bridge", "/bridge/"} {
			service := service
			service.URL += path
			if err := appservice.NewCaller(time.Minute).Ping(t.Context(), service, ""); err != nil {
				t.Errorf("%d: %v", status, err)
			}
			want := strings.TrimSuffix(path, "/") + "/_matrix/app/v1/ping"
			if r := <-seen; r.Method != "POST" || r.URL.Path != want || r.URL.RawQuery != "" || r.Header.Get("Authorization") != "Bearer hs of irc" {
				t.Errorf("%s: it was sent %s %s", path, r.Method, r.URL)
			}
		}
	}
}

func TestAnAnswerThatSomethingIsWrongIsPassedOn(t *testing.T) {
	for _, c := range []struct {
		status     int
		body, want string
	}{
		{404, `{"errcode":"M_UNRECOGNIZED"}`, `{"errcode":"M_UNRECOGNIZED"}`},
		{301, "moved", "moved"},
		{500, "\xff", "\uFFFD"},
		{500, strings.Repeat("x", 100_000), strings.Repeat("x", 4096)},
	} {
		service, seen := listening(t, c.status, c.body)
		err := appservice.NewCaller(time.Minute).Ping(t.Context(), service, "")
		bad := (*domain.BadStatus)(nil)
		if !errors.As(err, &bad) || !errors.Is(err, domain.ErrBadStatus) || *bad != (domain.BadStatus{Status: c.status, Body: c.want}) {
			t.Errorf("%d: got %v", c.status, err)
		}
		if strings.Contains(err.Error(), c.body) {
			t.Errorf("%d: what it answered would be in the log: %v", c.status, err)
		}
		if len(seen) != 1 {
			t.Errorf("%d: it was called %d times", c.status, len(seen))
		}
	}
}

func TestAnApplicationServiceThatIsSilent(t *testing.T) {
	end := make(chan struct{})
	for name, handler := range map[string]http.HandlerFunc{
		"at once": func(http.ResponseWriter, *http.Request) { <-end },
		"later": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
			<-end
		},
	} {
		server := httptest.NewServer(handler)
		defer server.Close()
		if err := appservice.NewCaller(50*time.Millisecond).Ping(t.Context(), bridge(server.URL), ""); !errors.Is(err, domain.ErrTooSlow) {
			t.Errorf("%s: %v", name, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if err := appservice.NewCaller(time.Minute).Ping(ctx, bridge(server.URL), ""); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, domain.ErrTooSlow) {
			t.Errorf("%s, and nobody waits any more: %v", name, err)
		}
	}
	close(end)
}

func TestAnApplicationServiceThatCannotBeReached(t *testing.T) {
	rude, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer rude.Close()
	go func() {
		for {
			conn, err := rude.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
	gone := httptest.NewServer(nil)
	gone.Close()
	for name, url := range map[string]string{
		"nobody listens": gone.URL, "it hangs up": "http://" + rude.Addr().String(), "no URL": "http://[", "no scheme": "localhost:80",
		"another scheme": "file:///etc/passwd", "no host": "http://",
	} {
		err := appservice.NewCaller(time.Minute).Ping(t.Context(), bridge(url), "")
		if !errors.Is(err, domain.ErrUnreachable) || strings.Contains(err.Error(), "hs of irc") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
