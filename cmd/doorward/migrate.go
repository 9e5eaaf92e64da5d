package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
)

type migrateCommand struct {
	Up     migrateUpCommand     `cmd:"" help:"Bring the schema up to date. May be run again, and by several at once."`
	Status migrateStatusCommand `cmd:"" help:"List the migrations and when they were applied."`
}

type migrateUpCommand struct{ configFlag }

// Run migrates.
func (c migrateUpCommand) Run(s *streams) error {
	return c.withDatabase(s, func(ctx context.Context, store *gormstore.Store) error {
		if err := store.Migrate(ctx); err != nil {
			return err
		}
		_, err := fmt.Fprintln(s.out, "the schema is up to date")
		return err
	})
}

type migrateStatusCommand struct {
	configFlag
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists the migrations.
func (c migrateStatusCommand) Run(s *streams) error {
	return c.withDatabase(s, func(ctx context.Context, store *gormstore.Store) error {
		migrations, err := store.MigrationStatus(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(s.out, migrations)
		}
		for _, m := range migrations {
			state := "pending"
			if !m.AppliedAt.IsZero() {
				state = "applied " + m.AppliedAt.UTC().Format(time.RFC3339)
			}
			fmt.Fprintf(s.out, "%5d  %-32s %s\n", m.Version, m.Name, state)
		}
		return nil
	})
}

func (f configFlag) withDatabase(s *streams, do func(context.Context, *gormstore.Store) error) error {
	cfg, _, err := f.load(s)
	if err != nil {
		return err
	}
	ctx := context.Background()
	store, err := compose.Database(ctx, cfg, newLogger(cfg.Log, s))
	if errors.Is(err, compose.ErrNoDatabase) {
		return misuse{err}
	}
	if err != nil {
		return err
	}
	defer store.Close()
	return do(ctx, store)
}
