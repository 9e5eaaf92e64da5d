package proxy_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// startCaddy runs Caddy with the example, edited, and what an operator changes in it.
func startCaddy(t *testing.T, edit func(string) string) *proxy {
	t.Helper()
	install(t, "caddy")
	p := &proxy{backends: newBackends(t), address: freeAddress(t), dir: t.TempDir()}
	chain, key := filepath.Join(p.dir, "chain.pem"), filepath.Join(p.dir, "key.pem")
	certificate(t, chain, key)
	_, port, err := net.SplitHostPort(p.address)
	if err != nil {
		t.Fatal(err)
	}
	text := edit(example(t, "Caddyfile"))
	text = replace(t, text, "127.0.0.1:8008", 1, p.doorward)
	text = replace(t, text, "127.0.0.1:8018", 1, p.homeserver)
	// No certificates of others, nothing on port 80, and no API.
	text = replace(t, text, "\n{\n", 1, "\n{\n\tadmin off\n\tauto_https disable_redirects\n\thttps_port "+port+"\n")
	text = replace(t, text, "matrix.example.org, example.org {", 1,
		"matrix.example.org, example.org {\n\tbind 127.0.0.1\n\ttls "+chain+" "+key)
	file := filepath.Join(p.dir, "Caddyfile")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("caddy", "run", "--adapter", "caddyfile", "--config", file)
	cmd.Env = append(os.Environ(), "HOME="+p.dir, "XDG_DATA_HOME="+p.dir, "XDG_CONFIG_HOME="+p.dir)
	run(t, p, cmd)
	return p
}

// What Caddy would check on the operator's machine.
func TestCaddyTakesTheExample(t *testing.T) {
	install(t, "caddy")
	file, err := filepath.Abs("../../config/examples/Caddyfile")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cmd := exec.Command("caddy", "validate", "--adapter", "caddyfile", "--config", file)
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, said)
	}
}
