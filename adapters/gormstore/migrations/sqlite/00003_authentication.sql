-- A session is found by the hash of its id, which all of its tokens hold; the
-- hashes of the tokens are compared in its row. So a refresh touches no index.
-- Tokens from before hold no such id: their devices are deleted, and whoever was
-- signed in signs in again. (There was no release with them.)
-- Times are milliseconds since 1970, UTC; NULL means never.

-- +goose NO TRANSACTION
-- +goose Up
DROP TABLE devices;
CREATE TABLE devices (
    user_id                     TEXT    NOT NULL REFERENCES users (id),
    device_id                   TEXT    NOT NULL,
    display_name                TEXT    NOT NULL,
    created_at                  INTEGER NOT NULL,
    session_hash                BLOB    UNIQUE, -- NULL: nobody is signed in with the device
    session_ends_at             INTEGER,
    access_hash                 BLOB,
    access_expires_at           INTEGER,
    refresh_hash                BLOB,
    refresh_expires_at          INTEGER,
    confirmed                   INTEGER NOT NULL DEFAULT 1 CHECK (confirmed IN (0, 1)),
    previous_refresh_hash       BLOB,
    previous_refresh_expires_at INTEGER,
    last_seen_at                INTEGER,
    last_seen_address           TEXT    NOT NULL DEFAULT '',
    last_seen_agent             TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (user_id, device_id),
    CHECK ((session_hash IS NULL) = (access_hash IS NULL))
) STRICT;

ALTER TABLE users ADD COLUMN avatar_url TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN admin INTEGER NOT NULL DEFAULT 0 CHECK (admin IN (0, 1));
ALTER TABLE users ADD COLUMN guest INTEGER NOT NULL DEFAULT 0 CHECK (guest IN (0, 1));
ALTER TABLE users ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0 CHECK (suspended IN (0, 1));
ALTER TABLE users ADD COLUMN erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1));
ALTER TABLE users ADD COLUMN password_hash TEXT NOT NULL DEFAULT ''; -- empty: none

CREATE TABLE third_party_ids (
    medium       TEXT    NOT NULL,
    address      TEXT    NOT NULL,
    user_id      TEXT    NOT NULL REFERENCES users (id),
    validated_at INTEGER NOT NULL,
    added_at     INTEGER NOT NULL,
    PRIMARY KEY (medium, address)
) STRICT;
CREATE INDEX third_party_ids_user_id ON third_party_ids (user_id);

CREATE TABLE tickets (
    hash       BLOB NOT NULL PRIMARY KEY,
    user_id    TEXT REFERENCES users (id), -- NULL: nobody's
    expires_at INTEGER
) STRICT;
CREATE INDEX tickets_user_id ON tickets (user_id);
CREATE INDEX tickets_expires_at ON tickets (expires_at);

-- Requests that wait to be confirmed. One that was carried out may be noted in
-- the same transaction before the user whom it created.
CREATE TABLE interactions (
    id                 BLOB    NOT NULL PRIMARY KEY,
    operation          TEXT    NOT NULL,
    user_id            TEXT    REFERENCES users (id), -- NULL: nobody's yet
    params             TEXT    NOT NULL,
    password_hash      TEXT    NOT NULL,
    completed          TEXT, -- a JSON array, as is accepted; NULL: none
    registration_token TEXT,
    accepted           TEXT,
    created_at         INTEGER NOT NULL,
    expires_at         INTEGER,
    done               INTEGER NOT NULL CHECK (done IN (0, 1)),
    result             TEXT    REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX interactions_registration_token ON interactions (registration_token) WHERE registration_token IS NOT NULL;
CREATE INDEX interactions_expires_at ON interactions (expires_at);
CREATE INDEX interactions_user_id ON interactions (user_id);
CREATE INDEX interactions_result ON interactions (result);

CREATE TABLE registration_tokens (
    token        TEXT    NOT NULL PRIMARY KEY,
    uses_allowed INTEGER, -- NULL: any number
    completed    INTEGER NOT NULL,
    expires_at   INTEGER
) STRICT;
