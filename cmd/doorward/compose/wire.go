//go:build wireinject

package compose

import (
	"context"
	"log/slog"

	"github.com/google/wire"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/config"
)

// Memory composes a Doorward that forgets everything when it ends.
func Memory(cfg *config.Config, now application.Clock, log *slog.Logger) (*App, func(), error) {
	panic(wire.Build(common, memory))
}

// SQLite composes a Doorward that stores in a file.
func SQLite(ctx context.Context, cfg *config.Config, now application.Clock, log *slog.Logger) (*App, func(), error) {
	panic(wire.Build(common, sqlite))
}

// Postgres composes a Doorward that stores in PostgreSQL.
func Postgres(ctx context.Context, cfg *config.Config, now application.Clock, log *slog.Logger) (*App, func(), error) {
	panic(wire.Build(common, postgres))
}
