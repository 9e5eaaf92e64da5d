//go:build synapse

package synapse

import (
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	serverName  = "localhost"
	startWithin = 60 * time.Second
	stopWithin  = 20 * time.Second
	logShown    = 4000 // bytes of the end of a log
)

var client = &http.Client{Timeout: 30 * time.Second}

// A server is one Synapse, with what is its own in a folder of the root that
// install.sh made.
type server struct {
	url     string // without a slash at the end
	port    int
	root    string
	home    string // inside the root
	account *syscall.Credential
	log     *os.File
	cmd     *exec.Cmd // nil while it does not run
	ended   chan struct{}
}

// newServer prepares a Synapse that does not run yet: its url is known to those
// who must be started before it. What it keeps goes with the test, its log
// only if the test succeeds.
func newServer(t *testing.T) *server {
	t.Helper()
	root := os.Getenv("SYNAPSE_ROOT")
	if root == "" {
		t.Fatal("SYNAPSE_ROOT does not say where Synapse is installed: run `make test-synapse`")
	}
	s := &server{root: root, account: accountIn(t, root)}
	home, err := os.MkdirTemp(filepath.Join(root, "srv"), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	s.home = strings.TrimPrefix(home, root)
	if err := os.Chown(home, int(s.account.Uid), int(s.account.Gid)); err != nil {
		t.Fatal(err)
	}
	if s.log, err = os.CreateTemp("", "synapse-*.log"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.closeLog(t) })
	address := freeAddress(t)
	s.port, s.url = address.Port, "http://"+address.String()
	return s
}

// accountIn is the user in the root to whom Synapse's own folder belongs.
func accountIn(t *testing.T, root string) *syscall.Credential {
	t.Helper()
	info, err := os.Stat(filepath.Join(root, "var/lib/matrix-synapse"))
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	return &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}
}

func freeAddress(t *testing.T) *net.TCPAddr {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	return free.Addr().(*net.TCPAddr)
}

// start starts Synapse and waits until it answers.
func (s *server) start(t *testing.T) {
	t.Helper()
	s.cmd = exec.Command("/usr/bin/python3", "-m", "synapse.app.homeserver",
		"--config-path", s.home+"/example.yaml", "--config-path", s.home+"/homeserver.yaml")
	s.cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "PYTHONUNBUFFERED=1"}
	s.cmd.Dir = s.home
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: s.root, Credential: s.account, Pdeathsig: syscall.SIGKILL}
	s.ended = make(chan struct{})
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	cmd, ended := s.cmd, s.ended
	go func() {
		cmd.Wait()
		close(ended)
	}()
	s.awaitReady(t)
}

func (s *server) awaitReady(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(startWithin); time.Now().Before(deadline); {
		if resp, err := client.Get(s.url + "/health"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-s.ended:
			t.Fatalf("Synapse does not start: %s", s.cmd.ProcessState)
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("Synapse does not answer within %s", startWithin)
}

// stop ends Synapse as an operator does.
func (s *server) stop(t *testing.T) {
	t.Helper()
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Signal(syscall.SIGCONT) // or it does not hear
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	select {
	case <-s.ended:
	case <-time.After(stopWithin):
		t.Errorf("Synapse does not stop within %s", stopWithin)
		s.cmd.Process.Kill()
		<-s.ended
	}
	s.cmd = nil
}

// kill ends Synapse as a loss of power does.
func (s *server) kill(t *testing.T) {
	t.Helper()
	s.signal(t, syscall.SIGKILL)
	<-s.ended
	s.cmd = nil
}

// signal lets Synapse freeze or go on, too.
func (s *server) signal(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
}

// closeLog shows the end of the log of a test that failed, and keeps its file.
func (s *server) closeLog(t *testing.T) {
	defer s.log.Close()
	if !t.Failed() {
		os.Remove(s.log.Name())
		return
	}
	text, err := os.ReadFile(s.log.Name())
	if err != nil {
		t.Error(err)
	}
	t.Logf("Synapse's log, in whole in %s, ends with:\n%s", s.log.Name(), text[max(0, len(text)-logShown):])
}
