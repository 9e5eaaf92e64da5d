-- All migrations run in one exclusive transaction around goose: every file for
-- SQLite says NO TRANSACTION, or goose would begin another inside.
-- Times are milliseconds since 1970, UTC.

-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE users (
    id           TEXT    NOT NULL PRIMARY KEY,
    display_name TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    locked       INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
    deactivated  INTEGER NOT NULL DEFAULT 0 CHECK (deactivated IN (0, 1))
) STRICT;

-- Which user an identity elsewhere is. The key is a hash of the three parts.
CREATE TABLE links (
    key        BLOB    NOT NULL PRIMARY KEY,
    provider   TEXT    NOT NULL,
    issuer     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    user_id    TEXT    NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX links_user_id ON links (user_id);

-- A device has exactly one access token, of which the SHA-256 is kept.
CREATE TABLE devices (
    user_id      TEXT    NOT NULL REFERENCES users (id),
    device_id    TEXT    NOT NULL,
    display_name TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    access_hash  BLOB    NOT NULL UNIQUE,
    PRIMARY KEY (user_id, device_id)
) STRICT;

-- The one server whose users these are.
CREATE TABLE server (
    name     TEXT    NOT NULL,
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1)
) STRICT;
