package gormstore

import (
	"context"
	"database/sql"
	"math"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// FirstNotices is the query with which Due begins.
const FirstNotices = firstNotices

// Writer returns the pool of connections that write.
func (s *Store) Writer() *sql.DB { return s.pools[0] }

// Reader returns the pool of connections that read.
func (s *Store) Reader() *sql.DB { return s.pools[len(s.pools)-1] }

// DeletesExpired are the statements with which what has expired is deleted, by
// table and dialect.
var DeletesExpired = map[string]map[string]string{
	"tickets":       {"postgres": deleteTicketsPostgres, "sqlite": deleteTicketsSQLite},
	"interactions":  {"postgres": deleteInteractionsPostgres, "sqlite": deleteInteractionsSQLite},
	"audit_records": {"postgres": deleteRecordsPostgres, "sqlite": deleteRecordsSQLite},
}

// TrustsTokens says whether the store knows tokens in memory now.
func (s *Store) TrustsTokens() bool { return s.cache.isTrusted() }

// Deafen makes the store trust its cache for good, and hear of nobody.
func (s *Store) Deafen() {
	s.endWatch()
	s.endWatch = func() {}
	s.cache.trusted.Store(math.MaxInt64)
}

// IsDeaf says whether Deafen was called.
func (s *Store) IsDeaf() bool { return s.cache.trusted.Load() == math.MaxInt64 }

// LastLook differs after each look that is over.
func (s *Store) LastLook() int64 { return s.cache.trusted.Load() }

// Changes is how often something was forgotten.
func (s *Store) Changes() uint64 { return s.cache.happened.Load() }

// KnownTokens is how many places of the cache are taken.
func (s *Store) KnownTokens() (n int) {
	for i := range s.cache.sets {
		for j := range s.cache.sets[i] {
			if s.cache.sets[i][j].Load() != nil {
				n++
			}
		}
	}
	return n
}

// Interrupted returns sessions whose look-ups call then when they have read from the
// database, and keep what they read after that.
func (s *Store) Interrupted(then func()) ports.SessionRepository {
	return cachedSessions{interrupted{s.repositories(s).Sessions, then}, s.cache}
}

type interrupted struct {
	ports.SessionRepository
	then func()
}

func (s interrupted) ByAccessToken(ctx context.Context, access domain.TokenKey, now time.Time) (domain.Bearer, error) {
	bearer, err := s.SessionRepository.ByAccessToken(ctx, access, now)
	s.then()
	return bearer, err
}

// BeforeWatching calls do whenever a connection is there for watching. That begins
// later.
func (s *Store) BeforeWatching(do func()) {
	s.dialect.(postgres).config.AfterConnect = func(context.Context, *pgconn.PgConn) error {
		do()
		return nil
	}
}

// ChangeLog returns what looks at PostgreSQL's changes and says whether everything is to
// be forgotten, and what lets it be asleep for a while first.
func (s *Store) ChangeLog(t *testing.T) (next func() (all bool), sleep func(time.Duration)) {
	log, err := s.dialect.changes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(log.close)
	next = func() bool {
		_, all, err := log.next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	return next, func(d time.Duration) { log.(*postgresLog).seen.at -= d.Milliseconds() }
}

// CleanedUpBefore makes the store's last clean-up one that was so much earlier.
func (s *Store) CleanedUpBefore(d time.Duration) { s.old.at -= d.Milliseconds() }

// CleanedUpElsewhere makes the store's last clean-up one of a server that started
// earlier, and had come further.
func (s *Store) CleanedUpElsewhere() { s.old.server, s.old.until = s.old.server-1, s.old.until+1000 }

// HotStatements are those of PostgreSQL that clients have run all the time.
var HotStatements = map[string]string{
	"sign_in": signIn, "sign_in_group": signInGroup, "refresh": refresh,
	"find": selectBearer + "$2", "confirm": confirm, "log_out": deleteSession,
}

// The statements of the changes.
const (
	ChangesSince     = changesSince
	DeleteOldChanges = deleteOldChanges
)

// ForgetAll forgets everybody.
func (s *Store) ForgetAll() { s.cache.forgetAll() }
