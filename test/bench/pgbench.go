package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/seed-31b6c987/doorward/test/postgres"
)

// leanTables are a table of users and one of devices like ours, with what a
// sign-in and a look-up need.
const leanTables = `
CREATE TABLE users (
	id           text COLLATE "C" PRIMARY KEY,
	display_name text    NOT NULL,
	created_at   bigint  NOT NULL,
	locked       boolean NOT NULL DEFAULT false,
	deactivated  boolean NOT NULL DEFAULT false
);
CREATE TABLE devices (
	user_id               text COLLATE "C" NOT NULL REFERENCES users (id),
	device_id             text COLLATE "C" NOT NULL,
	display_name          text   NOT NULL,
	created_at            bigint NOT NULL,
	session_hash          bytea  NOT NULL UNIQUE,
	access_hash           bytea  NOT NULL,
	refresh_hash          bytea,
	previous_refresh_hash bytea,
	PRIMARY KEY (user_id, device_id)
);`

// leanUsers are the users that are there, each on a device.
const leanUsers = `
INSERT INTO users (id, display_name, created_at)
	SELECT '@user' || n || ':' || '` + serverName + `', '', 0 FROM generate_series(0, %[1]d - 1) n;
INSERT INTO devices (user_id, device_id, display_name, created_at, session_hash, access_hash)
	SELECT '@user' || n || ':' || '` + serverName + `', 'FIRST', '', 0, sha256(int8send(n)), sha256(int8send(n)) FROM generate_series(0, %[1]d - 1) n;
VACUUM ANALYZE;`

const (
	// leanUpsert gives the user u a device with a token, or a device that is there
	// another token in place.
	leanUpsert = `
INSERT INTO devices (user_id, device_id, display_name, created_at, session_hash, access_hash)
SELECT id, %s, '', :t::bigint, sha256(int8send(:t)), sha256(int8send(:t::bigint + 1)) FROM u
ON CONFLICT (user_id, device_id) DO UPDATE SET session_hash = excluded.session_hash, access_hash = excluded.access_hash;
`
	// leanUser locks a user who is there.
	leanUser = `
WITH u AS (
	SELECT id FROM users WHERE id = '@user' || :n::text || ':' || '` + serverName + `' AND NOT locked AND NOT deactivated FOR NO KEY UPDATE
)`
	// leanNewUser creates a user, or locks one who is there.
	leanNewUser = `
\set i :i + 1
WITH u AS (
	INSERT INTO users (id, display_name, created_at) VALUES ('@new' || :run::text || '-' || :client_id::text || '-' || :i::text || ':' || '` + serverName + `', '', :t)
	ON CONFLICT (id) DO UPDATE SET id = excluded.id WHERE NOT users.locked AND NOT users.deactivated RETURNING id
)`

	randomToken = `\set t random(1, 9000000000000000)` + "\n"
	randomUser  = `\set n random(0, :users - 1)`
	ownUser     = `\set n :client_id`
	oneUser     = `\set n 0`
	newDevice   = `'D' || :t::text`
	sameDevice  = `'BENCH'`
)

// leanStatements are the leanest correct single statements for what we do, as
// scripts for pgbench, which takes every name after a colon for a variable, between
// quotation marks too.
var leanStatements = map[string]string{
	leanNew:    randomToken + leanNewUser + fmt.Sprintf(leanUpsert, sameDevice),
	leanDevice: randomToken + randomUser + leanUser + fmt.Sprintf(leanUpsert, newDevice),
	leanSame:   randomToken + ownUser + leanUser + fmt.Sprintf(leanUpsert, sameDevice),
	leanOne:    randomToken + oneUser + leanUser + fmt.Sprintf(leanUpsert, sameDevice),
	leanRefresh: randomToken + `
UPDATE devices d SET access_hash = sha256(int8send(:t)), previous_refresh_hash = d.refresh_hash, refresh_hash = sha256(int8send(:t::bigint + 1))
FROM users u WHERE d.session_hash = sha256(int8send(:client_id)) AND u.id = d.user_id AND NOT u.locked AND NOT u.deactivated;
`,
	leanLookUp: randomUser + `
SELECT u.id, u.locked, u.deactivated, d.device_id, d.access_hash = sha256(int8send(:n))
FROM devices d JOIN users u ON u.id = d.user_id WHERE d.session_hash = sha256(int8send(:n));
`,
}

// What the lean statements, and the groups on SQLite, do.
const (
	leanNew     = "new"
	leanDevice  = "device"
	leanSame    = "same"
	leanOne     = "one"
	leanRefresh = "refresh"
	leanLookUp  = "lookup"
)

// A pgbench runs lean statements on a database of its own.
type pgbench struct {
	server  *postgres.Server
	scripts string // the directory with them
	runs    int
}

const leanDatabase = "lean"

func newPgbench(server *postgres.Server, dir string, users int) (*pgbench, error) {
	p := &pgbench{server: server, scripts: filepath.Join(dir, "pgbench")}
	if err := os.Mkdir(p.scripts, 0o755); err != nil {
		return nil, err
	}
	for name, script := range leanStatements {
		if err := os.WriteFile(filepath.Join(p.scripts, name), []byte(script), 0o644); err != nil {
			return nil, err
		}
	}
	if err := server.Exec("CREATE DATABASE " + leanDatabase); err != nil {
		return nil, err
	}
	cmd := server.Command(leanDatabase, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1")
	cmd.Stdin = strings.NewReader(leanTables + fmt.Sprintf(leanUsers, users))
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("psql: %w\n%s", err, out)
	}
	return p, nil
}

// How pgbench sends statements: as text that is planned each time, which is its
// default, or prepared.
const (
	asText   = "simple"
	prepared = "prepared"
)

// open makes a contender of the statement. pgbench connects anew each time, and does
// a third less in its first second, which does not count therefore; nor does the end
// of its connections. It tells every second what it did.
func (p *pgbench) open(statement, mode string, users, clients int) contender {
	r := &benchRun{p: p, statement: statement, mode: mode, users: users, clients: clients}
	return contender{start: r.start, run: r.measure, stop: r.stop}
}

// A benchRun is pgbench at work.
type benchRun struct {
	p               *pgbench
	statement, mode string
	users, clients  int

	cmd      *exec.Cmd
	progress *bufio.Reader
	idle     int // processes of the server before it
}

// start returns when the first second is over.
func (r *benchRun) start() error {
	processes, err := r.p.server.Processes()
	if err != nil {
		return err
	}
	r.idle = len(processes)
	r.p.runs++
	r.cmd = r.p.server.Command(leanDatabase, "pgbench", "-n", "-M", r.mode, "-P", "1", "-T", "3600",
		"-c", fmt.Sprint(r.clients), "-j", fmt.Sprint(min(r.clients, runtime.NumCPU())),
		"-D", fmt.Sprint("users=", r.users), "-D", "i=0", "-D", fmt.Sprint("run=", r.p.runs),
		"-f", filepath.Join(r.p.scripts, r.statement))
	progress, err := r.cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := r.cmd.Start(); err != nil {
		return err
	}
	r.progress = bufio.NewReader(progress)
	_, err = r.second()
	return err
}

// second returns how many transactions there were within the next one.
func (r *benchRun) second() (tps float64, err error) {
	var said strings.Builder
	for said.Len() < 4096 {
		line, err := r.progress.ReadString('\n')
		said.WriteString(line)
		var at float64
		if n, _ := fmt.Sscanf(line, "progress: %f s, %f tps", &at, &tps); n == 2 {
			return tps, nil
		}
		if err != nil {
			break
		}
	}
	return 0, fmt.Errorf("pgbench: %s", &said)
}

func (r *benchRun) measure(lasting time.Duration) (s sample, err error) {
	before, err := processorTime(r.cmd.Process.Pid)
	if err != nil {
		return s, err
	}
	for s.took < lasting.Round(time.Second) || s.took == 0 {
		tps, err := r.second()
		if err != nil {
			return s, err
		}
		s.requests += int(tps)
		s.took += time.Second
	}
	after, err := processorTime(r.cmd.Process.Pid)
	s.spent = after - before
	return s, err
}

// stop returns when the connections are gone, too.
func (r *benchRun) stop() error {
	if err := r.cmd.Process.Kill(); err != nil {
		return err
	}
	_ = r.cmd.Wait() // killed
	for began := time.Now(); time.Since(began) < 10*time.Second; time.Sleep(5 * time.Millisecond) {
		if processes, err := r.p.server.Processes(); err != nil || len(processes) <= r.idle {
			return err
		}
	}
	return errors.New("pgbench: its connections do not end")
}
