package homeserver

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/strictjson"
)

const delegationPath = "/_synapse/mas/"

// A Fault is how a request goes wrong. What it is given does what the homeserver
// would do, and answers.
type Fault func(w http.ResponseWriter, r *http.Request, do http.HandlerFunc)

// Status does nothing and answers with a status.
func Status(status int) Fault {
	return Answer(status, `{"errcode":"M_UNKNOWN","error":"Internal server error"}`)
}

// Answer does nothing and answers with a status and a body.
func Answer(status int, body string) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// Hang does nothing and does not answer; it ends with the connection.
func Hang(_ http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

// Cut does nothing and breaks the connection.
func Cut(http.ResponseWriter, *http.Request, http.HandlerFunc) { panic(http.ErrAbortHandler) }

// Lost does what was asked for, and breaks the connection before it answers.
func Lost(_ http.ResponseWriter, r *http.Request, do http.HandlerFunc) {
	do(&nowhere{http.Header{}}, r)
	panic(http.ErrAbortHandler)
}

// Slow waits, and then does what was asked for, even if nobody waits any more.
func Slow(wait time.Duration) Fault {
	return func(w http.ResponseWriter, r *http.Request, do http.HandlerFunc) {
		time.Sleep(wait)
		do(w, r)
	}
}

// When waits until the channel is closed, and then does what was asked for, even if
// nobody waits any more.
func When(closed <-chan struct{}) Fault {
	return func(w http.ResponseWriter, r *http.Request, do http.HandlerFunc) {
		<-closed
		do(w, r)
	}
}

// nowhere is where an answer gets lost.
type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) WriteHeader(int)             {}
func (n *nowhere) Write(b []byte) (int, error) { return len(b), nil }

// An order is a fault that was ordered.
type order struct {
	path  string
	times int
	fault Fault
}

// Fail makes requests go wrong whose paths end like that, such as "delete_device";
// empty: all. After so many times they go well again; 0 times: not before
// [Fake.Heal]. What was ordered first comes first.
func (f *Fake) Fail(path string, times int, fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = append(f.faults, order{path, times, fault})
}

// Heal takes back what was ordered to go wrong. Requests that hang go on hanging.
func (f *Fake) Heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = nil
}

// failing writes calls down, and lets those fail that were ordered to.
func (f *Fake) failing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if fault := f.arrives(r, body); fault != nil {
			fault(w, r, next.ServeHTTP)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// arrives writes a call down and returns what goes wrong with a request; nil:
// nothing.
func (f *Fake) arrives(r *http.Request, body []byte) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	if name, ok := strings.CutPrefix(r.URL.Path, delegationPath); ok {
		call := Call{Name: name, Localpart: r.URL.Query().Get("localpart"), Body: string(body)}
		if content, err := strictjson.ParseObject(body); err == nil {
			call.Localpart, _ = content["localpart"].(string)
			call.DeviceID, _ = content["device_id"].(string)
		}
		f.calls = append(f.calls, call)
	}
	i := slices.IndexFunc(f.faults, func(o order) bool { return strings.HasSuffix(r.URL.Path, o.path) })
	if i < 0 {
		return nil
	}
	fault := f.faults[i].fault
	switch f.faults[i].times {
	case 0: // until it is healed
	case 1:
		f.faults = slices.Delete(f.faults, i, i+1)
	default:
		f.faults[i].times--
	}
	return fault
}
