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
