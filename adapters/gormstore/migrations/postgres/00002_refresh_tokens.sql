-- A device's row holds its session: the current pair of tokens and what is left
-- of the pair before, each as the SHA-256 of a token. Times are milliseconds
-- since 1970, UTC; NULL means never. Devices that are there keep their access
-- tokens, which never expire.

-- +goose Up
ALTER TABLE devices
    ADD COLUMN access_expires_at           bigint,
    ADD COLUMN refresh_hash                bytea,
    ADD COLUMN refresh_expires_at          bigint,
    ADD COLUMN confirmed                   boolean NOT NULL DEFAULT true,
    ADD COLUMN session_ends_at             bigint,
    ADD COLUMN previous_access_hash        bytea,
    ADD COLUMN previous_refresh_hash       bytea,
    ADD COLUMN previous_refresh_expires_at bigint;

-- Devices without refresh tokens are in none of these.
CREATE UNIQUE INDEX devices_refresh_hash ON devices (refresh_hash) WHERE refresh_hash IS NOT NULL;
CREATE UNIQUE INDEX devices_previous_access_hash ON devices (previous_access_hash) WHERE previous_access_hash IS NOT NULL;
CREATE UNIQUE INDEX devices_previous_refresh_hash ON devices (previous_refresh_hash) WHERE previous_refresh_hash IS NOT NULL;
