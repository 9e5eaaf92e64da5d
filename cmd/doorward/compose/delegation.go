package compose

import (
	"context"
	"errors"
	"log/slog"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/adapters/homeserver"
	"github.com/seed-31b6c987/doorward/adapters/metrics"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/ports"
)

// newDelegation returns nil if no homeserver delegates.
func newDelegation(cfg *config.Config, storage ports.Storage, now application.Clock, log *slog.Logger) (*application.Delegation, error) {
	if !cfg.Homeserver.Delegated() {
		return nil, nil
	}
	client, err := homeserverClient(cfg)
	if err != nil {
		return nil, err
	}
	return &application.Delegation{Homeserver: client, Storage: storage, Now: now, Log: log}, nil
}

// newMetrics counts what waits for the homeserver, too, if one delegates, and what
// the storage knows in memory, if it is a database.
func newMetrics(storage ports.Storage, delegation *application.Delegation, now application.Clock) *metrics.Metrics {
	m := metrics.New()
	if store, ok := storage.(*gormstore.Store); ok && store.CachesTokens() {
		m.WatchTokenCache(func() (hits, misses uint64, trusted bool) {
			stats := store.TokenCacheStats()
			return stats.Hits, stats.Misses, stats.Trusted
		})
	}
	if delegation != nil {
		m.WatchOutbox(delegation.Storage.Repositories().Outbox.Backlog, now)
	}
	return m
}

func homeserverClient(cfg *config.Config) (*homeserver.Client, error) {
	client, err := homeserver.New(homeserver.Options{URL: cfg.Homeserver.URL, Secret: cfg.Homeserver.Secret.Reveal()})
	if err != nil {
		return nil, config.Faults{cfg.Fault("homeserver.url", "%v", err)}
	}
	return client, nil
}

// AskHomeserver says what keeps the homeserver from being told of anything, and
// else what keeps it from asking here, as this server may not run yet. It finds
// nothing if none delegates.
func AskHomeserver(ctx context.Context, cfg *config.Config) (warnings []string, err error) {
	if !cfg.Homeserver.Delegated() {
		return nil, nil
	}
	client, err := homeserverClient(cfg)
	if err != nil {
		return nil, err
	}
	if err := client.Check(ctx); err != nil {
		return nil, config.Faults{cfg.Fault(settingAtFault(cfg, err), "%v", err)}
	}
	if err := client.CheckAsking(ctx); err != nil {
		warnings = append(warnings, cfg.Fault("homeserver.url", "%v", err).Error())
	}
	return warnings, nil
}

// settingAtFault returns the setting that an answer of the homeserver is about.
func settingAtFault(cfg *config.Config, err error) string {
	switch {
	case !errors.Is(err, homeserver.ErrSecret):
		return "homeserver.url"
	case cfg.Homeserver.SecretFile != "":
		return "homeserver.secret_file"
	}
	return "homeserver.secret"
}
