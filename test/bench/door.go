package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// configuration is that of an operator: what it does not name is as shipped,
// audit and the log of requests among it. All load comes from one address, and
// in a hurry: where there are limits, nobody shall meet them.
const configuration = `
server_name: ` + serverName + `
database: {url: %q%s}
jwt:
  providers:
    - name: corp
      secret: "` + secret + `"
      issuers: [https://corp.example]
      audiences: [matrix]
rate_limits:
  enabled: %t
  login_failed: {per_second: 1000000, burst: 1000000}
  login_address: {per_second: 1000000, burst: 1000000}
  login_account: {per_second: 1000000, burst: 1000000}
`

// settings are those by which the Doorwards that are measured differ.
type settings struct {
	database string // its URL
	more     string // of the database, such as ", group_sign_ins: false"
	limits   bool
	sections string // that are not there otherwise
}

func (s settings) String() string {
	return fmt.Sprintf(configuration, s.database, s.more, s.limits) + s.sections
}

// addresses are where it listens.
const addresses = `
http: {listen: %q}
metrics: {listen: %q}
`

// delegation are the settings of one to which a homeserver delegates. It is asked
// about tokens, and has nothing to tell: nobody listens there.
const delegation = `
homeserver: {kind: synapse, url: "http://127.0.0.1:9/", secret: "` + introspection + `", issuer: "http://127.0.0.1/"}
`

// startWithin is how soon a Doorward serves, or something is wrong.
const startWithin = 10 * time.Second

// A door is the program, which may be stopped and started again.
type door struct {
	binary, config   string
	address, metrics string
	log              string // the file that gets its log
	cmd              *exec.Cmd
}

// newDoor prepares a door and its database, with a file of settings in the
// directory, and does not start it.
func newDoor(o options, dir string, with settings) (*door, error) {
	d := &door{binary: o.binary, log: o.log, config: filepath.Join(dir, "doorward.yaml")}
	var err error
	if d.address, err = freeAddress(); err != nil {
		return nil, err
	}
	if d.metrics, err = freeAddress(); err != nil {
		return nil, err
	}
	text := with.String() + fmt.Sprintf(addresses, d.address, d.metrics)
	if err := os.WriteFile(d.config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	return d, d.command("", "migrate", "up")
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// command runs one of the program's other commands.
func (d *door) command(input string, args ...string) error {
	cmd := exec.Command(d.binary, append(args, "--config", d.config)...)
	cmd.Stdin = strings.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("doorward %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// start starts it, and returns how long its first answer took.
func (d *door) start() (time.Duration, error) {
	log, err := os.OpenFile(d.log, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return 0, err
	}
	defer log.Close()
	d.cmd = exec.Command(d.binary, "serve", "--config", d.config)
	d.cmd.Stdout, d.cmd.Stderr = log, log
	began := time.Now()
	if err := d.cmd.Start(); err != nil {
		return 0, err
	}
	for time.Since(began) < startWithin {
		if d.answers() {
			return time.Since(began), nil
		}
		time.Sleep(500 * time.Microsecond)
	}
	return 0, errors.Join(fmt.Errorf("doorward does not serve within %s; LOG=file keeps its log", startWithin), d.stop())
}

func (d *door) answers() bool {
	conns, err := dial(d.address, 1)
	if err != nil {
		return false
	}
	defer hangUp(conns)
	status, _, err := conns[0].do(get("/_matrix/client/versions", ""))
	return err == nil && status == http.StatusOK
}

func (d *door) stop() error {
	if d.cmd == nil {
		return nil
	}
	cmd := d.cmd
	d.cmd = nil
	return errors.Join(cmd.Process.Signal(syscall.SIGTERM), cmd.Wait())
}

// metric returns a number that /metrics tells.
func (d *door) metric(names ...string) ([]float64, error) {
	resp, err := http.Get("http://" + d.metrics + "/metrics")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(resp.Body); err != nil {
		return nil, err
	}
	values := make([]float64, len(names))
	for line := range strings.Lines(text.String()) {
		for i, name := range names {
			if value, ok := strings.CutPrefix(line, name+" "); ok {
				if _, err := fmt.Sscan(value, &values[i]); err != nil {
					return nil, err
				}
			}
		}
	}
	return values, nil
}
