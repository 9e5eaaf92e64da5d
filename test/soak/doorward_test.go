//go:build soak

// Package soak breaks a running Doorward for real, again and again, under load:
// it is killed, its database is killed, stopped and frozen. What was
// acknowledged before must hold afterwards. `make soak` runs it; it takes
// minutes.
package soak

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
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

// binary is the program under test, built by TestMain.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "soak")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "doorward")
	if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/doorward").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

const secret = "a secret of the soak with at least 32 bytes"

// configuration lacks an address, a database and the secret. All load comes from
// one address, and in a hurry: without limits.
const configuration = `
server_name: localhost
http: {listen: %q}
database: {url: %q}
log: {level: warn}
jwt: {providers: [{name: soak, secret: %q, allow_uia: true, link_existing: true}]}
registration: {enabled: true}
rate_limits: {enabled: false}
`

// startWithin is how soon a Doorward serves, also after it was killed.
const startWithin = 5 * time.Second

// A doorward is the program, running on a database that outlives it.
type doorward struct {
	t       *testing.T
	address string
	config  string
	cmd     *exec.Cmd
	log     bytes.Buffer
}

// newDoorward starts one on the database, with further settings.
func newDoorward(t *testing.T, database string, more ...string) *doorward {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &doorward{t: t, address: free.Addr().String(), config: filepath.Join(t.TempDir(), "doorward.yaml")}
	free.Close()
	settings := fmt.Sprintf(configuration, d.address, database, secret) + strings.Join(more, "")
	if err := os.WriteFile(d.config, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	d.start()
	t.Cleanup(d.kill)
	return d
}

// start starts the program and waits until it is healthy.
func (d *doorward) start() {
	d.t.Helper()
	d.cmd = exec.Command(binary, "serve", "--config", d.config)
	d.cmd.Stdout, d.cmd.Stderr = &d.log, &d.log
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	began := time.Now()
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	if !d.healthy(began.Add(startWithin)) {
		d.kill()
		d.t.Fatalf("doorward does not serve within %s:\n%s", startWithin, d.log.String())
	}
}

// healthy waits until /health is 200, at most until the deadline.
func (d *doorward) healthy(deadline time.Time) bool {
	for time.Now().Before(deadline) {
		if status, _ := d.do("GET", "/health", "", ""); status == 200 {
			return true
		}
		<-time.After(10 * time.Millisecond)
	}
	return false
}

// kill ends the program with SIGKILL.
func (d *doorward) kill() {
	d.cmd.Process.Kill()
	d.cmd.Wait()
}

// stop ends the program with SIGTERM and returns how it ended.
func (d *doorward) stop() error {
	d.cmd.Process.Signal(syscall.SIGTERM)
	return d.cmd.Wait()
}

var client = &http.Client{
	Timeout:   20 * time.Second,
	Transport: &http.Transport{MaxIdleConnsPerHost: 64},
}

// noAnswer is the status of a request that got no answer.
const noAnswer = 0

// do sends a request and returns its status and body.
func (d *doorward) do(method, path, token, body string) (int, map[string]any) {
	req, err := http.NewRequestWithContext(context.Background(), method, "http://"+d.address+path, strings.NewReader(body))
	if err != nil {
		d.t.Error(err)
		return noAnswer, nil
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := client.Do(req)
	if err != nil {
		return noAnswer, nil
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return noAnswer, nil
	}
	var answer map[string]any
	if err := json.Unmarshal(raw, &answer); err != nil {
		d.t.Errorf("%s %s: %d without JSON: %q", method, path, resp.StatusCode, raw)
	}
	return resp.StatusCode, answer
}
