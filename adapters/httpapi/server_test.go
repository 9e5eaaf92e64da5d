package httpapi_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
)

// serve serves the door on a port of its own, with limits that change may
// shorten.
func (d door) serve(t *testing.T, change func(*http.Server)) (*http.Server, string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := httpapi.NewServer(d, slog.New(slog.NewJSONHandler(d.log, nil)))
	if change != nil {
		change(server)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return server, listener.Addr().String()
}

// dial connects and sends what is to be sent first.
func dial(t *testing.T, address, first string) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	// Far beyond every limit in these tests: a server that hangs fails them.
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	// The server may answer and hang up before all of it is sent.
	_, _ = io.WriteString(conn, first)
	return conn.(*net.TCPConn)
}

func receive(t *testing.T, conn net.Conn) answered {
	t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	return readAnswer(t, res)
}

func post(path, body string, headers ...string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%s\r\n%s",
		path, len(body), strings.Join(append(headers, ""), "\r\n"), body)
}

func TestNoLimitIsMissing(t *testing.T) {
	s := httpapi.NewServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	if s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= s.ReadHeaderTimeout || s.WriteTimeout <= s.ReadTimeout ||
		s.WriteTimeout > 75*time.Second || s.IdleTimeout <= 0 || s.MaxHeaderBytes <= 0 || s.ErrorLog == nil {
		t.Errorf("%+v", s)
	}
}

func TestABodyThatStallsIsAnsweredAndCut(t *testing.T) {
	d := newDoor()
	_, address := d.serve(t, func(s *http.Server) { s.ReadTimeout = 100 * time.Millisecond })
	request := post(loginPath, goodLogin)
	conn := dial(t, address, request[:len(request)-5])
	a := receive(t, conn)
	if a.status != 408 || a.errcode() != "M_UNKNOWN" {
		t.Errorf("%d %s %v", a.status, a.text, a.header)
	}
	if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the connection goes on: %v", err)
	}
}

func TestAHandlerMayHangUp(t *testing.T) {
	d := newDoor()
	_, address := d.serve(t, nil)
	conn := dial(t, address, post(loginPath, `{"type":"org.example.badge","token":"abort"}`))
	if text, _ := io.ReadAll(conn); len(text) != 0 || d.saw.panics != 0 {
		t.Errorf("%q, %d panics", text, d.saw.panics)
	}
}

func TestHeadersThatStallAreCut(t *testing.T) {
	_, address := newDoor().serve(t, func(s *http.Server) { s.ReadHeaderTimeout = 100 * time.Millisecond })
	conn := dial(t, address, "POST "+loginPath+" HTTP/1.1\r\nHost: x\r\nX-Drip: ")
	if text, err := io.ReadAll(conn); err != nil || strings.Contains(string(text), " 200 ") {
		t.Errorf("%q, %v", text, err)
	}
}

func TestABodyThatEndsEarlyIsNotJSON(t *testing.T) {
	_, address := newDoor().serve(t, nil)
	for name, request := range map[string]string{
		"short":        "POST " + loginPath + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + goodLogin,
		"broken chunk": "POST " + loginPath + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n" + goodLogin,
		"no end":       "POST " + loginPath + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
	} {
		conn := dial(t, address, request)
		_ = conn.CloseWrite()
		if a := receive(t, conn); a.status != 400 || a.errcode() != "M_NOT_JSON" {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
}

func TestALargeBodyIsRefusedBeforeItIsSent(t *testing.T) {
	_, address := newDoor().serve(t, nil)
	conn := dial(t, address, "POST "+loginPath+" HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 67108864\r\n\r\n")
	if a := receive(t, conn); a.status != 413 || a.errcode() != "M_TOO_LARGE" {
		t.Errorf("%d %s", a.status, a.text)
	}
}

func TestTheServerAnswersOptionsForEverything(t *testing.T) {
	_, address := newDoor().serve(t, nil)
	a := receive(t, dial(t, address, "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"))
	if a.status != 204 || a.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d %v", a.status, a.header)
	}
}

func TestSlowClientsDoNotKeepOthersWaiting(t *testing.T) {
	_, address := newDoor().serve(t, nil)
	for i := range 300 {
		request := post(loginPath, goodLogin)
		dial(t, address, request[:len(request)-1-i%len(request)])
	}
	started := time.Now()
	if a := receive(t, dial(t, address, post(loginPath, goodLogin))); a.status != 200 {
		t.Errorf("%d %s", a.status, a.text)
	}
	if took := time.Since(started); took > 2*time.Second {
		t.Errorf("a login took %v", took)
	}
}

func TestHalfSentRequestsAreAnsweredWhenTheServerStops(t *testing.T) {
	const clients = 20
	d := newDoor()
	arrived, stopping := make(chan struct{}, clients), make(chan struct{})
	inner := d.Handler
	d.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		inner.ServeHTTP(w, r)
	})
	server, address := d.serve(t, nil)
	server.RegisterOnShutdown(func() { close(stopping) })

	request := post(loginPath, goodLogin)
	half := len(request) - len(goodLogin)/2
	conns := make([]net.Conn, clients)
	for i := range conns {
		conns[i] = dial(t, address, request[:half])
		<-arrived
	}
	stopped := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		stopped <- server.Shutdown(ctx)
	}()
	<-stopping
	for _, conn := range conns {
		if _, err := io.WriteString(conn, request[half:]); err != nil {
			t.Fatal(err)
		}
		if a := receive(t, conn); a.status != 200 {
			t.Errorf("%d %s", a.status, a.text)
		}
	}
	if err := <-stopped; err != nil {
		t.Errorf("stopping: %v", err)
	}
}
