package compose

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/seed-31b6c987/doorward/adapters/addresses"
	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/adapters/password"
	"github.com/seed-31b6c987/doorward/adapters/synapse"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/config"
)

// ImportSynapse opens the database of the Synapse whose accounts are to be taken
// over, and then ours, beside a server that may be running. As a server would, it
// makes ours if need be, and brings its schema up to date; for a dry run it changes
// nothing. It returns [ErrMemory] or [ErrNoDatabase] where there is none, and
// [application.ErrOtherServer]. The returned function releases what was opened.
func ImportSynapse(ctx context.Context, cfg *config.Config, check Check, from string, dryRun bool, log *slog.Logger) (application.Import, func(), error) {
	source, err := synapse.Open(ctx, from)
	if err != nil {
		return application.Import{}, nil, fmt.Errorf("--from: %w", err)
	}
	if err := application.CheckSource(ctx, source, check.Server); err != nil {
		source.Close()
		return application.Import{}, nil, err
	}
	store, release, err := importInto(ctx, cfg, check, dryRun, log)
	if err != nil {
		source.Close()
		return application.Import{}, nil, err
	}
	return application.Import{
			Server:     check.Server,
			Storage:    store,
			Source:     source,
			Canonical:  addresses.Canonical,
			Verifiable: password.Knows,
			DryRun:     dryRun,
		}, func() {
			release()
			source.Close()
		}, nil
}

func importInto(ctx context.Context, cfg *config.Config, check Check, dryRun bool, log *slog.Logger) (*gormstore.Store, func(), error) {
	if !dryRun {
		store, err := openStore(ctx, cfg, log)
		return prepared(ctx, cfg, check.Server, store, err)
	}
	store, err := Database(ctx, cfg, log)
	if err != nil {
		return nil, nil, err
	}
	if err = store.CheckSchema(ctx); err == nil {
		err = store.CheckServer(ctx, check.Server)
	}
	if err != nil {
		store.Close()
		return nil, nil, ofDatabase(err)
	}
	return store, func() { store.Close() }, nil
}
