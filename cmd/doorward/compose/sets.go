//lint:file-ignore U1000 The sets are read by Wire, not by the program.

package compose

import (
	"github.com/google/wire"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/adapters/metrics"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/ports"
)

// common is what every variant has.
var common = wire.NewSet(
	Clock,
	Checked,
	wire.FieldsOf(new(Check), "Server"),
	newVerifier,
	loginTypes,
	repositories,
	wire.FieldsOf(new(ports.Repositories), "Users", "Sessions"),
	lifetimes,
	wire.Struct(new(application.Login), "*"),
	wire.Struct(new(application.Refresh), "*"),
	wire.Struct(new(application.Authenticate), "*"),
	wire.Struct(new(application.Logout), "*"),
	wire.Struct(new(application.LogoutAll), "*"),
	wire.Struct(new(application.Preview), "*"),
	metrics.New,
	wire.Bind(new(httpapi.Observer), new(*metrics.Metrics)),
	settings,
	ping,
	wire.Struct(new(httpapi.API), "*"),
	wire.Struct(new(App), "*"),
)

// memory, sqlite and postgres are the stores to choose from.
var (
	memory   = wire.NewSet(memstore.New, wire.Bind(new(ports.Storage), new(*memstore.Store)))
	sqlite   = wire.NewSet(openSQLite, wire.Bind(new(ports.Storage), new(*gormstore.Store)))
	postgres = wire.NewSet(openPostgres, wire.Bind(new(ports.Storage), new(*gormstore.Store)))
)
