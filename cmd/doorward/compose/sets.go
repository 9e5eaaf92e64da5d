//lint:file-ignore U1000 The sets are read by Wire, not by the program.

package compose

import (
	"github.com/google/wire"

	"github.com/seed-31b6c987/doorward/adapters/appservice"
	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/adapters/keys"
	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/adapters/metrics"
	"github.com/seed-31b6c987/doorward/adapters/password"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/ports"
)

// common is what every variant has.
var common = wire.NewSet(
	Checked,
	wire.FieldsOf(new(Check), "Server", "Appservices"),
	newTrust,
	wire.FieldsOf(new(*Trust), "Verifier", "Remotes"),
	wire.Bind(new(application.KeySets), new(*keys.Remotes)),
	wire.Bind(new(ports.LogoutVerifier), new(*jwtlogin.Verifier)),
	loginTypes,
	sessionRules,
	registrationStages,
	registration,
	sharedSecret,
	loginTokenRules,
	administrators,
	auditRules,
	rateLimiter,
	hasher,
	wire.Bind(new(ports.PasswordHasher), new(*password.Hasher)),
	newDelegation,
	appserviceCaller,
	wire.Bind(new(application.AppserviceCaller), new(*appservice.Caller)),
	wire.Struct(new(application.Dependencies), "*"),
	application.New,
	wire.FieldsOf(new(application.UseCases), "Preview", "LastSeen", "Audit"),
	wire.Struct(new(application.Background), "*"),
	newMetrics,
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
