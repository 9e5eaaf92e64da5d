package main

import "fmt"

// leanTables are a table of users and one of devices like ours, with what a
// sign-in and a look-up need.
const leanTables = `
CREATE TABLE users (
	id           text COLLATE "C" PRIMARY KEY,
	display_name text    NOT NULL,
	created_at   bigint  NOT NULL,
	locked       boolean NOT NULL DEFAULT false,
	deactivated  boolean NOT NULL DEFAULT false
);
CREATE TABLE devices (
	user_id               text COLLATE "C" NOT NULL REFERENCES users (id),
	device_id             text COLLATE "C" NOT NULL,
	display_name          text   NOT NULL,
	created_at            bigint NOT NULL,
	session_hash          bytea  NOT NULL UNIQUE,
	access_hash           bytea  NOT NULL,
	refresh_hash          bytea,
	previous_refresh_hash bytea,
	PRIMARY KEY (user_id, device_id)
);`

// leanUsers are the users that are there, each on a device.
const leanUsers = `
INSERT INTO users (id, display_name, created_at)
	SELECT '@user' || n || ':' || '` + serverName + `', '', 0 FROM generate_series(0, %[1]d - 1) n;
INSERT INTO devices (user_id, device_id, display_name, created_at, session_hash, access_hash)
	SELECT '@user' || n || ':' || '` + serverName + `', 'FIRST', '', 0, sha256(int8send(n)), sha256(int8send(n)) FROM generate_series(0, %[1]d - 1) n;
VACUUM ANALYZE;`

const (
	// leanUpsert gives the user u a device with a token, or a device that is there
	// another token in place.
	leanUpsert = `
INSERT INTO devices (user_id, device_id, display_name, created_at, session_hash, access_hash)
SELECT id, %s, '', :t::bigint, sha256(int8send(:t)), sha256(int8send(:t::bigint + 1)) FROM u
ON CONFLICT (user_id, device_id) DO UPDATE SET session_hash = excluded.session_hash, access_hash = excluded.access_hash;
`
	// leanUser locks a user who is there.
	leanUser = `
WITH u AS (
	SELECT id FROM users WHERE id = '@user' || :n::text || ':' || '` + serverName + `' AND NOT locked AND NOT deactivated FOR NO KEY UPDATE
)`
	// leanNewUser creates a user, or locks one who is there.
	leanNewUser = `
\set i :i + 1
WITH u AS (
	INSERT INTO users (id, display_name, created_at) VALUES ('@new' || :run::text || '-' || :client_id::text || '-' || :i::text || ':' || '` + serverName + `', '', :t)
	ON CONFLICT (id) DO UPDATE SET id = excluded.id WHERE NOT users.locked AND NOT users.deactivated RETURNING id
)`

	randomToken = `\set t random(1, 9000000000000000)` + "\n"
	randomUser  = `\set n random(0, :users - 1)`
	ownUser     = `\set n :client_id`
	oneUser     = `\set n 0`
	newDevice   = `'D' || :t::text`
	sameDevice  = `'BENCH'`
)

// leanStatements are the leanest correct single statements for what we do, as
// scripts for pgbench, which takes every name after a colon for a variable, between
// quotation marks too.
var leanStatements = map[string]string{
	leanNew:    randomToken + leanNewUser + fmt.Sprintf(leanUpsert, sameDevice),
	leanDevice: randomToken + randomUser + leanUser + fmt.Sprintf(leanUpsert, newDevice),
	leanSame:   randomToken + ownUser + leanUser + fmt.Sprintf(leanUpsert, sameDevice),
	leanOne:    randomToken + oneUser + leanUser + fmt.Sprintf(leanUpsert, sameDevice),
	leanRefresh: randomToken + `
UPDATE devices d SET access_hash = sha256(int8send(:t)), previous_refresh_hash = d.refresh_hash, refresh_hash = sha256(int8send(:t::bigint + 1))
FROM users u WHERE d.session_hash = sha256(int8send(:client_id)) AND u.id = d.user_id AND NOT u.locked AND NOT u.deactivated;
`,
	leanLookUp: randomUser + `
SELECT u.id, u.locked, u.deactivated, d.device_id, d.access_hash = sha256(int8send(:n))
FROM devices d JOIN users u ON u.id = d.user_id WHERE d.session_hash = sha256(int8send(:n));
`,
}

// What the lean statements, and the groups on SQLite, do.
const (
	leanNew     = "new"
	leanDevice  = "device"
	leanSame    = "same"
	leanOne     = "one"
	leanRefresh = "refresh"
	leanLookUp  = "lookup"
)
