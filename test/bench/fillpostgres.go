package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// filling are the settings of a server that is filled, and has to survive nothing:
// what is written to a table within the transaction that emptied it, and to an index
// within the one that makes it, is not logged.
var filling = []string{
	"shared_buffers=" + usualBuffers, "max_connections=200",
	"wal_level=minimal", "max_wal_senders=0", "fsync=off", "synchronous_commit=off", "full_page_writes=off",
	"autovacuum=off", "checkpoint_timeout=1d", "max_wal_size=2GB", "max_parallel_maintenance_workers=0",
}

// fillPostgres writes tables side by side. Foreign keys are not checked, and indexes
// are made when all is written.
func (s *site) fillPostgres(c *crowd, tables []generated, done func(int)) error {
	if err := s.prepareTables(c, tables); err != nil {
		return err
	}
	// Users first, who cannot be emptied beside those that refer to them.
	for _, together := range [][]generated{tables[:1], tables[1:]} {
		if err := sideBySide(together, func(g generated) error { return s.fillTable(c, g, done) }); err != nil {
			return err
		}
	}
	err := s.onPostgres(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "DROP TABLE active")
		return err
	})
	if err != nil {
		return err
	}
	s.progress("vacuuming")
	if err := s.settle(); err != nil {
		return err
	}
	return s.makeIndexes(false)
}

// prepareTables has the catalog say that the indexes are not ready, so that they stay
// what the migrations made them, and writes down who is active.
func (s *site) prepareTables(c *crowd, tables []generated) error {
	names := make([]string, len(tables))
	for i, g := range tables {
		names[i] = g.table
	}
	return s.onPostgres(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid = ANY ($1::text[]::regclass[])", names)
		if err == nil {
			_, err = conn.Exec(ctx, fmt.Sprintf(activeTable, "bytea"))
		}
		if err == nil {
			_, err = conn.CopyFrom(ctx, pgx.Identifier{"active"}, []string{"n", "device", "session", "access", "refresh", "link"},
				pgx.CopyFromSlice(c.active*len(crowdDevices), func(i int) ([]any, error) { return c.activeRow(i), nil }))
		}
		if err == nil {
			_, err = conn.Exec(ctx, "ANALYZE active")
		}
		return err
	})
}

func (s *site) fillTable(c *crowd, g generated, done func(int)) error {
	return s.onPostgres(func(ctx context.Context, conn *pgx.Conn) error {
		execute := func(statement string) error { _, err := conn.Exec(ctx, statement); return err }
		for _, statement := range []string{"SET session_replication_role = replica", "BEGIN", "TRUNCATE " + g.table + " CASCADE"} {
			if err := execute(statement); err != nil {
				return err
			}
		}
		if err := g.write(c, s.store, execute, done); err != nil {
			return err
		}
		return execute("COMMIT")
	})
}

// unreadyIndexes are those of large tables first.
const unreadyIndexes = `
SELECT i.indexrelid::regclass::text
FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_attribute a ON a.attrelid = i.indexrelid AND a.attnum = 1
WHERE NOT i.indisready AND (a.atttypid = 'bytea'::regtype) = $1
ORDER BY t.relpages DESC, 1`

// makeIndexes makes the indexes that are not ready, those by hashes or the others.
func (s *site) makeIndexes(byHashes bool) error {
	var names []string
	err := s.onPostgres(func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, unreadyIndexes, byHashes)
		if err == nil {
			names, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		return err
	})
	if err != nil {
		return err
	}
	return sideBySide(names, func(name string) error {
		began := time.Now()
		err := s.onPostgres(func(ctx context.Context, conn *pgx.Conn) error {
			_, err := conn.Exec(ctx, "SET maintenance_work_mem = '1GB'; REINDEX INDEX "+name)
			return err
		})
		if took := time.Since(began); took > progressApart {
			s.progress("postgres: %s took %.0f s, one of %d indexes", name, took.Seconds(), len(names))
		}
		return err
	})
}

// restartSteady restarts a server that was filled with the settings for measuring,
// and makes the rest of the indexes. Their pages were all changed since the
// checkpoint at the end of the filling then: what is added later, anywhere in an
// index by hashes, has none of them logged. It is the state in which they are most
// of the time. Pages of other indexes and of tables are changed where those are who
// come, and are logged as whole pages when everybody comes once, before each row.
func (g *growth) restartSteady(sites ...*site) error {
	if err := g.server.Halt(); err != nil {
		return err
	}
	syscall.Sync() // or what was written would be, while something is measured
	if err := g.server.RestartWith(steady(g.buffers)...); err != nil {
		return err
	}
	for _, s := range sites {
		if err := s.makeIndexes(true); err != nil {
			return err
		}
	}
	return nil
}

// sideBySide does what is to be done with each of them, two at a time.
func sideBySide[T any](of []T, do func(T) error) error {
	var all sync.WaitGroup
	next := make(chan T, len(of))
	for _, one := range of {
		next <- one
	}
	close(next)
	errs := make([]error, 2)
	for i := range errs {
		all.Go(func() {
			for one := range next {
				if errs[i] = do(one); errs[i] != nil {
					return
				}
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}
