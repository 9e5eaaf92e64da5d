package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/seed-31b6c987/doorward/ports"
)

// callLimit is how long a call may take, retries included: the ports promise
// domain.ErrUnavailable within five seconds.
const callLimit = 4 * time.Second

// idleLimit is how long an unused connection is kept.
const idleLimit = 5 * time.Minute

// Options say which database to open, and how.
type Options struct {
	// URL is postgres://user:password@host:port/name?sslmode=… or sqlite:FILE.
	URL string
	// MaxConnections bounds the pool of connections; 0: chosen from the number
	// of processors. On SQLite it bounds those that read.
	MaxConnections int
	// GroupSignIns says that sign-ins outside transactions are written together
	// if they have to wait. Each has its own answer, as without it.
	GroupSignIns bool
	// Log is told what an operator should know; nil: nobody is told.
	Log *slog.Logger
}

// A Store is a [ports.Storage] in a database. It may be used concurrently.
type Store struct {
	dialect  dialect
	writer   *gorm.DB
	reader   *gorm.DB // on PostgreSQL the same as writer
	pools    []*sql.DB
	log      *slog.Logger
	groups   *gatherer   // nil: each sign-in is written alone
	cache    *tokenCache // nil: none
	endWatch func()      // of what others write, for the cache
	old      oldChanges
	spare    int // how many dead connections a call may meet

	making  sync.Once // of those outside transactions, which every request asks for
	outside ports.Repositories
}

// A dialect is what differs between the databases.
type dialect interface {
	// sessions returns the repository whose calls go through c.
	sessions(c calls) ports.SessionRepository
	// sightings is the same for sightings.
	sightings(c calls) ports.SightingRepository
	// addRecords adds audit records, all or none. Those that are known are passed
	// over.
	addRecords(ctx context.Context, c calls, rows []auditRow) error
	// explain returns what the driver's error means: an error that wraps
	// domain.ErrUnavailable, or one for the log. It holds no values.
	explain(err error) error
	// migrate brings the schema up to the newest version.
	migrate(ctx context.Context) error
	// changes opens what says whose tokens changed.
	changes(ctx context.Context) (changeLog, error)
	// deleteChanges deletes what everybody has read of that, if it was called a while
	// ago, too.
	deleteChanges(ctx context.Context, s *Store) error
	// tableExists is a query for the number of tables of a name.
	tableExists() string
	// migrations is the directory of the dialect's migrations.
	migrations() string
}

// Close closes all connections. Calls under way fail, and no goroutine is left.
func (s *Store) Close() error {
	if s.groups != nil {
		s.groups.close()
	}
	if s.cache != nil {
		s.endWatch()
	}
	var errs []error
	for _, pool := range s.pools {
		errs = append(errs, pool.Close())
	}
	return errors.Join(errs...)
}

// Ping implements [ports.Storage]: it asks the database, and wants the schema
// to be there.
func (s *Store) Ping(ctx context.Context) error {
	return s.read(ctx, func(db *gorm.DB) error {
		return db.Exec("SELECT 1 FROM users LIMIT 1").Error
	})
}

// CleanUp implements [ports.Storage].
func (s *Store) CleanUp(ctx context.Context) error { return s.dialect.deleteChanges(ctx, s) }

// Repositories implements [ports.Storage].
func (s *Store) Repositories() ports.Repositories {
	s.making.Do(func() { s.outside = s.makeOutside() })
	return s.outside
}

func (s *Store) makeOutside() ports.Repositories {
	r := s.repositories(s)
	if s.groups != nil {
		r.Sessions = gatheredSessions{r.Sessions, s.groups}
	}
	if s.cache != nil {
		r = watched(r, s.cache)
		r.Sessions = cachedSessions{r.Sessions, s.cache}
	}
	return r
}

func (s *Store) repositories(c calls) ports.Repositories {
	return ports.Repositories{
		Users:              users{c},
		Devices:            devices{c},
		Sessions:           s.dialect.sessions(c),
		Links:              links{c},
		Sightings:          s.dialect.sightings(c),
		Passwords:          passwords{c},
		ThirdPartyIDs:      thirdPartyIDs{c},
		Tickets:            tickets{c},
		Interactions:       interactions{c},
		RegistrationTokens: registrationTokens{c},
		Audit:              audit{c, s.dialect.addRecords},
		ImportedTokens:     importedTokens{c},
		Imports:            imports{c},
		KeySets:            keySets{c},
		Outbox:             outbox{c},
		Leases:             leases{c},
		DeadSessions:       deadSessions{c},
	}
}

// openGORM puts GORM on a pool. TranslateError stays off: [dialect.explain]
// knows the drivers' errors, and hot paths do not pass GORM's translation.
func openGORM(d gorm.Dialector) (*gorm.DB, error) {
	return gorm.Open(d, &gorm.Config{
		Logger:                 logger.Discard, // it would write values
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		QueryFields:            true, // a newer program may have added columns
	})
}

func logOf(o Options) *slog.Logger {
	if o.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Log
}
