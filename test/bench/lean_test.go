package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/test/postgres"
)

func TestLeanStatementsDoAllOfASignIn(t *testing.T) {
	const people = 10
	server := postgres.StartFor(t)
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	p, err := newPgbench(server, dir, people)
	if err != nil {
		t.Fatal(err)
	}
	const devices, created = "SELECT count(*) FROM devices", "SELECT count(*) FROM users WHERE id LIKE '@new%'"
	const newSessions = "SELECT count(*) FROM devices WHERE device_id = 'BENCH' AND session_hash <> ALL (SELECT sha256(int8send(n)) FROM generate_series(0, 9) n)"
	for _, c := range []struct{ statement, count, want string }{
		{leanSame, newSessions, "2"},
		{leanOne, newSessions, "2"}, // that of user 0 was there
		{leanDevice, devices, "all"},
		{leanNew, created, "all"},
		{leanRefresh, "SELECT count(*) FROM devices WHERE refresh_hash IS NOT NULL AND previous_refresh_hash IS NOT NULL", "2"},
	} {
		before := ask(t, server, devices)
		run := p.open(c.statement, prepared, people, 2)
		if err := run.start(); err != nil {
			t.Fatalf("%s: %v", c.statement, err)
		}
		got, err := run.run(time.Second)
		if err := errors.Join(err, run.stop()); err != nil {
			t.Fatalf("%s: %v", c.statement, err)
		}
		count := ask(t, server, c.count)
		switch {
		case c.want != "all" && fmt.Sprint(count) != c.want:
			t.Errorf("%s: %d instead of %s after %d runs", c.statement, count, c.want, got.requests)
		case c.want == "all" && (count < 100 || count-before < got.requests/2 && c.count == devices):
			t.Errorf("%s: %d runs left %d", c.statement, got.requests, count)
		}
	}
	if found := ask(t, server, "SELECT count(*) FROM devices d JOIN users u ON u.id = d.user_id WHERE d.session_hash = sha256(int8send(9))"); found != 1 {
		t.Errorf("the look-up finds %d", found)
	}
}

func ask(t *testing.T, server *postgres.Server, query string) (n int) {
	t.Helper()
	out, err := server.Command(leanDatabase, "psql", "-X", "-A", "-t", "-c", query).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := fmt.Sscan(strings.TrimSpace(string(out)), &n); err != nil {
		t.Fatal(err)
	}
	return n
}
