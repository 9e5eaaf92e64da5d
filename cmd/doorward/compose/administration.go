package compose

import (
	"context"
	"log/slog"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/password"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/config"
)

// Administration opens the database, to administer what is in it beside a server
// that may be running. It makes none and changes no schema, and returns
// [ErrMemory] or [ErrNoDatabase] where there is none. Whoever is going to create
// users claims it: then it is the server's, as if that had run. The returned
// function releases what was opened.
func Administration(ctx context.Context, cfg *config.Config, check Check, claim bool, log *slog.Logger) (application.Administer, func(), error) {
	store, err := Database(ctx, cfg, log)
	if err != nil {
		return application.Administer{}, nil, err
	}
	err = store.CheckSchema(ctx)
	switch {
	case err != nil:
	case claim:
		err = store.BelongTo(ctx, check.Server)
	default:
		err = store.CheckServer(ctx, check.Server)
	}
	if err != nil {
		store.Close()
		return application.Administer{}, nil, ofDatabase(err)
	}
	return application.Administer{
		Server:      check.Server,
		Appservices: check.Appservices,
		Storage:     store,
		Hasher:      password.NewHasher(),
		Now:         time.Now,
	}, func() { store.Close() }, nil
}
