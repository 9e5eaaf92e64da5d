package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"
	gormsqlite "gorm.io/driver/sqlite"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// busyLimit is how long SQLite waits for another program's lock, in
// milliseconds. It does not hear of a context that ends meanwhile, so it waits
// briefly, and the call tries again: up to three seconds in all, and less than
// five for those that had to queue.
const busyLimit = "600"

// statementsKept is how many statements a connection keeps prepared.
const statementsKept = "64"

// writerKeeps is how much of the file the connection that writes keeps in memory, in
// KiB. Nobody else writes, so that it need not be read again: it has what sign-ins of
// some ten thousand users look at.
const writerKeeps = "8000"

// checkpointAfter is after how many pages in the log they are written to the file. The
// pages that sign-ins change most are then written once for several of them. The log
// has 16 MiB at most, if nobody reads for long.
const checkpointAfter = "4000"

// busyPause lies between two attempts to get a lock.
const busyPause = 10 * time.Millisecond

// sqlite is the dialect of SQLite.
type sqlite struct {
	file string
	log  *slog.Logger
}

// OpenSQLite opens the file, or creates one that only its owner may read. It
// does not migrate. Whoever opens the same file with another program must not
// hold a lock on it for long.
func OpenSQLite(ctx context.Context, o Options) (*Store, error) {
	file, ok := strings.CutPrefix(o.URL, "sqlite:")
	if !ok || file == "" || strings.HasPrefix(file, ":") || strings.ContainsRune(file, 0) {
		return nil, errors.New("the URL of an SQLite database is sqlite:FILE")
	}
	if err := createPrivate(file); err != nil {
		return nil, err
	}
	dialect := sqlite{file: file, log: logOf(o)}
	s := &Store{dialect: dialect, log: logOf(o)}
	if err := s.limited(ctx, dialect.enterWAL); err != nil {
		return nil, err
	}
	if err := s.openPools(o); err != nil {
		return nil, errors.Join(s.dialect.explain(err), s.Close())
	}
	if o.GroupSignIns {
		s.groups = newGatherer(1, s.writeGroupOnSQLite)
	}
	for _, pool := range s.pools {
		if err := s.limited(ctx, pool.PingContext); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// enterWAL lets readers and a writer work side by side. It is a property of the
// file, and the one thing that SQLite does not wait for.
func (q sqlite) enterWAL(ctx context.Context) error {
	pool, err := openFile(q.file, url.Values{})
	if err != nil {
		return err
	}
	defer pool.Close()
	return q.patiently(ctx, func() error {
		_, err := pool.ExecContext(ctx, "PRAGMA journal_mode = WAL")
		return err
	})
}

// patiently calls do until no other program holds a lock, or ctx ends.
func (q sqlite) patiently(ctx context.Context, do func() error) error {
	for {
		err := do()
		if err == nil || !errors.Is(q.explain(err), errAgain) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(busyPause):
		}
	}
}

// openPools opens a pool of one connection that writes, for which database/sql
// queues the writers in their order, and a pool of those that read.
func (s *Store) openPools(o Options) (err error) {
	writer, err := openFile(s.dialect.(sqlite).file, url.Values{"_txlock": {"immediate"}, "_cache_size": {"-" + writerKeeps}})
	if err != nil {
		return err
	}
	s.pools = append(s.pools, writer)
	writer.SetMaxOpenConns(1)
	// A connection that takes the place of this one, after a failure, goes without.
	if _, err := writer.Exec("PRAGMA wal_autocheckpoint = " + checkpointAfter); err != nil {
		return err
	}
	if s.writer, err = openGORM(gormsqlite.New(gormsqlite.Config{Conn: writer})); err != nil {
		return err
	}
	reader, err := openFile(s.dialect.(sqlite).file, url.Values{"_query_only": {"true"}})
	if err != nil {
		return err
	}
	s.pools = append(s.pools, reader)
	limitPool(reader, o.MaxConnections)
	s.reader, err = openGORM(gormsqlite.New(gormsqlite.Config{Conn: reader}))
	return err
}

// openFile opens a pool whose every connection waits for locks, keeps what was
// acknowledged, and checks foreign keys.
func openFile(file string, params url.Values) (*sql.DB, error) {
	params.Set("_busy_timeout", busyLimit)
	params.Set("_synchronous", "FULL")
	params.Set("_foreign_keys", "true")
	params.Set("_stmt_cache_size", statementsKept)
	params.Set("_mutex", "no") // database/sql gives a connection to one goroutine at a time
	return sql.Open("sqlite3", "file:"+(&url.URL{Path: filepath.Clean(file)}).EscapedPath()+"?"+params.Encode())
}

// createPrivate creates the file if there is none. SQLite gives the files
// beside it the same mode.
func createPrivate(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	return f.Close()
}

func (sqlite) sessions(c calls) ports.SessionRepository {
	return sqliteSessions{tokens{c, findOnSQLite}}
}

func (sqlite) sightings(c calls) ports.SightingRepository { return sqliteSightings{c} }

// explain implements dialect. SQLite's messages name tables and columns, never
// values.
func (sqlite) explain(err error) error {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("sqlite: %w", err)
	}
	switch e.Code {
	case sqlite3.ErrBusy: // only a BEGIN waits for others, with nothing done
		return fmt.Errorf("%w: %w: sqlite: %w", domain.ErrUnavailable, errAgain, err)
	case sqlite3.ErrLocked, sqlite3.ErrFull, sqlite3.ErrIoErr,
		sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrNomem, sqlite3.ErrProtocol:
		return fmt.Errorf("%w: sqlite: %w", domain.ErrUnavailable, err)
	}
	return fmt.Errorf("sqlite: %w", err)
}
