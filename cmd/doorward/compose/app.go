// Package compose chooses the adapters. It is the only place that knows them
// all, and the only one that reads the machine's clock. There is one injector
// for every variant (Postgres, SQLite, Memory), all of which yield the same
// [App]; Wire writes them out in wire_gen.go.
//
// A new login type is one package and one line in [loginTypes]; a new store is
// one package, one injector and one kind of database.
package compose

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/adapters/metrics"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/ports"
)

// An App is a Doorward that is ready to serve.
type App struct {
	// API serves the client-server API.
	API httpapi.API
	// Metrics counts what API does.
	Metrics *metrics.Metrics
	// Trust is whose JWTs are believed.
	Trust *Trust
	// Preview says what a login would do.
	Preview application.Preview
	// Background is the work that goes on beside requests; whoever serves runs it.
	Background application.Background
	// Storage is what API stores in.
	Storage ports.Storage
}

// Handler returns the handler of the client-server API.
func (a *App) Handler() http.Handler { return httpapi.New(a.API) }

// MetricsHandler returns the handler of the operators' listener: /metrics and
// /health.
func (a *App) MetricsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/metrics", a.Metrics.Handler())
	mux.Handle("/health", a.Handler())
	return mux
}

// Reload believes the providers of cfg from now on, and no others. Whatever else
// cfg says changes nothing, and neither does a cfg with a fault.
func (a *App) Reload(cfg *config.Config) error {
	check, err := Checked(cfg)
	if err != nil {
		return err
	}
	return a.Trust.change(check)
}

// Open composes the variant that cfg.Database.URL asks for, on the machine's
// clock. The returned function releases what was opened. Errors of the settings
// are config.Faults.
func Open(ctx context.Context, cfg *config.Config, log *slog.Logger) (*App, func(), error) {
	return OpenAt(ctx, cfg, time.Now, log)
}

// OpenAt is [Open] on another clock.
func OpenAt(ctx context.Context, cfg *config.Config, now application.Clock, log *slog.Logger) (*App, func(), error) {
	switch kindOf(cfg) {
	case memoryKind:
		return Memory(cfg, now, log)
	case sqliteKind:
		return SQLite(ctx, cfg, now, log)
	default:
		return Postgres(ctx, cfg, now, log)
	}
}

// Now is the machine's time.
func Now() time.Time { return time.Now() }
