-- Documents with keys that were fetched, as they came. They outlive a restart
-- while their host cannot be reached.

-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE key_sets (
    url        TEXT    NOT NULL PRIMARY KEY,
    document   BLOB    NOT NULL,
    fetched_at INTEGER NOT NULL -- milliseconds since 1970, UTC
) STRICT;
