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
	cfg, err := c.load(s, true)
	if err != nil {
		return err
	}
	if err := compose.Migrate(context.Background(), cfg.Config, newLogger(cfg.Log, s)); err != nil {
		return misuseOf(err)
	}
	_, err = fmt.Fprintln(s.out, "the schema is up to date")
	return err
}

type migrateStatusCommand struct {
	configFlag
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists the migrations.
func (c migrateStatusCommand) Run(s *streams) error {
	cfg, err := c.load(s, false)
	if err != nil {
		return err
	}
	ctx := context.Background()
	store, err := compose.Database(ctx, cfg.Config, newLogger(cfg.Log, s))
	if err != nil {
		return misuseOf(err)
	}
	defer store.Close()
	migrations, err := store.MigrationStatus(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, statusOf(migrations))
	}
	for _, m := range statusOf(migrations) {
		state := "pending"
		if m.AppliedAt != nil {
			state = "applied " + m.AppliedAt.Format(time.RFC3339)
		}
		fmt.Fprintf(s.out, "%5d  %-20s %s\n", m.Version, m.Name, state)
	}
	return nil
}

// A migrationStatus is a line of the list.
type migrationStatus struct {
	Version   int64      `json:"version"`
	Name      string     `json:"name"`
	AppliedAt *time.Time `json:"applied_at"` // null: pending
}

func statusOf(migrations []gormstore.Migration) []migrationStatus {
	list := make([]migrationStatus, len(migrations))
	for i, m := range migrations {
		list[i] = migrationStatus{Version: m.Version, Name: m.Name}
		if !m.AppliedAt.IsZero() {
			list[i].AppliedAt = &m.AppliedAt
		}
	}
	return list
}

// misuseOf says that a database in memory is the wrong one to ask for.
func misuseOf(err error) error {
	if errors.Is(err, compose.ErrMemory) {
		return misuse{err}
	}
	return err
}
