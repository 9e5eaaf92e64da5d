// Package proxy_test starts the reverse proxies with the configurations that operators copy,
// and sends requests through them.
package proxy_test

import (
	"bufio"
	"crypto/tls"
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

// patience is how long a proxy may take to start or to answer.
const patience = 20 * time.Second

// A proxy is one that runs with an example, between the test and two backends.
type proxy struct {
	*backends
	address string
	dir     string // where its files are
	// refusesTwoLengths says that a request whose length is said in two ways does
	// not get through. The others give it one.
	refusesTwoLengths bool
}

// each runs the test with every proxy there is an example for.
func each(t *testing.T, edit func(example string) string, do func(*testing.T, *proxy)) {
	for name, start := range map[string]func(*testing.T, func(string) string) *proxy{"nginx": startNginx, "caddy": startCaddy} {
		t.Run(name, func(t *testing.T) { do(t, start(t, edit)) })
	}
}

// asItIs is how most tests use the examples.
func asItIs(example string) string { return example }

// install provides a program from the Debian package of its name, or skips the test.
func install(t *testing.T, name string) {
	t.Helper()
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin:/sbin")
	if _, err := exec.LookPath(name); err == nil {
		return
	}
	command := "apt-get update && apt-get install -y --no-install-recommends " + name
	if os.Getenv("CI") == "" || os.Geteuid() != 0 {
		t.Skipf("%s is not installed, so its example was not tried; as root: %s", name, command)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	if err := cmd.Run(); err != nil {
		t.Skipf("%s could not be installed, so its example was not tried: %v", name, err)
	}
}

// example returns one of the examples.
func example(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "config", "examples", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// replace puts something of the test's in the place of what an operator changes. It
// must be there as often as is said.
func replace(t *testing.T, text, old string, times int, with string) string {
	t.Helper()
	if found := strings.Count(text, old); found != times {
		t.Fatalf("%q is in the example %d times, not %d", old, found, times)
	}
	return strings.ReplaceAll(text, old, with)
}

// freeAddress returns an address on which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// run starts a proxy and returns when it listens. It stops with the test.
func run(t *testing.T, p *proxy, cmd *exec.Cmd) {
	t.Helper()
	output := filepath.Join(p.dir, "output")
	file, err := os.Create(output)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cmd.Stdout, cmd.Stderr, cmd.Dir = file, file, p.dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(patience):
			_ = cmd.Process.Kill()
		}
		if t.Failed() {
			text, _ := os.ReadFile(output)
			t.Logf("%s said:\n%s", cmd.Args[0], text)
		}
	})
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		if conn, err := p.dial(); err == nil {
			conn.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v", cmd.Args[0], err)
		case <-deadline.C:
			t.Fatalf("%s does not listen", cmd.Args[0])
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (p *proxy) dial() (net.Conn, error) {
	dialer := tls.Dialer{
		NetDialer: &net.Dialer{Timeout: patience},
		Config:    &tls.Config{InsecureSkipVerify: true, ServerName: "matrix.example.org", NextProtos: []string{"http/1.1"}},
	}
	return dialer.Dial("tcp", p.address)
}

// send writes a text to the proxy as it is and returns the first answer, its body
// read.
func (p *proxy) send(t *testing.T, request string) *http.Response {
	t.Helper()
	conn, err := p.dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	// Who refuses a long body may close before it is written.
	_, _ = io.WriteString(conn, request)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("no answer to %.120q: %v", request, err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body = io.NopCloser(strings.NewReader(string(body)))
	return answer
}

// ask sends a request without a body for a target that no library has tidied up.
func (p *proxy) ask(t *testing.T, method, target string, headers ...string) *http.Response {
	t.Helper()
	lines := append([]string{method + " " + target + " HTTP/1.1", "Host: matrix.example.org", "Connection: close"}, headers...)
	return p.send(t, strings.Join(lines, "\r\n")+"\r\n\r\n")
}
