package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestAnswersAreReadAsTheyArrive(t *testing.T) {
	const answer = "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n{  }"
	for end := range answer {
		if _, _, whole, err := parse([]byte(answer[:end])); whole || err != nil {
			t.Fatalf("%q: %t, %v", answer[:end], whole, err)
		}
	}
	status, body, whole, err := parse([]byte(answer))
	if status != 403 || string(body) != "{  }" || !whole || err != nil {
		t.Errorf("%d %q %t %v", status, body, whole, err)
	}
	if _, _, _, err := parse([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")); err == nil {
		t.Error("an answer without a length was understood")
	}
}

func TestWrongAnswersAreCountedAndCountForNothingElse(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "1") {
			w.WriteHeader(http.StatusTeapot)
		}
		fmt.Fprint(w, "{}")
	}))
	defer server.Close()
	conns, err := dial(server.Listener.Addr().String(), 2)
	if err != nil {
		t.Fatal(err)
	}
	defer hangUp(conns)
	got, err := drive(conns, ownOf(http.StatusOK, each(2, func(i int) []byte { return get(fmt.Sprint("/", i), "") })), 100*time.Millisecond)
	if err != nil || got.requests == 0 || got.failed == 0 || got.failure == nil || !strings.Contains(got.failure.Error(), "418") {
		t.Errorf("%d good, %d wrong answers (%v), %v", got.requests, got.failed, got.failure, err)
	}
}

func TestAServerThatHangsUpIsAnError(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err == nil {
			conn.Close()
		}
	}()
	conns, err := dial(l.Addr().String(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer hangUp(conns)
	if _, err := drive(conns, ownOf(200, [][]byte{get("/", "")}), time.Second); err == nil {
		t.Error("no error")
	}
}

func TestWhatIsSentOnceIsNotSentTwice(t *testing.T) {
	made := 0
	traffic := onceEach(200, func() []byte { made++; return fmt.Append(nil, made) })
	traffic.fill(2)
	first, second := string(traffic.next(0, nil)), string(traffic.next(1, nil))
	if first == second || traffic.next(0, nil) != nil {
		t.Errorf("%s, %s, and more", first, second)
	}
}

func TestQuantiles(t *testing.T) {
	s := sample{waits: []time.Duration{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}
	if s.quantile(0.5) != 6 || s.quantile(0.99) != 10 || s.quantile(1) != 10 || (sample{}).quantile(0.5) != 0 {
		t.Error(s.quantile(0.5), s.quantile(0.99), s.quantile(1))
	}
	if median([]float64{3, 1, 2}) != 2 {
		t.Error(median([]float64{3, 1, 2}))
	}
}
