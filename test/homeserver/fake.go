// Package homeserver is a homeserver that delegated authentication, as a door
// sees it: it serves the calls under /_synapse/mas, asks the door whose an access
// token is, and serves clients a little of the client-server API. It does what
// Synapse 1.160 does, its traps included, or what Palpo does.
//
// It is stricter than both in one point: members of a body that it does not know
// are refused, so that a misspelt one is seen.
package homeserver

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A Kind says which homeserver a [Fake] is like.
type Kind int

// The kinds of homeservers.
const (
	Synapse Kind = iota
	Palpo
)

// Options say what a [Fake] is like.
type Options struct {
	Kind Kind
	// ServerName is the name in user ids; empty: example.org.
	ServerName string
	// Secret is what the homeserver and the door share.
	Secret string
	// Door is the URL of the door; empty: see [Fake.Delegate].
	Door string
	// Now is the clock by which answers to introspection grow old; nil: time.Now.
	Now func() time.Time
}

// A Fake is a homeserver. It may be used concurrently.
type Fake struct {
	// URL is where it listens; it stays the same.
	URL string

	options Options
	syncing chan struct{}
	asks    *http.Client // asks the door

	mu       sync.Mutex
	down     func() // ends its server; nil: it is down
	door     string
	users    map[string]*User
	asked    map[string]*introspection // by access token
	asking   int
	changed  chan struct{} // closed, and replaced, when devices change
	calls    []Call
	faults   []order
	together *gathering
	sent     int // events and rooms
}

// New starts a homeserver, which listens on the loopback address. It panics if it
// cannot.
func New(o Options) *Fake {
	if o.ServerName == "" {
		o.ServerName = "example.org"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	f := &Fake{
		options: o, door: o.Door, changed: make(chan struct{}), syncing: make(chan struct{}, 1),
		users: map[string]*User{}, asked: map[string]*introspection{},
		asks: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}},
	}
	f.URL = "http://" + f.listen("127.0.0.1:0")
	return f
}

// Close ends it, and what it was doing.
func (f *Fake) Close() {
	f.Down()
	f.asks.CloseIdleConnections()
}

// Delegate says at which URL the door is.
func (f *Fake) Delegate(door string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.door = door
}

// Down makes it refuse connections, and breaks those that are open. What it knows
// stays.
func (f *Fake) Down() {
	f.mu.Lock()
	down := f.down
	f.down = nil
	f.mu.Unlock()
	if down != nil {
		down()
	}
}

// Up makes it listen again where it did.
func (f *Fake) Up() {
	f.mu.Lock()
	up := f.down != nil
	f.mu.Unlock()
	if !up {
		f.listen(strings.TrimPrefix(f.URL, "http://"))
	}
}

// listen listens at an address, and returns which that became.
func (f *Fake) listen(address string) string {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		panic(err)
	}
	server := &http.Server{Handler: f.handler()}
	f.mu.Lock()
	f.down = func() {
		listener.Close() // the server may not know it yet
		server.Close()
	}
	f.mu.Unlock()
	go server.Serve(listener)
	return listener.Addr().String()
}

// handler puts what was ordered to go wrong before what the homeserver does.
func (f *Fake) handler() http.Handler {
	mux := http.NewServeMux()
	f.serveDelegation(mux)
	f.serveClients(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, "M_UNRECOGNIZED", "Unrecognized request")
	})
	return f.failing(mux)
}
