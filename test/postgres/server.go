package postgres

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

const (
	superuser   = "doorward"
	startWithin = 30 * time.Second
	stopWithin  = 30 * time.Second
)

// Durable are the settings for [Start] with which an acknowledged commit
// survives a crash of the machine, as in production. Without them the server
// is faster, and commits survive only a crash of the server.
var Durable = []string{"fsync=on", "synchronous_commit=on", "full_page_writes=on"}

// A Server is one PostgreSQL. Its methods are for one goroutine at a time.
type Server struct {
	programs  programs
	settings  []string
	dir       string // all that is the server's; removed by Stop
	sockets   string // short: the path of a socket has at most 107 bytes
	temporary []string
	process   *process // nil when the server does not run
}

// Start makes a cluster below dir, or in a temporary directory if dir is empty,
// and starts a server on it, with settings such as "max_connections=10". It
// returns [ErrNotInstalled] if there is no PostgreSQL on the machine.
func Start(dir string, settings ...string) (*Server, error) {
	found, err := findPrograms()
	if err != nil {
		return nil, err
	}
	s := &Server{programs: found, settings: settings, dir: dir}
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, s.removeFiles())
	}
	if err := s.Restart(); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Server) prepare() (err error) {
	if s.dir == "" {
		if s.dir, err = s.temporaryDir(); err != nil {
			return err
		}
	}
	if s.sockets, err = s.temporaryDir(); err != nil {
		return err
	}
	data := s.data()
	if err := os.Mkdir(data, 0o700); err != nil {
		return err
	}
	for _, dir := range []string{data, s.sockets} {
		if err := s.programs.own(dir); err != nil {
			return err
		}
	}
	// A locale that does not sort by bytes: real databases have one, too.
	initdb := s.programs.command("initdb", "--pgdata", data, "--username", superuser, "--auth", "trust",
		"--encoding", "UTF8", "--locale", "C", "--locale-provider", "icu", "--icu-locale", "en", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

func (s *Server) temporaryDir() (string, error) {
	dir, err := os.MkdirTemp("", "pg")
	if err == nil {
		s.temporary = append(s.temporary, dir)
		// Others may pass, to the directories inside that are their own.
		err = os.Chmod(dir, 0o711)
	}
	return dir, err
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// Restart starts the server after Kill or Halt, and returns when it answers.
// The data and the address are those of before.
func (s *Server) Restart() error {
	if s.process != nil {
		return errors.New("the server runs already")
	}
	args := []string{"-D", s.data(), "-k", s.sockets}
	settings := append([]string{"listen_addresses=", "fsync=off", "full_page_writes=off"}, s.settings...)
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	p, err := startProcess(s.programs.command("postgres", args...))
	if err != nil {
		return err
	}
	s.process = p
	return s.awaitReady()
}

// RestartWith is Restart with other settings than those of [Start], from then on.
func (s *Server) RestartWith(settings ...string) error {
	s.settings = settings
	return s.Restart()
}

func (s *Server) awaitReady() error {
	deadline := time.Now().Add(startWithin)
	for {
		err := s.Exec("SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-s.process.ended:
			return fmt.Errorf("postgres ended: %s", s.process.output())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("postgres does not start: %w\n%s", err, s.process.output())
		}
	}
}

// Stop ends the server and removes its files. It may be called twice.
func (s *Server) Stop() error {
	return errors.Join(s.Halt(), s.removeFiles())
}

// Halt ends the server as an administrator does: connections are closed, what
// was committed is written. [Server.Restart] brings it back.
func (s *Server) Halt() error {
	if s.process == nil {
		return nil
	}
	p := s.process
	s.process = nil
	if err := errors.Join(p.signalTree(syscall.SIGCONT), p.signal(syscall.SIGINT)); err != nil {
		return err
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(stopWithin):
		return errors.Join(fmt.Errorf("postgres does not stop: %s", p.output()), p.kill())
	}
}

// Kill ends all processes of the server at once with SIGKILL.
func (s *Server) Kill() error {
	if s.process == nil {
		return nil
	}
	p := s.process
	s.process = nil
	return p.kill()
}

// Freeze stops all processes of the server with SIGSTOP: connections stay, and
// nothing answers, until [Server.Thaw].
func (s *Server) Freeze() error { return s.process.signalTree(syscall.SIGSTOP) }

// Thaw ends Freeze.
func (s *Server) Thaw() error { return s.process.signalTree(syscall.SIGCONT) }

// FreezeOne is Freeze of one process of the server, that of a connection.
func (s *Server) FreezeOne(pid int) error { return syscall.Kill(pid, syscall.SIGSTOP) }

// ThawOne ends FreezeOne.
func (s *Server) ThawOne(pid int) error { return syscall.Kill(pid, syscall.SIGCONT) }

// Log returns what the running server has written to its log.
func (s *Server) Log() string { return s.process.output() }

// Processes returns the process ids of the server and of its connections.
func (s *Server) Processes() ([]int, error) {
	children, err := childrenOf(s.process.cmd.Process.Pid)
	return append(children, s.process.cmd.Process.Pid), err
}

// Command returns one of PostgreSQL's programs, such as pgbench, that talks to
// a database of the server.
func (s *Server) Command(database, name string, args ...string) *exec.Cmd {
	cmd := s.programs.command(name, args...)
	cmd.Env = append(cmd.Env, "PGHOST="+s.sockets, "PGUSER="+superuser, "PGDATABASE="+database)
	return cmd
}

func (s *Server) removeFiles() error {
	var errs []error
	for _, dir := range slices.Concat(s.temporary, []string{s.data()}) {
		errs = append(errs, os.RemoveAll(dir))
	}
	return errors.Join(errs...)
}

// command is a program of PostgreSQL, run as somebody whom it accepts.
func (p programs) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(p.dir, name), args...)
	cmd.Dir = "/"
	cmd.Env = []string{"LC_ALL=C", "PATH=" + os.Getenv("PATH"), "TZ=UTC"}
	cmd.SysProcAttr = p.attributes()
	return cmd
}
