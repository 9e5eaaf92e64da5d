-- What the homeserver has not heard yet, and who may tell it about which user.
-- Users are not referred to: both may outlive them. Empty texts mean none. Times
-- are milliseconds since 1970, UTC.

-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE outbox (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again
    user_id    TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    device_id  TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_user_id ON outbox (user_id, seq);

CREATE TABLE leases (
    user_id  TEXT    NOT NULL PRIMARY KEY,
    holder   TEXT    NOT NULL,
    until    INTEGER NOT NULL,
    known    INTEGER NOT NULL CHECK (known IN (0, 1)),
    failures INTEGER NOT NULL,
    retry_at INTEGER NOT NULL
) STRICT;
