package gormstore

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"
)

// migrationFiles holds a directory for each dialect with files such as
// 00001_accounts.sql, the same versions in each.
//
//go:embed migrations
var migrationFiles embed.FS

// versionTable is where applied migrations are noted.
const versionTable = "doorward_migrations"

// A Migration is one step of the schema.
type Migration struct {
	Version   int64
	Name      string
	AppliedAt time.Time // to the second; zero: not applied
}

// Migrate brings the schema up to the newest version. It may be called again,
// by several processes at once, and after one of them was killed: one works,
// the others wait. ctx limits how long it takes. A schema that is newer than
// this program is an error.
func (s *Store) Migrate(ctx context.Context) error {
	if err := s.dialect.migrate(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("migrations: %w", s.dialect.explain(err))
	}
	return s.CheckSchema(ctx)
}

// MigrationStatus returns this program's migrations, the oldest first. It
// changes nothing.
func (s *Store) MigrationStatus(ctx context.Context) ([]Migration, error) {
	list, err := listMigrations(s.dialect)
	if err != nil {
		return nil, err
	}
	applied, err := s.applied(ctx)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].AppliedAt = applied[list[i].Version]
	}
	return list, nil
}

// CheckSchema returns an error that tells an operator what to do if the schema
// is older or newer than this program. It changes nothing.
func (s *Store) CheckSchema(ctx context.Context) error {
	known, err := listMigrations(s.dialect)
	if err != nil {
		return err
	}
	applied, err := s.applied(ctx)
	if err != nil {
		return err
	}
	newest := known[len(known)-1].Version
	for version := range applied {
		if version > newest {
			return fmt.Errorf("the database has version %d of the schema, this program knows %d: run a newer doorward",
				version, newest)
		}
	}
	for _, migration := range known {
		if applied[migration.Version].IsZero() {
			return errors.New("the schema of the database is out of date: run doorward migrate up")
		}
	}
	return nil
}

// applied returns when each version was applied.
func (s *Store) applied(ctx context.Context) (map[int64]time.Time, error) {
	applied := map[int64]time.Time{}
	err := s.read(ctx, func(db *gorm.DB) error {
		clear(applied)
		var tables int
		if err := db.Raw(s.dialect.tableExists(), versionTable).Row().Scan(&tables); err != nil || tables == 0 {
			return err
		}
		rows, err := db.Raw("SELECT version_id, tstamp FROM " + versionTable + " WHERE version_id > 0").Rows()
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var version int64
			var at time.Time
			if err := rows.Scan(&version, &at); err != nil {
				return err
			}
			applied[version] = at.UTC().Truncate(time.Second)
		}
		return rows.Err()
	})
	return applied, err
}

// listMigrations returns the dialect's migrations in their order.
func listMigrations(d dialect) ([]Migration, error) {
	files, err := fs.Glob(migrationFiles, path.Join(d.migrations(), "*.sql"))
	if err != nil {
		return nil, err
	}
	var list []Migration
	for _, file := range files {
		number, name, _ := strings.Cut(strings.TrimSuffix(path.Base(file), ".sql"), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("migration %s has no number: %w", file, err)
		}
		list = append(list, Migration{Version: version, Name: name})
	}
	return list, nil
}

// endsSessions is the migration after which tokens have another form.
const endsSessions = 3

// up applies what is missing, with a line of log for each migration.
func up(ctx context.Context, provider *goose.Provider, log *slog.Logger) error {
	applied, err := provider.Up(ctx)
	for _, result := range applied {
		log.Info("migrated the schema", slog.Int64("version", result.Source.Version), slog.Duration("took", result.Duration))
		if result.Source.Version == endsSessions && applied[0].Source.Version != 1 {
			log.Warn("all sessions from before this version have ended: users have to sign in again")
		}
	}
	return err
}

// migrationsOf is the dialect's directory of migrations as goose wants it.
func migrationsOf(d dialect) (fs.FS, error) { return fs.Sub(migrationFiles, d.migrations()) }
