//go:build soak

package soak

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	attackFor       = 20 * time.Second
	attackers       = 8 // of each kind
	slowConnections = 300
	memoryBound     = 256 << 20
	filesBound      = 700
	loginWithin     = 2 * time.Second
)

// An attack sends something that is to be refused.
type attack struct {
	name string
	body func() io.Reader
}

// repeated is text without an end.
type repeated string

func (r repeated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		n += copy(p[n:], r)
	}
	return n, nil
}

func login(token string) func() io.Reader {
	return func() io.Reader {
		return strings.NewReader(`{"type":"org.matrix.login.jwt","token":"` + token + `"}`)
	}
}

func segment(json string) string { return base64.RawURLEncoding.EncodeToString([]byte(json)) }

func attacks() []attack {
	claims := segment(`{"sub":"victim","exp":9999999999}`)
	deep := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	return []attack{
		{"a body without an end", func() io.Reader { return repeated(`{"type":"org.matrix.login.jwt",`) }},
		{"64 MiB", func() io.Reader { return io.LimitReader(repeated(" "), 64<<20) }},
		{"many levels", func() io.Reader { return strings.NewReader(strings.Repeat(`{"x":[`, 8000)) }},
		{"many members", func() io.Reader { return io.LimitReader(repeated(`"a":0,`), 60_000) }},
		{"many dots", login(strings.Repeat(".", 60_000))},
		{"a compressed token", login(segment(`{"alg":"HS256","zip":"DEF"}`) + "." + strings.Repeat("A", 15_000) + ".AAAA")},
		{"a deep header", login(segment(`{"alg":"HS256","x":`+deep+`}`) + "." + claims + ".AAAA")},
		{"a bad signature", login(segment(`{"alg":"HS256"}`) + "." + claims + "." + strings.Repeat("A", 43))},
		{"a long password", func() io.Reader {
			return strings.NewReader(`{"type":"m.login.password","identifier":{"type":"m.id.user","user":"victim"},"password":"` +
				strings.Repeat("x", 60_000) + `"}`)
		}},
		{"a wrong password", func() io.Reader {
			return strings.NewReader(`{"type":"m.login.password","identifier":{"type":"m.id.user","user":"victim"},"password":"wrong"}`)
		}},
	}
}

// This file is the last one: what this process has at most counts as if its children
// had it, whose memory other tests measure.

// Attackers of all kinds at once, without limits for them, take neither memory nor
// descriptors without bound, get nothing, and keep nobody waiting.
func TestUnderAttackItStaysSmallAndServes(t *testing.T) {
	d := newDoorward(t, "sqlite:"+filepath.Join(t.TempDir(), "doorward.db"))
	if status, _ := d.do("POST", "/_matrix/client/v3/login", "", `{"type":"org.matrix.login.jwt","token":"`+mint("victim")+`"}`); status != 200 {
		t.Fatalf("login: %d", status)
	}
	stop := make(chan struct{})
	var all sync.WaitGroup
	var sent atomic.Int64
	for _, a := range attacks() {
		for range attackers {
			all.Go(func() {
				for isOpen(stop) {
					d.attack(a)
					sent.Add(1)
				}
			})
		}
	}
	all.Go(func() { d.connectSlowly(stop) })

	var slowest time.Duration
	files := 0
	for began := time.Now(); time.Since(began) < attackFor; <-time.After(100 * time.Millisecond) {
		asked := time.Now()
		status, _ := d.do("POST", "/_matrix/client/v3/login", "", `{"type":"org.matrix.login.jwt","token":"`+mint("victim")+`"}`)
		if status != 200 {
			t.Errorf("a login: %d", status)
		}
		slowest = max(slowest, time.Since(asked))
		files = max(files, d.openFiles())
	}
	close(stop)
	all.Wait()

	memory := d.peakMemory()
	t.Logf("%d attacks: at most %d MiB and %d descriptors; slowest login %v", sent.Load(), memory>>20, files, slowest.Round(time.Millisecond))
	if memory > memoryBound || files > filesBound || slowest > loginWithin {
		t.Error("that is too much")
	}
	if sent.Load() < 1000 {
		t.Error("that was no attack")
	}
	if err := d.stop(); err != nil {
		t.Errorf("SIGTERM: %v\n%s", err, d.log.String())
	}
}

func isOpen(c <-chan struct{}) bool {
	select {
	case <-c:
		return false
	default:
		return true
	}
}

// attack sends one. The answer is a refusal, or the connection is closed.
func (d *doorward) attack(a attack) {
	resp, err := client.Post("http://"+d.address+"/_matrix/client/v3/login", "application/json", io.MultiReader(a.body()))
	if err != nil {
		return
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	if resp.StatusCode < 400 || resp.StatusCode >= 500 || !strings.Contains(string(answer), `"errcode"`) {
		d.t.Errorf("%s: %d %.200s", a.name, resp.StatusCode, answer)
	}
}

// connectSlowly holds connections that send a header a byte at a time.
func (d *doorward) connectSlowly(stop <-chan struct{}) {
	request := "POST /_matrix/client/v3/login HTTP/1.1\r\nHost: localhost\r\nX: " + strings.Repeat("x", 1000)
	var slow []net.Conn
	for range slowConnections {
		conn, err := net.Dial("tcp", d.address)
		if err != nil {
			d.t.Error(err)
			break
		}
		defer conn.Close()
		slow = append(slow, conn)
	}
	for i := 0; isOpen(stop); i = (i + 1) % len(request) {
		for _, conn := range slow {
			_, _ = conn.Write([]byte{request[i]}) // some are cut off by then
		}
		<-time.After(100 * time.Millisecond)
	}
}

// peakMemory is the most that the program has had resident, in bytes.
func (d *doorward) peakMemory() (bytes int64) {
	d.t.Helper()
	status, err := os.Open(fmt.Sprintf("/proc/%d/status", d.cmd.Process.Pid))
	if err != nil {
		d.t.Skip(err)
	}
	defer status.Close()
	for lines := bufio.NewScanner(status); lines.Scan(); {
		var kib int64
		if _, err := fmt.Sscanf(lines.Text(), "VmHWM: %d kB", &kib); err == nil {
			return kib << 10
		}
	}
	d.t.Fatal("no VmHWM")
	return 0
}

func (d *doorward) openFiles() int {
	files, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", d.cmd.Process.Pid))
	return len(files)
}
