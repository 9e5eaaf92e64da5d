package main

import (
	"bufio"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
)

// TestMain lets the test binary be the program itself, for tests that need a
// process of its own.
func TestMain(m *testing.M) {
	if os.Getenv("BE_DOORWARD") != "" {
		os.Unsetenv("BE_DOORWARD")
		main()
	}
	os.Exit(m.Run())
}

// serveForTrial starts serve in a fresh folder, on a free port, and returns
// the commands of the first login.
func serveForTrial(t *testing.T) (cmd *exec.Cmd, address string, commands []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	cmd = exec.Command(self, "serve")
	cmd.Env = append(os.Environ(), "BE_DOORWARD=1", "DOORWARD_HTTP_LISTEN=127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	for len(commands) < 2 && lines.Scan() {
		if command, ok := strings.CutPrefix(lines.Text(), "  "); ok {
			commands = append(commands, command)
		}
	}
	if len(commands) < 2 {
		t.Fatalf("printed %q", commands)
	}
	return cmd, regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(commands[1]), commands
}

func TestThePrintedFirstLoginWorksWhenPasted(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("CI") == "" {
			t.Skip("curl is not installed")
		}
		t.Fatal(err)
	}
	serve, _, commands := serveForTrial(t)
	shell := exec.Command("sh", "-c", strings.Join(commands, "\n"))
	shell.Env = append(os.Environ(), "BE_DOORWARD=1")
	out, err := shell.Output()
	if err != nil || !strings.Contains(string(out), `"user_id":"@alice:localhost"`) {
		t.Errorf("%s\n%s, %v", strings.Join(commands, "\n"), out, err)
	}
	stop(t, serve)
}

func TestASignalToStopLetsWhatIsInFlightFinish(t *testing.T) {
	serve, address, _ := serveForTrial(t)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const body = `{"type":"m.login.nothing"}`
	io.WriteString(conn, "POST /_matrix/client/v3/login HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 26\r\n\r\n")
	// The server asks for the body: the request is in flight.
	answer := bufio.NewReader(conn)
	if line, err := answer.ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("%q, %v", line, err)
	}
	answer.ReadString('\n')
	serve.Process.Signal(syscall.SIGTERM)
	awaitRefused(t, address)
	io.WriteString(conn, body)
	if line, err := answer.ReadString('\n'); err != nil || !strings.Contains(line, " 400 ") {
		t.Errorf("%q, %v", line, err)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("the exit: %v", err)
	}
}

func TestAClientHasLessTimeForARequestThanAStopHas(t *testing.T) {
	server := httpapi.NewServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	// Four seconds are what a store may take to answer.
	if most := server.ReadTimeout + 4*time.Second; most >= stopTime {
		t.Errorf("a request may take %s, and a stop waits for %s", most, stopTime)
	}
}

// awaitRefused waits until nobody listens any more.
func awaitRefused(t *testing.T, address string) {
	t.Helper()
	for range 1000 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		// The server closes what it took but will not serve.
		io.Copy(io.Discard, conn)
		conn.Close()
	}
	t.Fatal("it goes on listening")
}

func stop(t *testing.T, serve *exec.Cmd) {
	t.Helper()
	serve.Process.Signal(syscall.SIGTERM)
	if err := serve.Wait(); err != nil {
		t.Errorf("the exit: %v", err)
	}
}

func TestTheOperatorsGOGCWins(t *testing.T) {
	before := debug.SetGCPercent(77)
	defer debug.SetGCPercent(before)
	for _, c := range []struct {
		variable string
		want     int
	}{{"50", 77}, {"off", 77}, {"", 150}} { // what is set, the runtime has read already
		t.Setenv("GOGC", c.variable)
		collectSeldom()
		if got := debug.SetGCPercent(77); got != c.want {
			t.Errorf("GOGC=%s: %d, want %d", c.variable, got, c.want)
		}
	}
}
