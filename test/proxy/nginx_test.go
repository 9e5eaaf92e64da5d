package proxy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// aroundNginx is what is in /etc/nginx/nginx.conf around the example.
const aroundNginx = `daemon off;
pid nginx.pid;
events {}
http {
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include matrix.conf;
}
`

var (
	nginxPort    = regexp.MustCompile(`listen 443 `)
	nginxOldIPv6 = regexp.MustCompile(`listen \[::\]:443 [^;]*;`)
)

// startNginx runs nginx with the example, edited, and what an operator changes in it.
func startNginx(t *testing.T, edit func(string) string) *proxy {
	t.Helper()
	install(t, "nginx")
	p := &proxy{backends: newBackends(t), address: freeAddress(t), dir: t.TempDir(), refusesTwoLengths: true}
	text := edit(example(t, "nginx.conf"))
	text = replace(t, text, "127.0.0.1:8008", 1, p.doorward)
	text = replace(t, text, "127.0.0.1:8018", 1, p.homeserver)
	text = replace(t, text, "/etc/letsencrypt/live/matrix.example.org", 2, p.dir)
	text = replace(t, text, "/var/log/nginx", 1, p.dir)
	if len(nginxPort.FindAllString(text, -1)) != 1 || len(nginxOldIPv6.FindAllString(text, -1)) != 1 {
		t.Fatal("the example does not listen once on each family of addresses")
	}
	text = nginxOldIPv6.ReplaceAllString(text, "")
	text = nginxPort.ReplaceAllString(text, "listen "+p.address+" ")
	around := aroundNginx
	if os.Geteuid() == 0 {
		// Its workers would be nobody, to whom the folder is closed.
		around = "user root;\n" + around
	}
	certificate(t, filepath.Join(p.dir, "fullchain.pem"), filepath.Join(p.dir, "privkey.pem"))
	for name, text := range map[string]string{"matrix.conf": text, "nginx.conf": around} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(t, p, exec.Command("nginx", "-p", p.dir, "-e", "stderr", "-c", "nginx.conf"))
	return p
}

// A query can have an access token.
func TestNginxLogsNoQueries(t *testing.T) {
	p := startNginx(t, asItIs)
	p.ask(t, "GET", "/_matrix/client/v3/sync?access_token=hush", "Referer: https://client.example.org/?loginToken=hush")
	// The line comes after the answer.
	var log []byte
	for deadline := time.Now().Add(patience); len(log) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing is logged")
		}
		var err error
		if log, err = os.ReadFile(filepath.Join(p.dir, "matrix.log")); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(string(log), "GET /_matrix/client/v3/sync") || strings.Contains(string(log), "hush") {
		t.Errorf("logged %q", log)
	}
}
