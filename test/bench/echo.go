package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"

	"github.com/labstack/echo/v4"
)

// echoCommand is the argument with which this program is the bare server.
const echoCommand = "bare-echo"

type whoamiAnswer struct {
	UserID   string `json:"user_id"`
	DeviceID string `json:"device_id"`
	IsGuest  bool   `json:"is_guest"`
}

type loginAnswer struct {
	UserID      string `json:"user_id"`
	AccessToken string `json:"access_token"`
	DeviceID    string `json:"device_id"`
	HomeServer  string `json:"home_server"`
}

// bareHeaders are those of ours that net/http does not set by itself.
var bareHeaders = http.Header{
	"Access-Control-Allow-Headers":  {"X-Requested-With, Content-Type, Authorization"},
	"Access-Control-Allow-Methods":  {"GET, POST, PUT, DELETE, OPTIONS"},
	"Access-Control-Allow-Origin":   {"*"},
	"Access-Control-Expose-Headers": {"Retry-After, X-Request-Id"},
	"Cache-Control":                 {"no-store"},
	"X-Content-Type-Options":        {"nosniff"},
	"X-Request-Id":                  {filler(26)},
}

// bareEcho serves what we serve with Echo, in the same bytes, and does nothing for
// it. It ends with its standard input.
func bareEcho() error {
	e := echo.New()
	e.GET(whoamiPath, func(c echo.Context) error {
		maps.Copy(c.Response().Header(), bareHeaders)
		return c.JSON(http.StatusOK, whoamiAnswer{userID(0), "FIRST", false})
	})
	e.POST(loginPath, func(c echo.Context) error {
		if _, err := io.Copy(io.Discard, c.Request().Body); err != nil {
			return err
		}
		maps.Copy(c.Response().Header(), bareHeaders)
		return c.JSON(http.StatusOK, loginAnswer{userID(0), "dwa_" + filler(71), "FIRST", serverName})
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	go func() {
		os.Stdin.Read(make([]byte, 1))
		l.Close()
	}()
	_ = http.Serve(l, e) // ends when the listener is closed
	return nil
}

// A bareServer is that server as a process of its own.
type bareServer struct {
	*os.Process
	address string
	stop    func()
}

func startBareEcho() (b bareServer, err error) {
	self, err := os.Executable()
	if err != nil {
		return b, err
	}
	cmd := exec.Command(self, echoCommand)
	cmd.Stderr = os.Stderr
	in, errIn := cmd.StdinPipe()
	out, errOut := cmd.StdoutPipe()
	if err := errors.Join(errIn, errOut); err != nil {
		return b, err
	}
	if err := cmd.Start(); err != nil {
		return b, err
	}
	b = bareServer{Process: cmd.Process, stop: func() { in.Close(); _ = cmd.Wait() }}
	if _, err := fmt.Fscanln(out, &b.address); err != nil {
		b.stop()
		return b, fmt.Errorf("the bare server: %w", err)
	}
	return b, nil
}
