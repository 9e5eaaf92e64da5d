package postgres_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/seed-31b6c987/doorward/test/postgres"
)

func TestMain(m *testing.M) { os.Exit(postgres.Main(m)) }

func TestOpenGivesEachTestAnEmptyDatabaseOfItsOwn(t *testing.T) {
	for range 2 {
		conn := connect(t, postgres.Open(t))
		if _, err := conn.Exec(t.Context(), "CREATE TABLE mine (id int)"); err != nil {
			t.Fatal(err)
		}
	}
}

// A database that another test used is like one that was just made, to other roles, too.
func TestADatabaseThatWasEmptiedIsLikeANewOne(t *testing.T) {
	const everything = `SELECT current_database(), nspowner::regrole::text || ' ' || nspacl::text,
		(SELECT count(*) FROM pg_class WHERE relnamespace = n.oid) FROM pg_namespace n WHERE nspname = 'public'`
	var names, rights []string
	use := func(t *testing.T, url string) {
		conn := connect(t, url)
		var name, right string
		var tables int
		if err := conn.QueryRow(t.Context(), everything).Scan(&name, &right, &tables); err != nil || tables > 0 {
			t.Fatalf("%d tables, %v", tables, err)
		}
		names, rights = append(names, name), append(rights, right)
		if _, err := conn.Exec(t.Context(), "CREATE TABLE mine (id int)"); err != nil {
			t.Fatal(err)
		}
	}
	use(t, postgres.StartFor(t).URL("postgres"))
	for range 2 {
		t.Run("", func(t *testing.T) { use(t, postgres.Open(t)) })
	}
	if names[1] != names[2] {
		t.Errorf("%s was not used again", names[1])
	}
	if rights[1] != rights[0] || rights[2] != rights[0] {
		t.Errorf("the rights are %q", rights)
	}
}

func TestAServerKeepsItsDataWhenItIsKilledAndRestarted(t *testing.T) {
	server := postgres.StartFor(t)
	if err := server.Exec("CREATE TABLE kept (id int)"); err != nil {
		t.Fatal(err)
	}
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := server.Exec("SELECT 1"); err == nil {
		t.Fatal("a killed server answers")
	}
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	if err := server.Exec("SELECT id FROM kept"); err != nil {
		t.Fatal(err)
	}
}

func TestAFrozenServerAnswersNobodyUntilItThaws(t *testing.T) {
	server := postgres.StartFor(t)
	conn := connect(t, server.URL("postgres"))
	if err := server.Freeze(); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := conn.Exec(short, "SELECT 1"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a frozen server answered: %v", err)
	}
	if err := server.Thaw(); err != nil {
		t.Fatal(err)
	}
	if err := server.Exec("SELECT 1"); err != nil {
		t.Fatal(err)
	}
}

func TestSettingsReachTheServer(t *testing.T) {
	server := postgres.StartFor(t, append(postgres.Durable, "max_connections=7")...)
	conn := connect(t, server.URL("postgres"))
	var connections, fsync string
	err := conn.QueryRow(t.Context(), "SELECT current_setting('max_connections'), current_setting('fsync')").
		Scan(&connections, &fsync)
	if err != nil || connections != "7" || fsync != "on" {
		t.Fatalf("max_connections %q, fsync %q, %v", connections, fsync, err)
	}
}

func TestProcessesAreThoseOfTheConnectionsToo(t *testing.T) {
	server := postgres.StartFor(t)
	conn := connect(t, server.URL("postgres"))
	var pid int
	if err := conn.QueryRow(t.Context(), "SELECT pg_backend_pid()").Scan(&pid); err != nil {
		t.Fatal(err)
	}
	if pids, err := server.Processes(); err != nil || !slices.Contains(pids, pid) {
		t.Errorf("%d is not among %v (%v)", pid, pids, err)
	}
}

func TestCommandsTalkToTheServer(t *testing.T) {
	server := postgres.StartFor(t)
	out, err := server.Command("template1", "psql", "-X", "-A", "-t", "-c", "SELECT current_database()").CombinedOutput()
	if err != nil || string(out) != "template1\n" {
		t.Errorf("%q, %v", out, err)
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}
