-- The session at a provider from which a device was signed in, as a hash: when
-- that ends, the device's does.

-- +goose NO TRANSACTION
-- +goose Up
ALTER TABLE devices ADD COLUMN provider_session BLOB; -- NULL: none is known
CREATE INDEX devices_provider_session ON devices (provider_session) WHERE provider_session IS NOT NULL;
