package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/config"
)

// A running server, whose log can be waited for.
type running struct {
	*exec.Cmd
	lines   *bufio.Scanner
	address string
}

func serveFolder(t *testing.T) *running {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "serve")
	cmd.Env = append(os.Environ(), "BE_DOORWARD=1")
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	r := &running{Cmd: cmd, lines: bufio.NewScanner(log)}
	r.address = regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(r.await(t, "serving"))
	return r
}

// await returns what is logged up to a line with the text.
func (r *running) await(t *testing.T, text string) string {
	t.Helper()
	var before strings.Builder
	timer := time.AfterFunc(20*time.Second, func() { r.Process.Kill() })
	defer timer.Stop()
	for r.lines.Scan() {
		fmt.Fprintln(&before, r.lines.Text())
		if strings.Contains(r.lines.Text(), text) {
			return before.String()
		}
	}
	t.Fatalf("%q is not logged:\n%s", text, before.String())
	return ""
}

// hangUp sends SIGHUP and returns what is logged until it has been followed.
func (r *running) hangUp(t *testing.T) string {
	t.Helper()
	if err := r.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	return r.await(t, "was read again")
}

func (r *running) login(t *testing.T, token string) int {
	t.Helper()
	body := fmt.Sprintf(`{"type":"org.matrix.login.jwt","token":%q}`, strings.TrimSpace(token))
	resp, err := http.Post("http://"+r.address+"/_matrix/client/v3/login", "", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSIGHUPMakesProvidersAndTheLogFollowTheConfiguration(t *testing.T) {
	const head = "server_name: a\nhttp: {listen: '127.0.0.1:0'}\ndatabase: {url: 'memory:'}\nrate_limits: {enabled: false}\n"
	const first = head + "jwt: {providers: [{name: p, secret_file: jwt.secret}]}\n"
	inFolder(t, map[string]string{"doorward.yaml": first, "jwt.secret": "0123456789abcdef0123456789abcdef"})
	mint := func() string {
		_, token, errs := doorward(t, "", "token", "mint", "--sub", "alice")
		if token == "" {
			t.Fatal(errs)
		}
		return token
	}
	server := serveFolder(t)
	old := mint()
	if status := server.login(t, old); status != 200 {
		t.Fatalf("got %d", status)
	}

	write(t, "jwt.secret", "fedcba9876543210fedcba9876543210")
	log := server.hangUp(t)
	if server.login(t, old) != 403 || server.login(t, mint()) != 200 || strings.Contains(log, "restart") {
		t.Errorf("another key file did not take effect:\n%s", log)
	}

	write(t, "doorward.yaml", first+"log: {format: json, level: debug}\nsessions: {max_devices_per_user: 1}\nadmin: {api_token: 0123456789abcdef0123456789abcdef}\n")
	log = server.hangUp(t)
	for _, want := range []string{`"msg":`, `"setting":"sessions.max_devices_per_user"`, `"setting":"admin.api_token"`} {
		if !strings.Contains(log, want) {
			t.Errorf("%s is not logged:\n%s", want, log)
		}
	}
	if strings.Contains(log, `"setting":"log`) || strings.Contains(log, "0123456789abcdef") || strings.Count(log, "restart") != 2 {
		t.Errorf("logged:\n%s", log)
	}

	write(t, "doorward.yaml", strings.Replace(first, "secret_file: jwt.secret", "secret: short", 1)+"fast: true\n")
	log = server.hangUp(t)
	if !strings.Contains(log, "fast: unknown key") || !strings.Contains(log, "jwt.providers[0].secret") || !strings.Contains(log, "all stays as it is") {
		t.Errorf("not every fault is logged:\n%s", log)
	}
	if server.login(t, mintWith(t, "fedcba9876543210fedcba9876543210")) != 200 {
		t.Error("a bad configuration took effect")
	}
	server.Process.Signal(syscall.SIGTERM)
	for server.lines.Scan() {
	}
	if err := server.Wait(); err != nil {
		t.Errorf("the exit: %v", err)
	}
}

// mintWith mints with a secret of a configuration that is not the folder's.
func mintWith(t *testing.T, secret string) string {
	t.Helper()
	write(t, "mint.yaml", "server_name: a\njwt: {providers: [{name: p, secret: "+secret+"}]}\n")
	_, token, errs := doorward(t, "", "token", "mint", "-c", "mint.yaml", "--sub", "alice")
	if token == "" {
		t.Fatal(errs)
	}
	return token
}

func TestALoggerChangesWithAllThatWereMadeFromIt(t *testing.T) {
	var out bytes.Buffer
	h := newLogHandler(config.Log{Level: "info", Format: "text"}, &streams{err: &out})
	log := slog.New(h)
	derived := log.With("provider", "corp").WithGroup("g")
	derived.Debug("hidden")
	derived.Info("as text", "a", 1)
	h.change(config.Log{Level: "debug", Format: "json"})
	derived.Debug("as JSON", "a", 2)
	h.change(config.Log{Level: "error", Format: "text"})
	derived.Warn("hidden")
	got := out.String()
	if strings.Contains(got, "hidden") || !strings.Contains(got, `msg="as text" provider=corp g.a=1`) || !strings.Contains(got, `"msg":"as JSON","provider":"corp","g":{"a":2}`) {
		t.Errorf("got %s", got)
	}
}

func TestALoggerMayChangeWhileItLogs(t *testing.T) {
	h := newLogHandler(config.Log{Level: "info", Format: "text"}, &streams{err: io.Discard})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 100 {
				slog.New(h).With("a", 1).Info("line")
			}
		})
	}
	for i := range 100 {
		h.change(config.Log{Level: "debug", Format: []string{"text", "json"}[i%2]})
	}
	all.Wait()
}
