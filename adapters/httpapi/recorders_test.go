package httpapi_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"
)

// lines is a log.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// entries returns the log's lines with this message.
func (l *lines) entries(t testing.TB, message string) []map[string]any {
	t.Helper()
	var entries []map[string]any
	for line := range strings.Lines(l.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		if entry["msg"] == message {
			entries = append(entries, entry)
		}
	}
	return entries
}

// observed is an Observer that remembers.
type observed struct {
	mu       sync.Mutex
	requests []request
	logins   []attempt
	dropped  int
	panics   int
}

type request struct {
	Method, Route string
	Status        int
}

type attempt struct{ Type, Provider, Result, Reason string }

func (o *observed) Request(method, route string, status int, _ time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.requests = append(o.requests, request{method, route, status})
}

func (o *observed) Login(loginType, provider, result, reason string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.logins = append(o.logins, attempt{loginType, provider, result, reason})
}

func (o *observed) AuditDropped() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.dropped++
}

func (o *observed) Panic() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.panics++
}
