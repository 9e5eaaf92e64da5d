-- Tokens that another server gave out and that were taken over, each as the
-- SHA-256 of a token, with the id of its session, which only the token opens.
-- What they are good for is in their session's row: these are only read, and
-- deleted after it.

-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE imported_tokens (
    hash         BLOB NOT NULL PRIMARY KEY,
    session_hash BLOB NOT NULL,
    sealed       BLOB NOT NULL
) STRICT;

-- How far imports came that are not over. The counts are JSON.
CREATE TABLE imports (
    source TEXT NOT NULL PRIMARY KEY,
    next   TEXT NOT NULL,
    counts TEXT NOT NULL
) STRICT;
