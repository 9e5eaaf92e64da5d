//go:build synapse

package synapse

import (
	"encoding/json"
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
	t       *testing.T
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
	s := &server{t: t, root: root, account: accountIn(t, root)}
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
	t.Cleanup(s.closeLog)
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

// start lets Synapse delegate authentication to the service at authURL and
// waits until it answers. The test's end stops it.
func (s *server) start(authURL, secret string, database map[string]any) {
	s.t.Helper()
	s.write("signing.key", signingKey())
	s.write("log.yaml", mustJSON(s.t, logging))
	s.write("homeserver.yaml", mustJSON(s.t, s.settings(authURL, secret, database)))

	s.cmd = exec.Command("/usr/bin/python3", "-m", "synapse.app.homeserver", "--config-path", s.home+"/homeserver.yaml")
	s.cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "PYTHONUNBUFFERED=1"}
	s.cmd.Dir = s.home
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: s.root, Credential: s.account, Pdeathsig: syscall.SIGKILL}
	s.ended = make(chan struct{})
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		s.cmd.Wait()
		close(s.ended)
	}()
	s.t.Cleanup(s.stop)
	s.awaitReady()
}

func (s *server) awaitReady() {
	s.t.Helper()
	for deadline := time.Now().Add(startWithin); time.Now().Before(deadline); {
		if resp, err := client.Get(s.url + "/health"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-s.ended:
			s.t.Fatalf("Synapse does not start: %s", s.cmd.ProcessState)
		case <-time.After(50 * time.Millisecond):
		}
	}
	s.t.Fatalf("Synapse does not answer within %s", startWithin)
}

// stop ends Synapse as an operator does.
func (s *server) stop() {
	if s.cmd == nil {
		return
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Error(err)
	}
	select {
	case <-s.ended:
	case <-time.After(stopWithin):
		s.t.Errorf("Synapse does not stop within %s", stopWithin)
		s.cmd.Process.Kill()
		<-s.ended
	}
	s.cmd = nil
}

// closeLog shows the end of the log of a test that failed, and keeps its file.
func (s *server) closeLog() {
	defer s.log.Close()
	if !s.t.Failed() {
		os.Remove(s.log.Name())
		return
	}
	text, err := os.ReadFile(s.log.Name())
	if err != nil {
		s.t.Error(err)
	}
	s.t.Logf("Synapse's log, in whole in %s, ends with:\n%s", s.log.Name(), text[max(0, len(text)-logShown):])
}

func (s *server) write(name string, content []byte) {
	s.t.Helper()
	path := filepath.Join(s.root, s.home, name)
	if err := errors.Join(os.WriteFile(path, content, 0o600), os.Chown(path, int(s.account.Uid), int(s.account.Gid))); err != nil {
		s.t.Fatal(err)
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
