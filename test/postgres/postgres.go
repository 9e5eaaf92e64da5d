// Package postgres gives tests a PostgreSQL of their own: a private cluster
// made from the installed programs, in a temporary directory, reached through a
// unix socket. It ends with the test process, even if that is killed.
//
// A package's TestMain calls [Main]; its tests call [Open] for a fresh
// database. Tests that stop, kill or freeze the server [Start] one for
// themselves.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// shared is the server of the test process, started when first needed.
var shared struct {
	sync.Mutex
	within bool // inside Main
	server *Server
	err    error
}

var databases atomic.Int64

// Main runs the tests and stops the server that [Open] started, if it did. It
// returns what TestMain has to exit with.
func Main(m *testing.M) int {
	shared.Lock()
	shared.within = true
	shared.Unlock()
	defer stopShared()
	return m.Run()
}

func stopShared() {
	shared.Lock()
	defer shared.Unlock()
	shared.within = false
	if shared.server == nil {
		return
	}
	if err := shared.server.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "postgres:", err)
	}
	shared.server = nil
}

// Open returns the URL of a new, empty database, which is dropped when the test
// is over. Without PostgreSQL on the machine it skips the test, unless the
// environment variable CI is set: then the test fails.
func Open(t testing.TB) string {
	t.Helper()
	server, err := sharedServer()
	if err != nil {
		SkipOrFail(t, err)
	}
	name := fmt.Sprintf("test%d", databases.Add(1))
	if err := server.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return server.URL(name)
}

func sharedServer() (*Server, error) {
	shared.Lock()
	defer shared.Unlock()
	if !shared.within {
		return nil, errors.New("TestMain does not call postgres.Main")
	}
	if shared.server == nil && shared.err == nil {
		shared.server, shared.err = Start("")
	}
	return shared.server, shared.err
}

// StartFor starts a server of its own for a test, which ends with the test.
// Without PostgreSQL on the machine it does as [Open] does.
func StartFor(t testing.TB, settings ...string) *Server {
	t.Helper()
	server, err := Start("", settings...)
	if err != nil {
		SkipOrFail(t, err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// SkipOrFail skips the test if err says that PostgreSQL is not installed and
// the environment variable CI is not set. Otherwise it fails the test.
func SkipOrFail(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, ErrNotInstalled) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	t.Fatal(err)
}

// URL returns the address of a database on the server.
func (s *Server) URL(database string) string {
	query := url.Values{"host": {s.sockets}}
	return (&url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database, RawQuery: query.Encode()}).String()
}

// Exec runs a statement as the superuser, outside any test database.
func (s *Server) Exec(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}
