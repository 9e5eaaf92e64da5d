package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/seed-31b6c987/doorward/test/postgres"
)

// steady are the settings of a server with so much memory for its tables.
//
// What is measured is the steady state: what a server does hour after hour, and
// not what it does once. All of this holds for ours and for the limits alike, which
// are databases of one server.
//
//   - Commits are as safe as in production: fsync, synchronous_commit and
//     full_page_writes are on, and so are audit, metrics and the log of requests.
//   - Tables are vacuumed and analyzed before each row, and not meanwhile: autovacuum,
//     which in production does both every minute, is off.
//   - No checkpoint begins while something is measured; the report says so if one
//     does. After a checkpoint the first change of a page is logged as the whole
//     page. That is much in the first seconds and little over the five minutes until
//     the next one: 5,000 users have a few thousand pages, on which there are
//     some million logins meanwhile. Growth, where it is not little, measures both.
//   - Before a row is measured, each of its prepared requests is answered once, and
//     some more. pgbench, which connects anew each time, has a second for that each
//     time: connections, caches and prepared statements are new.
//   - Both sides have as many users, and those who sign in are as many.
func steady(buffers string) []string {
	return append([]string{
		"shared_buffers=" + buffers, "max_connections=200",
		"autovacuum=off", "checkpoint_timeout=1d", "max_wal_size=16GB",
	}, postgres.Durable...)
}

// usualBuffers are PostgreSQL's shared_buffers, unless others are asked for.
const usualBuffers = "512MB"

// startPostgres starts the server that Doorward and the limits share.
func startPostgres() (*postgres.Server, error) { return postgres.Start("", steady(usualBuffers)...) }

// discard ends a server with all that it has, and does not let it write that first.
func discard(server *postgres.Server) error { return errors.Join(server.Kill(), server.Stop()) }

// onPostgres connects to the site's database.
func (s *site) onPostgres(do func(context.Context, *pgx.Conn) error) error {
	ctx := s.context()
	conn, err := pgx.Connect(ctx, s.database)
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, conn), conn.Close(context.WithoutCancel(ctx)))
}

func (b *bench) context() context.Context {
	if b.ctx == nil {
		return context.Background()
	}
	return b.ctx
}

// settle vacuums and analyzes all databases of the server, if there is one.
func (s *site) settle() error {
	if s.store == onSQLite {
		return nil
	}
	out, err := s.server.Command("postgres", "vacuumdb", "--all", "--analyze", "--quiet", "--jobs", "2").CombinedOutput()
	if err != nil {
		return fmt.Errorf("vacuumdb: %w\n%s", err, out)
	}
	return nil
}

// checkpoint has all pages logged as a whole when they are changed next.
func (s *site) checkpoint() error {
	if s.store == onSQLite {
		return nil
	}
	return s.onPostgres(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "CHECKPOINT")
		return err
	})
}

// A logPosition is how far PostgreSQL's log of changes (WAL) has come, and where
// the last checkpoint began.
type logPosition struct {
	at, checkpoint string
	bytes          float64
}

func (s *site) logPosition() (p logPosition, err error) {
	if s.store == onSQLite {
		return p, nil
	}
	err = s.onPostgres(func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `
			SELECT lsn::text, redo_lsn::text, (lsn - '0/0')::float8
			FROM pg_control_checkpoint(), pg_current_wal_flush_lsn() lsn`).Scan(&p.at, &p.checkpoint, &p.bytes)
	})
	return p, err
}

// imagesIn returns how many bytes of the log between two positions are whole pages.
func (s *site) imagesIn(from, to logPosition) (float64, error) {
	if from.at == to.at {
		return 0, nil
	}
	var data string
	err := s.onPostgres(func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "SELECT current_setting('data_directory')").Scan(&data)
	})
	if err != nil {
		return 0, err
	}
	out, err := s.server.Command("postgres", "pg_waldump", "--stats",
		"--path", data+"/pg_wal", "--start", from.at, "--end", to.at).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("pg_waldump: %w\n%s", err, out)
	}
	return imagesOf(out)
}

// imagesOf reads the last line of the statistics, as in
//
//	Total   18   1234 [13.10%]   8192 [86.90%]   9426 [100%]
//
// with the number of records, their bytes, those of pages, and the sum.
func imagesOf(statistics []byte) (images float64, err error) {
	lines := strings.Split(string(bytes.TrimSpace(statistics)), "\n")
	fields := strings.Fields(lines[len(lines)-1])
	if len(fields) < 5 || fields[0] != "Total" {
		return 0, fmt.Errorf("pg_waldump: %q", lines[len(lines)-1])
	}
	_, err = fmt.Sscan(fields[4], &images)
	return images, err
}
