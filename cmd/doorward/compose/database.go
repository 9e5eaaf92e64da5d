package compose

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

var (
	// ErrMemory means that the settings say memory:, where there is nothing to
	// open, to migrate or to look into from outside.
	ErrMemory = errors.New("database.url is memory:, which only the running server can see")
	// ErrNoDatabase means that the file of the database does not exist.
	ErrNoDatabase = errors.New("there is no database yet; doorward serve and doorward migrate up make one")
)

// noDatabase is [ErrNoDatabase], and says where none is: a relative name is looked
// for in the folder that the command runs in.
type noDatabase struct{ file string }

func (n noDatabase) Error() string {
	if folder, err := os.Getwd(); err == nil && !filepath.IsAbs(n.file) {
		return fmt.Sprintf("%v; database.url is %s%s, which was looked for in %s", ErrNoDatabase, sqlitePrefix, n.file, folder)
	}
	return fmt.Sprintf("%v; database.url is %s%s", ErrNoDatabase, sqlitePrefix, n.file)
}

func (n noDatabase) Unwrap() error { return ErrNoDatabase }

// Database opens the database as it is. It makes none, and returns [ErrMemory]
// or [ErrNoDatabase] where there is none to open.
func Database(ctx context.Context, cfg *config.Config, log *slog.Logger) (*gormstore.Store, error) {
	if file, ok := strings.CutPrefix(cfg.Database.URL.Reveal(), sqlitePrefix); ok {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return nil, noDatabase{file}
		}
	}
	return openStore(ctx, cfg, log)
}

// Migrate brings the schema up to date, and makes the database if need be.
func Migrate(ctx context.Context, cfg *config.Config, log *slog.Logger) error {
	store, err := openStore(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer store.Close()
	return ofDatabase(store.Migrate(ctx))
}

func openStore(ctx context.Context, cfg *config.Config, log *slog.Logger) (*gormstore.Store, error) {
	switch kindOf(cfg) {
	case memoryKind:
		return nil, ErrMemory
	case sqliteKind:
		store, err := gormstore.OpenSQLite(ctx, storeOptions(cfg, log))
		return store, ofDatabase(err)
	default:
		store, err := gormstore.OpenPostgres(ctx, storeOptions(cfg, log))
		return store, ofDatabase(err)
	}
}

func storeOptions(cfg *config.Config, log *slog.Logger) gormstore.Options {
	return gormstore.Options{
		URL: cfg.Database.URL.Reveal(), MaxConnections: cfg.Database.MaxConnections,
		GroupSignIns: cfg.Database.GroupSignIns, Log: log,
	}
}

// A kind of database is chosen by the beginning of its URL.
type kind int

const (
	postgresKind kind = iota
	sqliteKind
	memoryKind
)

const sqlitePrefix = "sqlite:"

func kindOf(cfg *config.Config) kind {
	switch url := cfg.Database.URL.Reveal(); {
	case url == "memory:":
		return memoryKind
	case strings.HasPrefix(url, sqlitePrefix):
		return sqliteKind
	default:
		return postgresKind
	}
}

func openSQLite(ctx context.Context, cfg *config.Config, server domain.ServerName, log *slog.Logger) (*gormstore.Store, func(), error) {
	store, err := gormstore.OpenSQLite(ctx, storeOptions(cfg, log))
	return caching(cfg)(prepared(ctx, cfg, server, store, err))
}

func openPostgres(ctx context.Context, cfg *config.Config, server domain.ServerName, log *slog.Logger) (*gormstore.Store, func(), error) {
	store, err := gormstore.OpenPostgres(ctx, storeOptions(cfg, log))
	return caching(cfg)(prepared(ctx, cfg, server, store, err))
}

// caching makes a store that was prepared know tokens in memory, on the machine's
// clock: it bounds for how long that is trusted.
func caching(cfg *config.Config) func(*gormstore.Store, func(), error) (*gormstore.Store, func(), error) {
	return func(store *gormstore.Store, release func(), err error) (*gormstore.Store, func(), error) {
		if err == nil && cfg.Database.TokenCache > 0 {
			store.CacheTokens(cfg.Database.TokenCache, Now)
		}
		return store, release, err
	}
}

// prepared brings the schema of a store up to date, or only checks it with
// database.migrate: false, and sees to it that it is the server's.
func prepared(ctx context.Context, cfg *config.Config, server domain.ServerName, store *gormstore.Store, err error) (*gormstore.Store, func(), error) {
	if err != nil {
		return nil, nil, ofDatabase(err)
	}
	if cfg.Database.Migrate {
		err = store.Migrate(ctx)
	} else {
		err = store.CheckSchema(ctx)
	}
	if err == nil {
		err = store.BelongTo(ctx, server)
	}
	if err != nil {
		store.Close()
		return nil, nil, ofDatabase(err)
	}
	return store, func() { store.Close() }, nil
}

// ofDatabase says which setting an error is about; nil stays nil.
func ofDatabase(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("database.url: %w", err)
}

// Look says what keeps a server from using the database as it is.
func Look(ctx context.Context, cfg *config.Config, server domain.ServerName, log *slog.Logger) error {
	store, err := Database(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.CheckSchema(ctx); err != nil {
		return ofDatabase(err)
	}
	return ofDatabase(store.CheckServer(ctx, server))
}

// Stored returns what is stored, for looking only. Where there is no database
// yet, or none to be seen, note says so, and nothing is stored.
func Stored(ctx context.Context, cfg *config.Config, server domain.ServerName, log *slog.Logger) (stored ports.Repositories, note string, release func(), err error) {
	store, err := Database(ctx, cfg, log)
	if errors.Is(err, ErrMemory) || errors.Is(err, ErrNoDatabase) {
		return memstore.New().Repositories(), err.Error(), func() {}, nil
	}
	if err != nil {
		return ports.Repositories{}, "", nil, err
	}
	release = func() { store.Close() }
	switch err := store.CheckSchema(ctx); {
	case err == nil:
		if err := store.CheckServer(ctx, server); err != nil {
			release()
			return ports.Repositories{}, "", nil, ofDatabase(err)
		}
		return store.Repositories(), "", release, nil
	case errors.Is(err, domain.ErrUnavailable):
		release()
		return ports.Repositories{}, "", nil, err
	default:
		return memstore.New().Repositories(), err.Error(), release, nil
	}
}
