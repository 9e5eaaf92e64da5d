// Bench measures how fast Doorward is, and in the same run how fast it could be:
// `make bench` starts it. Clients with connections of their own, a Doorward with
// the settings of production and its database share the machine; in turn with
// them run the limits: a bare Echo handler, pgbench with the leanest statement,
// raw grouped writes on SQLite, bare signatures and bare argon2id. Single figures
// differ from machine to machine and from day to day. What is to be compared are
// the ratios of ours to a limit. What both sides have in common, and why that is
// fair, is said where the server's settings are, in steady.go.
//
// `make growth` has it measure a Doorward with millions of users beside one that is
// almost empty, and two processes on one database beside one.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/seed-31b6c987/doorward/test/postgres"
)

// A bench is what all measurements share.
type bench struct {
	options
	dir     string
	server  *postgres.Server
	pgbench *pgbench
	echo    bareServer
	began   time.Time
	report  report
	// ctx ends when whoever waits does not want to any more; nil: nobody waits.
	ctx context.Context
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == echoCommand {
		exitOn(bareEcho())
		return
	}
	// The clients make little garbage, and shall not compete with Doorward over it.
	debug.SetGCPercent(400)
	// An interrupt ends Doorward as well, one for this process alone what comes next:
	// either way something fails, and all is cleaned up.
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer release()
	if len(os.Args) > 1 && os.Args[1] == growthCommand {
		g, err := parseGrowth()
		exitOn(err)
		g.ctx = ctx
		exitOn(g.meant(g.measure()))
		return
	}
	o, err := parseOptions()
	exitOn(err)
	b := &bench{options: o, began: time.Now(), ctx: ctx}
	exitOn(b.meant(errors.Join(b.run(), b.finish())))
}

var errInterrupted = errors.New("interrupted")

// meant returns what went wrong, or errInterrupted if that is why.
func (b *bench) meant(err error) error {
	if err != nil && b.ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// begin begins the report with what is measured where, and makes the directory for
// all of it.
func (b *bench) begin() error {
	b.report = report{At: b.began, Machine: thisMachine(), Seconds: b.seconds.Seconds(), Rounds: b.rounds}
	b.report.LoadAverage[0] = loadAverage()
	out, err := exec.Command(b.binary, "version").Output()
	if err != nil {
		return fmt.Errorf("%s version: %w", b.binary, err)
	}
	b.report.Machine.Doorward, _, _ = strings.Cut(strings.TrimPrefix(string(out), "doorward "), ",")
	if b.dir, err = os.MkdirTemp("", "bench"); err != nil {
		return err
	}
	return os.Chmod(b.dir, 0o711) // pgbench, run by somebody else, passes
}

func (b *bench) run() (err error) {
	if err := b.begin(); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if isMeant(b.rows, verifyRow) {
		b.progress("verifying JWTs")
		if b.report.Verifications, err = verifications(); err != nil {
			return err
		}
	}
	if b.echo, err = startBareEcho(); err != nil {
		return err
	}
	defer b.echo.stop()
	for _, store := range []string{onPostgres, onSQLite} {
		if !isMeant(b.stores, store) {
			continue
		}
		if err := b.measureStore(store); err != nil {
			return fmt.Errorf("%s: %w", store, err)
		}
	}
	b.report.LoadAverage[1] = loadAverage()
	return nil
}

// measureStore measures all rows on a store.
func (b *bench) measureStore(store string) (err error) {
	if store == onPostgres {
		if b.server, err = startPostgres(); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, discard(b.server)) }()
		if b.pgbench, err = newPgbench(b.server, b.dir, users); err != nil {
			return err
		}
		if err := b.tellPostgres(); err != nil {
			return err
		}
	}
	s, err := b.newSite(store)
	defer func() { err = errors.Join(err, s.close()) }()
	if err != nil {
		return err
	}
	for _, r := range rows {
		if !isMeant(b.rows, r.name) {
			continue
		}
		if err := s.measureRow(r); err != nil {
			return fmt.Errorf("%s: %w", r.title, err)
		}
	}
	dropped, err := s.door.metric("doorward_audit_dropped_total")
	if err != nil {
		return err
	}
	b.report.AuditDropped += dropped[0]
	if isMeant(b.rows, startRow) {
		return s.measureStarts()
	}
	return nil
}

// tellPostgres notes which PostgreSQL it is.
func (b *bench) tellPostgres() error {
	out, err := b.server.Command("postgres", "postgres", "--version").Output()
	if err == nil {
		b.report.Machine.PostgreSQL = "PostgreSQL " + strings.Fields(string(out))[2]
	}
	return err
}

func (s *site) measureRow(r row) error {
	for _, clients := range s.clients {
		if len(r.clients) > 0 && !slices.Contains(r.clients, clients) {
			continue
		}
		res, err := s.measure(r, clients)
		if err != nil {
			return err
		}
		s.bench.report.Results = append(s.bench.report.Results, res)
		s.progress("%s", res)
	}
	return nil
}
