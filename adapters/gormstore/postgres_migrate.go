package gormstore

import (
	"context"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Whoever migrates asks for the lock every second, for five minutes.
const (
	lockPeriod   = 1
	lockAttempts = 300
)

// migrate implements dialect. Each migration is a transaction; an advisory lock
// of the session is held around all of them, and ends with the connection.
func (p postgres) migrate(ctx context.Context) error {
	files, err := migrationsOf(p)
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(lockPeriod, lockAttempts))
	if err != nil {
		return err
	}
	// goose notes the time in a column without a zone.
	config := p.config.Copy()
	config.RuntimeParams["timezone"] = "UTC"
	pool := stdlib.OpenDB(*config)
	defer pool.Close()

	provider, err := goose.NewProvider(goose.DialectPostgres, pool, files,
		goose.WithTableName(versionTable), goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	return up(ctx, provider, p.log)
}

// tableExists implements dialect. What counts is what a statement would find.
func (postgres) tableExists() string {
	return "SELECT count(to_regclass(?))"
}

func (postgres) migrations() string { return "migrations/postgres" }
