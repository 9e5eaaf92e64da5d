package main

import (
	"context"
	"flag"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/config"
)

var profiles = flag.String("profiles", "", "the `directory` that gets a profile of each benchmark")

// BenchmarkServed serves and sends in one process, for a profile: `make profile`.
// The program itself serves none. All is as in the program, connections, database,
// audit, metrics and log among it; the clients' part has the label side=client.
// Its figures are no measure of the server.
func BenchmarkServed(b *testing.B) {
	for _, store := range []string{onPostgres, onSQLite} {
		b.Run(store, func(b *testing.B) {
			s := inProcess(b, store)
			for _, r := range rows {
				if !slices.Contains(profiled, r.name) {
					continue
				}
				b.Run(r.name, func(b *testing.B) { s.profile(b, r) })
			}
		})
	}
}

// profiled are the rows that a Doorward in this process can serve.
var profiled = []string{"login-new", "login-device", "login-same", "login-one", "login-refused", "refresh", "whoami"}

const profiledTime = 10 * time.Second

func (s *site) profile(b *testing.B, r row) {
	if err := s.settle(); err != nil {
		b.Fatal(err)
	}
	ours, err := r.ours(s, mostClients)
	if err != nil {
		b.Fatal(err)
	}
	defer ours.end()
	if _, err := s.warmUp(ours); err != nil {
		b.Fatal(err)
	}
	if ours.fill != nil {
		ours.fill(20_000 * int(profiledTime.Seconds()))
	}
	stop := s.startProfile(b, r)
	got, err := ours.run(profiledTime)
	stop()
	if err != nil || got.failed > 0 {
		b.Fatal(err, got.failure)
	}
	b.ReportMetric(got.rate(), "requests/s")
}

// startProfile writes a profile of the processor's time, if one is asked for.
func (s *site) startProfile(b *testing.B, r row) (stop func()) {
	if *profiles == "" {
		return func() {}
	}
	file, err := os.Create(filepath.Join(*profiles, s.store+"-"+r.name+".cpu.out"))
	if err != nil {
		b.Fatal(err)
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		b.Fatal(err)
	}
	return func() { pprof.StopCPUProfile(); file.Close() }
}

// inProcess is a site whose Doorward is served by this process.
func inProcess(b *testing.B, store string) *site {
	s := &site{bench: &bench{began: time.Now()}, store: store, dir: b.TempDir()}
	if store == onPostgres {
		server, err := startPostgres()
		if err != nil {
			b.Skip(err)
		}
		b.Cleanup(func() { discard(server) })
		s.server = server
	}
	database, err := s.newDatabase("doorward")
	if err != nil {
		b.Fatal(err)
	}
	cfg, err := config.Parse("bench", []byte(settings{database: database}.String()), nil)
	if err != nil {
		b.Fatal(err)
	}
	discarded, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(discarded, nil))
	app, release, err := compose.Open(b.Context(), cfg, log)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(release)
	background, cancel := context.WithCancel(b.Context())
	ended := make(chan struct{})
	go func() { app.Background.Run(background); close(ended) }()
	b.Cleanup(func() { cancel(); <-ended })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := httpapi.NewServer(app.Handler(), log)
	go server.Serve(l)
	b.Cleanup(func() { server.Shutdown(context.Background()) })
	s.door = &door{address: l.Addr().String(), config: filepath.Join(s.dir, "none")}
	if err := s.populate(); err != nil {
		b.Fatal(err)
	}
	return s
}
