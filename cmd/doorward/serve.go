package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/config"
)

// stopTime is how long requests in flight may take after a signal to stop: more
// than a client has to send one (httpapi.NewServer) and we to answer it.
const stopTime = 20 * time.Second

type serveCommand struct{ configFlag }

// Help implements kong's detailed help.
func (serveCommand) Help() string {
	return `Without --config and without doorward.yaml in the working directory it
starts for trying out: server name localhost, on 127.0.0.1:8008, with the
SQLite file doorward.db and a random HS256 secret in doorward.secret, and
prints the two commands of a first login.

The environment of every Go program counts: GOMEMLIMIT, and GOGC, which is 150
unless it is set.

SIGINT and SIGTERM stop it once what is in flight is answered. At SIGHUP it
reads the configuration again: jwt.providers, the files of their keys, and
log take effect; what else has changed is named. A configuration with a fault
changes nothing.`
}

// Run serves until a signal comes.
func (c serveCommand) Run(s *streams) error {
	collectSeldom()
	cfg, err := c.load(s, true)
	if err != nil {
		return err
	}
	logs := newLogHandler(cfg.Log, s)
	log := slog.New(logs)
	reloads := hangups()
	defer signal.Stop(reloads)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	app, release, err := compose.Open(ctx, cfg.Config, log)
	if err != nil {
		return err
	}
	defer release()
	app.API.Settings.Version = version

	listeners, err := listen(cfg.Config, app)
	if err != nil {
		return err
	}
	log.Info("serving", "server_name", cfg.ServerName, "address", listeners[0].address(), "version", version)
	if cfg.trial {
		printFirstLogin(s, listeners[0].address())
	}
	again := reloader{func() (settings, error) { return c.load(s, false) }, cfg.Config, app, logs, log}
	background := startBackground(app.Background.Run, func(ctx context.Context) { again.run(ctx, reloads) })
	defer background()
	return serve(ctx, stop, listeners, log)
}

// collectSeldom lets the heap grow to two and a half times what lives before garbage is
// collected, unless GOGC says something else. Little of it lives, and with Go's 100 the
// collector would come every few hundred requests and take a tenth of the processors.
// With 200 a storm of passwords could take more than 256 MiB.
func collectSeldom() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(150)
	}
}

// startBackground starts the work beside requests. The returned function ends it
// and waits for it: it comes after the last request and before the end of the
// database.
func startBackground(work ...func(context.Context)) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var working sync.WaitGroup
	for _, do := range work {
		working.Go(func() { do(ctx) })
	}
	return func() {
		cancel()
		working.Wait()
	}
}

// A listener is a server and where it listens.
type listener struct {
	net.Listener
	handler http.Handler
}

func (l listener) address() string { return l.Addr().String() }

// listen takes the addresses before anything is promised.
func listen(cfg *config.Config, app *compose.App) ([]listener, error) {
	api, err := listenOn("http.listen", cfg.HTTP.Listen)
	if err != nil {
		return nil, err
	}
	listeners := []listener{{api, app.Handler()}}
	if cfg.Metrics.Listen != "" {
		metrics, err := listenOn("metrics.listen", cfg.Metrics.Listen)
		if err != nil {
			api.Close()
			return nil, err
		}
		listeners = append(listeners, listener{metrics, app.MetricsHandler()})
	}
	return listeners, nil
}

func listenOn(setting, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s: %s is taken, perhaps by another doorward; choose another address there, or in the environment", setting, address)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	return l, nil
}

// serve serves until ctx ends, then lets what is in flight finish. A second
// signal ends the process at once.
func serve(ctx context.Context, stop func(), listeners []listener, log *slog.Logger) error {
	failed := make(chan error, len(listeners))
	servers := make([]*http.Server, len(listeners))
	for i, l := range listeners {
		servers[i] = httpapi.NewServer(l.handler, log)
		go func() { failed <- servers[i].Serve(l) }()
	}
	var failure error
	select {
	case <-ctx.Done():
		log.Info("stopping: answering what is in flight")
	case failure = <-failed:
	}
	stop()
	deadline, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	for _, server := range servers {
		if err := server.Shutdown(deadline); err != nil {
			server.Close() // nothing may use the database any more when that is closed
			failure = errors.Join(failure, fmt.Errorf("not everything in flight was answered within %s: %w", stopTime, err))
		}
	}
	if failure == nil {
		log.Info("stopped")
	}
	return failure
}

// unquoted are the characters that mean nothing to a shell.
const unquoted = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+:@%"

// printFirstLogin prints the two commands of a first login, ready to be copied.
func printFirstLogin(s *streams, address string) {
	self := os.Args[0]
	if strings.ContainsFunc(self, func(r rune) bool { return !strings.ContainsRune(unquoted, r) }) {
		self = "'" + strings.ReplaceAll(self, "'", `'\''`) + "'"
	}
	fmt.Fprintf(s.out, `
Doorward is ready. A first login, to be pasted into another terminal in this folder:

  token=$(%s token mint --sub alice)
  curl http://%s/_matrix/client/v3/login --data '{"type":"org.matrix.login.jwt","token":"'$token'"}'

`, self, address)
}
