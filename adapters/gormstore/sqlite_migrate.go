package gormstore

import (
	"context"
	"database/sql"
	"net/url"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// migrate implements dialect. SQLite has no lock but a transaction's: one is
// held around looking and migrating, on the only connection of a pool, where
// goose finds itself inside it. It is rolled back if that connection ends
// without a COMMIT.
func (q sqlite) migrate(ctx context.Context) error {
	pool, err := openFile(q.file, url.Values{})
	if err != nil {
		return err
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	if err := q.patiently(ctx, func() error {
		_, err := pool.ExecContext(ctx, "BEGIN EXCLUSIVE")
		return err
	}); err != nil {
		return err
	}
	if err := q.migrateInside(ctx, pool); err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, "COMMIT")
	return err
}

func (q sqlite) migrateInside(ctx context.Context, pool *sql.DB) error {
	if err := q.createVersionTable(ctx, pool); err != nil {
		return err
	}
	files, err := migrationsOf(q)
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, pool, files,
		goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	return up(ctx, provider, q.log)
}

// createVersionTable does what goose would do, in a transaction of its own, if
// the table were not there.
func (q sqlite) createVersionTable(ctx context.Context, pool *sql.DB) error {
	var tables int
	if err := pool.QueryRowContext(ctx, q.tableExists(), versionTable).Scan(&tables); err != nil || tables > 0 {
		return err
	}
	store, err := database.NewStore(database.DialectSQLite3, versionTable)
	if err != nil {
		return err
	}
	if err := store.CreateVersionTable(ctx, pool); err != nil {
		return err
	}
	return store.Insert(ctx, pool, database.InsertRequest{Version: 0})
}

func (sqlite) tableExists() string {
	return "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?"
}

func (sqlite) migrations() string { return "migrations/sqlite" }
