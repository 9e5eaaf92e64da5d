// Package postgres gives tests a PostgreSQL of their own: a private cluster
// made from the installed programs, in a temporary directory, reached through a
// unix socket. It ends with the test process, even if that is killed.
//
// A package's TestMain calls [Main]; its tests call [Open] for an empty
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
	made   int      // databases
	empty  []string // databases that no test uses
}

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
	shared.server, shared.empty = nil, nil
}

// Open returns the URL of an empty database, which is the test's until it is over.
// Without PostgreSQL on the machine it skips the test, unless the environment variable
// CI is set: then the test fails.
func Open(t testing.TB) string {
	t.Helper()
	server, err := sharedServer()
	if err != nil {
		SkipOrFail(t, err)
	}
	name, err := emptyDatabase(server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.empty(name); err != nil {
			t.Error(err)
			return // nobody else gets it
		}
		shared.Lock()
		defer shared.Unlock()
		shared.empty = append(shared.empty, name)
	})
	return server.URL(name)
}

// emptyDatabase returns the name of a database that was emptied, or makes one: that
// takes several times as long.
func emptyDatabase(server *Server) (string, error) {
	shared.Lock()
	defer shared.Unlock()
	if last := len(shared.empty) - 1; last >= 0 {
		name := shared.empty[last]
		shared.empty = shared.empty[:last]
		return name, nil
	}
	shared.made++
	name := fmt.Sprintf("test%d", shared.made)
	return name, server.Exec("CREATE DATABASE " + name)
}

// empty ends all connections to a database, and deletes what is in it.
func (s *Server) empty(database string) error {
	if err := s.Exec("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '" + database + "'"); err != nil {
		return err
	}
	return s.execIn(database, `DROP SCHEMA public CASCADE;
		CREATE SCHEMA public AUTHORIZATION pg_database_owner; GRANT USAGE ON SCHEMA public TO PUBLIC`) // as in one that is made
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
func (s *Server) Exec(statement string) error { return s.execIn("postgres", statement) }

func (s *Server) execIn(database, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.URL(database))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}
