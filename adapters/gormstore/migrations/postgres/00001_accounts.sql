-- Ids are compared and sorted byte by byte, whatever the database's locale.
-- Times are milliseconds since 1970, UTC.

-- +goose Up
CREATE TABLE users (
    id           text COLLATE "C" PRIMARY KEY,
    display_name text    NOT NULL,
    created_at   bigint  NOT NULL,
    locked       boolean NOT NULL DEFAULT false,
    deactivated  boolean NOT NULL DEFAULT false
);

-- Which user an identity elsewhere is. The key is a hash of the three parts,
-- since they may be longer than an index entry.
CREATE TABLE links (
    key        bytea PRIMARY KEY,
    provider   text   NOT NULL,
    issuer     text   NOT NULL,
    subject    text   NOT NULL,
    user_id    text COLLATE "C" NOT NULL REFERENCES users (id),
    created_at bigint NOT NULL
);
CREATE INDEX links_user_id ON links (user_id);

-- A device has exactly one access token, of which the SHA-256 is kept.
CREATE TABLE devices (
    user_id      text COLLATE "C" NOT NULL REFERENCES users (id),
    device_id    text COLLATE "C" NOT NULL,
    display_name text   NOT NULL,
    created_at   bigint NOT NULL,
    access_hash  bytea  NOT NULL UNIQUE,
    PRIMARY KEY (user_id, device_id)
);

-- The one server whose users these are.
CREATE TABLE server (
    name     text    NOT NULL,
    only_row integer PRIMARY KEY CHECK (only_row = 1)
);
