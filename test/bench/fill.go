package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// A generated is a table of a crowd. The database makes its rows itself, many with
// one statement: they follow from their numbers.
type generated struct {
	table  string
	rounds int // how many rows there are of each user, one round after the other
	insert func(numbers string, round int) string
}

// A generator spells what databases spell differently.
type generator struct {
	series string // counts from a number to another, as i
	hash   string // is 32 bytes for %s
	pad    string // writes %s with 26 digits
	issued bool   // devices have a column for when their tokens were asked for
}

var generators = map[string]generator{
	onPostgres: {
		series: `generate_series(%d::bigint, %d) i`,
		hash:   `sha256(int8send(%s))`,
		pad:    `lpad((%s)::text, 26, '0')`,
		issued: true,
	},
	onSQLite: {
		series: `(WITH RECURSIVE s(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM s WHERE i < %d) SELECT i FROM s)`,
		hash:   `randomblob(32 + 0 * (%s))`,
		pad:    `printf('%%026d', %s)`,
	},
}

// tables are what there is of a crowd at a time, users first. Devices are made one
// for each user, and then the next for each: they do not lie side by side either
// where people come back later. Only the active ones have tokens and links that are
// real, which are in the table of them; of the others they only look so.
func (c *crowd) tables(store string, at time.Time) []generated {
	g := generators[store]
	created, expires := at.UnixMilli(), at.Add(24*time.Hour).UnixMilli()
	const id, user = `'@user' || g.n || ':` + serverName + `'`, `'user' || g.n`
	active := func(round int) string {
		return fmt.Sprintf(" LEFT JOIN active a ON a.device = %d AND a.n = g.n", round)
	}
	return []generated{
		{"users", 1, func(numbers string, _ int) string {
			return fmt.Sprintf("INSERT INTO users (id, display_name, created_at) SELECT %s, 'User ' || g.n, %d FROM %s", id, created, numbers)
		}},
		{"devices", len(crowdDevices), func(numbers string, round int) string {
			hash := fmt.Sprintf(g.hash, fmt.Sprintf("g.n * %d + %d", len(crowdDevices), round))
			column, value := "", ""
			if g.issued {
				column, value = ", issued_at", fmt.Sprintf(", %d", created)
			}
			return fmt.Sprintf(`
				INSERT INTO devices (user_id, device_id, display_name, created_at,
					session_hash, access_hash, access_expires_at, refresh_hash, refresh_expires_at%[1]s)
				SELECT %[2]s, '%[3]s', '', %[4]d,
					coalesce(a.session, %[5]s), coalesce(a.access, %[5]s), %[6]d, coalesce(a.refresh, %[5]s), %[6]d%[7]s
				FROM %[8]s`, column, id, crowdDevices[round], created, hash, expires, value, numbers+active(round))
		}},
		{"audit_records", len(crowdDevices), func(numbers string, round int) string {
			number := fmt.Sprintf(g.pad, fmt.Sprintf("g.i + %d", round*c.size))
			return fmt.Sprintf(`
				INSERT INTO audit_records (id, at, event, result, reason, detail, login_type, provider, key_id, subject,
					verified, user_id, user_created, device_id, actor, address)
				SELECT %s, %d, 'login', 'ok', '', '', 'org.matrix.login.jwt', 'corp', '', %s,
					true, %s, %t, '%s', '', '192.0.2.1' FROM %s`, number, created, user, id, round == 0, crowdDevices[round], numbers)
		}},
		{"links", 1, func(numbers string, round int) string {
			hash := fmt.Sprintf(g.hash, "-1 - g.n")
			return fmt.Sprintf(`
				INSERT INTO links (key, provider, issuer, subject, user_id, created_at)
				SELECT coalesce(a.link, %s), 'corp', 'https://corp.example', %s, %s, %d FROM %s`,
				hash, user, id, created, numbers+active(round))
		}},
	}
}

// numbers are those of users, in the order in which they came: ids do not come in
// theirs.
func (c *crowd) numbers(store string, from, to int) string {
	return fmt.Sprintf("(SELECT i, i * %d %% %d AS n FROM "+generators[store].series+") g", c.step(), c.size, from, to-1)
}

// step is what lies between the number of a user and of the next who came.
func (c *crowd) step() int {
	const prime = 982_451_653
	step := prime % c.size
	for !coprime(step, c.size) {
		step++
	}
	return step
}

func coprime(a, b int) bool {
	for b != 0 {
		a, b = b, a%b
	}
	return a == 1
}

const activeTable = `CREATE TABLE active (n bigint, device integer, session %[1]s, access %[1]s, refresh %[1]s, link %[1]s, PRIMARY KEY (device, n))`

// activeRow is what the active table says of a device of an active user.
func (c *crowd) activeRow(i int) []any {
	user, device := c.number(i%c.active), i/c.active
	access := crowdToken(domain.AccessToken, user, device).Key()
	refresh := crowdToken(domain.RefreshToken, user, device).Key()
	link := domain.Link{Provider: "corp", Issuer: "https://corp.example", Subject: localpart(user)}.Key()
	return []any{user, device, access.Session[:], access.Token[:], refresh.Token[:], link[:]}
}

// atOnce is how many rows are written with one statement.
const atOnce = 500_000

// write writes a table with a function that executes statements.
func (g generated) write(c *crowd, store string, execute func(statement string) error, done func(rows int)) error {
	for round := range g.rounds {
		for from := 0; from < c.size; from += atOnce {
			to := min(from+atOnce, c.size)
			if err := execute(g.insert(c.numbers(store, from, to), round)); err != nil {
				return fmt.Errorf("%s: %w", g.table, err)
			}
			done(to - from)
		}
	}
	return nil
}

// fill writes a crowd into the empty database.
func (s *site) fill(c *crowd) error {
	tables, all := c.tables(s.store, time.Now()), 0
	for _, g := range tables {
		all += g.rounds * c.size
	}
	done := s.countdown("rows", all)
	if s.store == onSQLite {
		return s.fillSQLite(c, tables, done)
	}
	return s.fillPostgres(c, tables, done)
}

// fillSQLite writes all tables one after another. A crash would lose some of it.
func (s *site) fillSQLite(c *crowd, tables []generated, done func(int)) (err error) {
	ctx := s.context()
	pool, err := sql.Open("sqlite3", "file:"+strings.TrimPrefix(s.database, "sqlite:")+"?_synchronous=OFF&_cache_size=-2000000")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	pool.SetMaxOpenConns(1)
	execute := func(statement string) error { _, err := pool.ExecContext(ctx, statement); return err }
	if err := errors.Join(execute(fmt.Sprintf(activeTable, "blob")), insertActive(ctx, pool, c)); err != nil {
		return err
	}
	for _, g := range tables {
		if err := g.write(c, s.store, execute, done); err != nil {
			return err
		}
	}
	return execute("DROP TABLE active")
}

func insertActive(ctx context.Context, pool *sql.DB, c *crowd) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for i := range c.active * len(crowdDevices) {
		if _, err := tx.Exec("INSERT INTO active VALUES (?, ?, ?, ?, ?, ?)", c.activeRow(i)...); err != nil {
			return err
		}
	}
	return tx.Commit()
}
