package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/seed-31b6c987/doorward/domain"
)

// A generated is a table of a crowd, with what is in the row of a number.
type generated struct {
	table   string
	columns []string
	rows    int // for each user
	row     func(number int) []any
}

// tables are what there is of a crowd at a time. Devices are made one for each
// user, and then the next for each: they do not lie side by side either where
// people come back later.
func (c *crowd) tables(store string, at time.Time) []generated {
	created, expires := at.UnixMilli(), at.Add(24*time.Hour).UnixMilli()
	devices := []string{
		"user_id", "device_id", "display_name", "created_at",
		"session_hash", "access_hash", "access_expires_at", "refresh_hash", "refresh_expires_at",
	}
	if store == onPostgres {
		devices = append(devices, "issued_at")
	}
	return []generated{
		{"users", []string{"id", "display_name", "created_at"}, 1, func(n int) []any {
			return []any{userID(n), fmt.Sprint("User ", n), created}
		}},
		{"links", []string{"key", "provider", "issuer", "subject", "user_id", "created_at"}, 1, func(n int) []any {
			link := domain.Link{Provider: "corp", Issuer: "https://corp.example", Subject: localpart(n)}
			key := link.Key()
			return []any{key[:], link.Provider, link.Issuer, link.Subject, userID(n), created}
		}},
		{"devices", devices, len(crowdDevices), func(n int) []any {
			user, device := n%c.size, n/c.size
			access, refresh := crowdToken(domain.AccessToken, user, device).Key(), crowdToken(domain.RefreshToken, user, device).Key()
			return []any{
				userID(user), crowdDevices[device], "", created,
				access.Session[:], access.Token[:], expires, refresh.Token[:], expires, created,
			}[:len(devices)]
		}},
		{"audit_records", []string{
			"id", "at", "event", "result", "reason", "detail", "login_type", "provider", "key_id", "subject",
			"verified", "user_id", "user_created", "device_id", "actor", "address",
		}, len(crowdDevices), func(n int) []any {
			user, device := n%c.size, n/c.size
			return []any{
				fmt.Sprintf("%026d", n), created, "login", "ok", "", "", "org.matrix.login.jwt", "corp", "", localpart(user),
				true, userID(user), device == 0, crowdDevices[device], "", "192.0.2.1",
			}
		}},
	}
}

// inDisorder is the number of the user who came as the nth: ids do not come in
// their order.
func (c *crowd) inDisorder(n int) int {
	const prime = 982_451_653
	step := prime % c.size
	if step == 0 {
		step = 1
	}
	for !coprime(step, c.size) {
		step++
	}
	return n * step % c.size
}

func coprime(a, b int) bool {
	for b != 0 {
		a, b = b, a%b
	}
	return a == 1
}

// atOnce is how many rows are written together.
const atOnce = 100_000

// fill writes a crowd into the empty database.
func (s *site) fill(c *crowd) (err error) {
	write, closed := writer(s.copyIntoPostgres), func() error { return nil }
	if s.store == onSQLite {
		if write, closed, err = s.copyIntoSQLite(); err != nil {
			return err
		}
	}
	defer func() { err = errors.Join(err, closed()) }()
	for _, g := range c.tables(s.store, time.Now()) {
		if err := s.write(c, g, write); err != nil {
			return fmt.Errorf("%s: %w", g.table, err)
		}
	}
	if s.store == onSQLite {
		return nil
	}
	s.progress("%s: vacuuming", s.store)
	return s.onPostgres(func(ctx context.Context, conn *pgx.Conn) error {
		for _, statement := range []string{"VACUUM ANALYZE", "CHECKPOINT"} {
			if _, err := conn.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

// A writer writes so many rows of a table.
type writer func(g generated, rows int, row func(i int) []any) error

// write writes a table.
func (s *site) write(c *crowd, g generated, write writer) error {
	all := g.rows * c.size
	for done := 0; done < all; done += atOnce {
		select {
		case <-s.interrupt:
			return errors.New("interrupted")
		default:
		}
		n := min(atOnce, all-done)
		err := write(g, n, func(i int) []any {
			i += done
			return g.row(i/c.size*c.size + c.inDisorder(i%c.size))
		})
		if err != nil {
			return err
		}
		if done/(10*atOnce) != (done+n)/(10*atOnce) {
			s.progress("%s: %s of %s rows of %s", s.store, rate(float64(done+n)), rate(float64(all)), g.table)
		}
	}
	return nil
}

// onPostgres connects to the site's database.
func (s *site) onPostgres(do func(context.Context, *pgx.Conn) error) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.database)
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, conn), conn.Close(ctx))
}

// copyIntoPostgres does not have foreign keys checked, which would take longer than
// all the rest.
func (s *site) copyIntoPostgres(g generated, rows int, row func(int) []any) error {
	return s.onPostgres(func(ctx context.Context, conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "SET session_replication_role = replica"); err != nil {
			return err
		}
		_, err := conn.CopyFrom(ctx, pgx.Identifier{g.table}, g.columns,
			pgx.CopyFromSlice(rows, func(i int) ([]any, error) { return row(i), nil }))
		return err
	})
}

func (s *site) copyIntoSQLite() (write writer, closed func() error, err error) {
	pool, err := sql.Open("sqlite3", "file:"+strings.TrimPrefix(s.database, "sqlite:")+"?_synchronous=OFF&_txlock=immediate")
	if err != nil {
		return nil, nil, err
	}
	return func(g generated, rows int, row func(int) []any) error {
		tx, err := pool.Begin()
		if err != nil {
			return err
		}
		defer tx.Rollback()
		marks := strings.TrimSuffix(strings.Repeat("?, ", len(g.columns)), ", ")
		insert, err := tx.Prepare(fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", g.table, strings.Join(g.columns, ", "), marks))
		if err != nil {
			return err
		}
		defer insert.Close()
		for i := range rows {
			if _, err := insert.Exec(row(i)...); err != nil {
				return err
			}
		}
		return tx.Commit()
	}, pool.Close, nil
}
