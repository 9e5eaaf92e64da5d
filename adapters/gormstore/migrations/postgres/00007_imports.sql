-- Tokens that another server gave out and that were taken over, each as the
-- SHA-256 of a token, with the id of its session, which only the token opens.
-- What they are good for is in their session's row: these are only read, and
-- deleted after it.

-- +goose Up
CREATE TABLE imported_tokens (
    hash         bytea PRIMARY KEY,
    session_hash bytea NOT NULL,
    sealed       bytea NOT NULL
);

-- How far imports came that are not over. The counts are JSON.
CREATE TABLE imports (
    source text COLLATE "C" PRIMARY KEY,
    next   text COLLATE "C" NOT NULL,
    counts text NOT NULL
);
