package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/ports"
)

const (
	oldestPostgres = 150000 // as in server_version_num

	// connectLimit bounds connecting outside any call: a connection that
	// database/sql opens in the background has no other limit.
	connectLimit = 3 * time.Second
	// lifetimeLimit lets connections move to where the database has moved.
	lifetimeLimit = 30 * time.Minute
)

// postgres is the dialect of PostgreSQL.
type postgres struct {
	config *pgx.ConnConfig
	log    *slog.Logger
}

// OpenPostgres connects to the database and looks whether it will do:
// PostgreSQL 15 or later, in UTF-8. It warns of settings with which a crash
// loses what was acknowledged. It does not migrate.
//
// The error is domain.ErrUnavailable if the database cannot be reached.
func OpenPostgres(ctx context.Context, o Options) (*Store, error) {
	config, err := pgx.ParseConfig(o.URL)
	if err != nil {
		// The driver's text quotes the URL.
		return nil, errors.New("the URL of the PostgreSQL database is malformed")
	}
	if config.ConnectTimeout == 0 || config.ConnectTimeout > connectLimit {
		config.ConnectTimeout = connectLimit
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "doorward"
	}
	pool := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(prepareConnection))
	limitPool(pool, o.MaxConnections)
	pool.SetConnMaxLifetime(lifetimeLimit)

	db, err := openGORM(gormpostgres.New(gormpostgres.Config{Conn: pool}))
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	s := &Store{
		dialect: postgres{config: config, log: logOf(o)},
		writer:  db, reader: db,
		pools: []*sql.DB{pool}, log: logOf(o),
		spare: pool.Stats().MaxOpenConnections,
	}
	if err := s.checkServer(ctx, logOf(o)); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	if o.GroupSignIns {
		s.groups = newGatherer(min(postgresLanes, pool.Stats().MaxOpenConnections), s.writeGroup)
	}
	return s, nil
}

// prepareConnection makes a connection work as the statements of this package were
// thought out, whatever the defaults of the server, the database or the role.
//
// Plans of statements are kept, also those that were made while a table was so small
// that it is read from end to end. Until the server counts its rows anew, which may be
// a minute after an import, every login would then read all of it. A table that can only
// be read so is read all the same, but is said to be so dear that the server would
// compile the query, which takes fifty milliseconds.
func prepareConnection(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, "SET default_transaction_isolation = 'read committed'; SET enable_seqscan = off; SET jit = off")
	return err
}

// scanning runs a query that reads a table from end to end.
func scanning(db *gorm.DB, query func(*gorm.DB) error) error {
	if isSQLite(db) {
		return query(db)
	}
	return db.Transaction(func(db *gorm.DB) error {
		if err := db.Exec("SET LOCAL enable_seqscan = on").Error; err != nil {
			return err
		}
		return query(db)
	})
}

// limitPool bounds a pool of connections, by default to four for each
// processor, but 8 at least and 32 at most: more make a database slower.
func limitPool(pool *sql.DB, connections int) {
	if connections <= 0 {
		connections = min(max(4*runtime.GOMAXPROCS(0), 8), 32)
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	pool.SetConnMaxIdleTime(idleLimit)
}

// checkServer refuses a server that is too old or not in UTF-8, and warns of
// one that forgets.
func (s *Store) checkServer(ctx context.Context, log *slog.Logger) error {
	var version int
	var encoding, synchronous, fsync string
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Raw(`SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
			current_setting('synchronous_commit'), current_setting('fsync')`).
			Row().Scan(&version, &encoding, &synchronous, &fsync)
	})
	switch {
	case err != nil:
		return err
	case version < oldestPostgres:
		return fmt.Errorf("PostgreSQL %d is too old: 15 or later is needed", version/10000)
	case encoding != "UTF8":
		return fmt.Errorf("the database is encoded in %s: UTF8 is needed", encoding)
	}
	for name, value := range map[string]string{"synchronous_commit": synchronous, "fsync": fsync} {
		if value == "off" {
			log.WarnContext(ctx, "a crash of PostgreSQL can lose logins and logouts that were acknowledged",
				"setting", name, "value", value)
		}
	}
	return nil
}

func (postgres) sessions(c calls) ports.SessionRepository {
	return postgresSessions{tokens{c, findOnPostgres}}
}

func (postgres) sightings(c calls) ports.SightingRepository { return postgresSightings{c} }
