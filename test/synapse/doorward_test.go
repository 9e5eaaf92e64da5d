//go:build synapse

package synapse

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// serveWithin is how soon a Doorward serves, also after it was killed.
const serveWithin = 10 * time.Second

// configuration lacks the addresses of the API and of the metrics, the database,
// Synapse's URL and that of the API.
const configuration = `
server_name: ` + serverName + `
http: {listen: %q}
metrics: {listen: %q}
database: {url: %q}
jwt: {providers: [{name: corp, secret: a secret of the provider with 32 bytes or more, allow_uia: true, link_existing: true}]}
registration: {enabled: true}
rate_limits: {enabled: false}
admin: {api_token: ` + adminToken + `}
homeserver: {kind: synapse, url: %q, secret: ` + secret + `, issuer: %q}
`

// A doorward is the program, running on a database that outlives it.
type doorward struct {
	url     string // without a slash at the end
	metrics string
	config  string
	cmd     *exec.Cmd
	log     bytes.Buffer
}

// newDoorward starts one. The test's end stops it.
func newDoorward(t *testing.T, database, synapse string) *doorward {
	t.Helper()
	api, metrics := freeAddress(t).String(), freeAddress(t).String()
	d := &doorward{
		url: "http://" + api, metrics: "http://" + metrics + "/metrics",
		config: filepath.Join(t.TempDir(), "doorward.yaml"),
	}
	settings := fmt.Sprintf(configuration, api, metrics, database, synapse+"/", d.url+"/")
	if err := os.WriteFile(d.config, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	d.start(t)
	t.Cleanup(func() { d.stop(t) })
	return d
}

// start starts the program and waits until it is healthy.
func (d *doorward) start(t *testing.T) {
	t.Helper()
	d.cmd = exec.Command(binary, "serve", "--config", d.config)
	d.cmd.Env = []string{}
	d.cmd.Stdout, d.cmd.Stderr = &d.log, &d.log
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); time.Since(began) < serveWithin; <-time.After(10 * time.Millisecond) {
		if resp, err := client.Get(d.url + "/health"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
	}
	d.kill()
	t.Fatalf("doorward does not serve within %s:\n%s", serveWithin, d.log.String())
}

// kill ends the program with SIGKILL.
func (d *doorward) kill() {
	d.cmd.Process.Kill()
	d.cmd.Wait()
}

// ownTrouble is what the log has only if Doorward itself is at fault, or if Synapse
// refused for good what it was told.
var ownTrouble = regexp.MustCompile(`.*(panic|status=500|it is given up).*`)

// stop ends the program as an operator does. It shows the log of a test that failed.
func (d *doorward) stop(t *testing.T) {
	d.cmd.Process.Signal(syscall.SIGTERM)
	if err := d.cmd.Wait(); err != nil {
		t.Errorf("doorward ends with %v", err)
	}
	log := d.log.String()
	if trouble := ownTrouble.FindString(log); trouble != "" {
		t.Errorf("doorward logged %s", trouble)
	}
	if t.Failed() {
		t.Logf("Doorward's log ends with:\n%s", log[max(0, len(log)-logShown):])
	}
}

// run runs a command beside the server and returns what it prints.
func (d *doorward) run(t *testing.T, arguments ...string) string {
	t.Helper()
	out, err := d.command(t, arguments...)
	if err != nil {
		t.Fatalf("doorward %q: %v\n%s", arguments, err, out)
	}
	return out
}

// command is run for one that may fail.
func (d *doorward) command(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, append(arguments, "--config", d.config)...)
	cmd.Env = []string{}
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

var waiting = regexp.MustCompile(`(?m)^doorward_outbox_notices (\S+)$`)

// waits returns how much waits to be told to Synapse, as the metrics say it.
func (p *pair) waits() string {
	p.Helper()
	resp, err := client.Get(p.door.metrics)
	if err != nil {
		p.Fatal(err)
	}
	defer resp.Body.Close()
	metrics, err := io.ReadAll(resp.Body)
	found := waiting.FindSubmatch(metrics)
	if found == nil {
		p.Fatalf("the metrics do not say what waits (%v): %s", err, metrics)
	}
	return string(found[1])
}
