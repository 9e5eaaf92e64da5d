// Package synapsedb makes databases such as Synapse keeps its accounts in, as far
// as accounts go, for tests: empty ones, and ones of any size.
package synapsedb

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "github.com/mattn/go-sqlite3"    // the driver "sqlite3"
)

// tables are those of Synapse's that speak of accounts; the statements are good
// for SQLite and PostgreSQL.
var tables = []string{
	`CREATE TABLE users (
		name text UNIQUE, password_hash text, creation_ts bigint,
		admin smallint NOT NULL DEFAULT 0, upgrade_ts bigint, is_guest smallint NOT NULL DEFAULT 0,
		appservice_id text, consent_version text, user_type text, deactivated smallint NOT NULL DEFAULT 0,
		shadow_banned boolean, approved boolean,
		locked boolean NOT NULL DEFAULT false, suspended boolean NOT NULL DEFAULT false)`,
	`CREATE TABLE profiles (user_id text NOT NULL UNIQUE, displayname text, avatar_url text, full_user_id text)`,
	`CREATE TABLE erased_users (user_id text NOT NULL UNIQUE)`,
	`CREATE TABLE devices (
		user_id text NOT NULL, device_id text NOT NULL, display_name text,
		last_seen bigint, ip text, user_agent text, hidden boolean DEFAULT false,
		UNIQUE (user_id, device_id))`,
	`CREATE TABLE refresh_tokens (
		id bigint PRIMARY KEY, user_id text NOT NULL, device_id text NOT NULL, token text NOT NULL UNIQUE,
		next_token_id bigint REFERENCES refresh_tokens (id) ON DELETE CASCADE,
		expiry_ts bigint, ultimate_session_expiry_ts bigint)`,
	`CREATE INDEX refresh_tokens_next_token_id ON refresh_tokens (next_token_id)`,
	`CREATE TABLE access_tokens (
		id bigint PRIMARY KEY, user_id text NOT NULL, device_id text, token text NOT NULL UNIQUE,
		valid_until_ms bigint, puppets_user_id text, last_validated bigint,
		refresh_token_id bigint REFERENCES refresh_tokens (id) ON DELETE CASCADE, used boolean)`,
	`CREATE INDEX access_tokens_device_id ON access_tokens (user_id, device_id)`,
	`CREATE TABLE user_threepids (
		user_id text NOT NULL, medium text NOT NULL, address text NOT NULL,
		validated_at bigint NOT NULL, added_at bigint NOT NULL, UNIQUE (medium, address))`,
	`CREATE INDEX user_threepids_user_id ON user_threepids (user_id)`,
}

// A DB is a database of a Synapse.
type DB struct {
	pool *sql.DB
}

// Create makes the tables in the database at sqlite:FILE or postgres://….
func Create(ctx context.Context, url string) (*DB, error) {
	driver, address := "pgx", url
	if file, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, address = "sqlite3", "file:"+file
	}
	pool, err := sql.Open(driver, address)
	if err != nil {
		return nil, err
	}
	db := &DB{pool: pool}
	for _, table := range tables {
		if err := db.Exec(ctx, table); err != nil {
			pool.Close()
			return nil, err
		}
	}
	return db, nil
}

// Close closes the database.
func (db *DB) Close() error { return db.pool.Close() }

// Exec executes a statement, with $1 and so on for the arguments.
func (db *DB) Exec(ctx context.Context, statement string, args ...any) error {
	_, err := db.pool.ExecContext(ctx, statement, args...)
	return err
}

// Insert inserts a row into a table, given as the names and values of columns in
// turns. What is not given is as Synapse leaves it.
func (db *DB) Insert(ctx context.Context, table string, columns ...any) error {
	var names, places []string
	var values []any
	for i := 0; i < len(columns); i += 2 {
		names = append(names, columns[i].(string))
		places = append(places, fmt.Sprintf("$%d", i/2+1))
		values = append(values, columns[i+1])
	}
	return db.Exec(ctx, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)",
		table, strings.Join(names, ", "), strings.Join(places, ", ")), values...)
}
