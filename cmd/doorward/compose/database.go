package compose

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/ports"
)

// ErrNoDatabase means that the settings say memory:, where there is nothing to
// open, to migrate or to look into from outside.
var ErrNoDatabase = errors.New("database.url is memory:, which only the running server can see")

// Database opens the database as it is, without changing its schema.
func Database(ctx context.Context, cfg *config.Config, log *slog.Logger) (*gormstore.Store, error) {
	switch url := cfg.Database.URL.Reveal(); {
	case url == "memory:":
		return nil, ErrNoDatabase
	case strings.HasPrefix(url, "sqlite:"):
		return gormstore.OpenSQLite(ctx, storeOptions(cfg, log))
	default:
		return gormstore.OpenPostgres(ctx, storeOptions(cfg, log))
	}
}

func openSQLite(ctx context.Context, cfg *config.Config, log *slog.Logger) (*gormstore.Store, func(), error) {
	store, err := gormstore.OpenSQLite(ctx, storeOptions(cfg, log))
	return prepared(ctx, cfg, store, err)
}

func openPostgres(ctx context.Context, cfg *config.Config, log *slog.Logger) (*gormstore.Store, func(), error) {
	store, err := gormstore.OpenPostgres(ctx, storeOptions(cfg, log))
	return prepared(ctx, cfg, store, err)
}

func storeOptions(cfg *config.Config, log *slog.Logger) gormstore.Options {
	return gormstore.Options{URL: cfg.Database.URL.Reveal(), MaxConnections: cfg.Database.MaxConnections, Log: log}
}

// prepared brings the schema of a store up to date, or only checks it with
// database.migrate: false.
func prepared(ctx context.Context, cfg *config.Config, store *gormstore.Store, err error) (*gormstore.Store, func(), error) {
	if err != nil {
		return nil, nil, err
	}
	if cfg.Database.Migrate {
		err = store.Migrate(ctx)
	} else {
		err = store.CheckSchema(ctx)
	}
	if err != nil {
		store.Close()
		return nil, nil, err
	}
	return store, func() { store.Close() }, nil
}

// Users returns the users that are there, for looking only, and never makes or
// changes a database. If there is none yet, note says so, and there are no
// users.
func Users(ctx context.Context, cfg *config.Config, log *slog.Logger) (users ports.UserRepository, note string, release func(), err error) {
	nobody := memstore.New().Repositories().Users
	if file, ok := strings.CutPrefix(cfg.Database.URL.Reveal(), "sqlite:"); ok {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return nobody, "there is no database yet", func() {}, nil
		}
	}
	store, err := Database(ctx, cfg, log)
	if errors.Is(err, ErrNoDatabase) {
		return nobody, err.Error(), func() {}, nil
	}
	if err != nil {
		return nil, "", nil, err
	}
	if err := store.CheckSchema(ctx); err != nil {
		store.Close()
		return nobody, err.Error(), func() {}, nil
	}
	return store.Repositories().Users, "", func() { store.Close() }, nil
}
