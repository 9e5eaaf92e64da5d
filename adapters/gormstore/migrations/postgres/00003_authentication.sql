-- A session is found by the hash of its id, which all of its tokens hold; the
-- hashes of the tokens are compared in its row. So a refresh touches no index.
-- Tokens from before hold no such id: their devices are deleted, and whoever was
-- signed in signs in again. (There was no release with them.)
-- Times are milliseconds since 1970, UTC; NULL means never.

-- +goose Up
DELETE FROM devices;
DROP INDEX devices_refresh_hash, devices_previous_access_hash, devices_previous_refresh_hash;
ALTER TABLE devices
    DROP CONSTRAINT devices_access_hash_key,
    DROP COLUMN previous_access_hash,
    ALTER COLUMN access_hash DROP NOT NULL,
    ADD COLUMN session_hash      bytea UNIQUE, -- NULL: nobody is signed in with the device
    ADD COLUMN issued_at         bigint NOT NULL DEFAULT 0, -- when its current tokens were asked for
    ADD COLUMN last_seen_at      bigint,
    ADD COLUMN last_seen_address text NOT NULL DEFAULT '',
    ADD COLUMN last_seen_agent   text NOT NULL DEFAULT '',
    ADD CONSTRAINT devices_session CHECK ((session_hash IS NULL) = (access_hash IS NULL));

-- In display names, too, only A to Z have a case.
ALTER TABLE users
    ALTER COLUMN display_name TYPE text COLLATE "C",
    ADD COLUMN avatar_url    text    NOT NULL DEFAULT '',
    ADD COLUMN admin         boolean NOT NULL DEFAULT false,
    ADD COLUMN guest         boolean NOT NULL DEFAULT false,
    ADD COLUMN suspended     boolean NOT NULL DEFAULT false,
    ADD COLUMN erased        boolean NOT NULL DEFAULT false,
    ADD COLUMN password_hash text    NOT NULL DEFAULT ''; -- empty: none

CREATE TABLE third_party_ids (
    medium       text COLLATE "C" NOT NULL,
    address      text COLLATE "C" NOT NULL,
    user_id      text COLLATE "C" NOT NULL REFERENCES users (id),
    validated_at bigint NOT NULL,
    added_at     bigint NOT NULL,
    PRIMARY KEY (medium, address)
);
CREATE INDEX third_party_ids_user_id ON third_party_ids (user_id);

CREATE TABLE tickets (
    hash       bytea PRIMARY KEY,
    user_id    text COLLATE "C" REFERENCES users (id), -- NULL: nobody's
    expires_at bigint
);
CREATE INDEX tickets_user_id ON tickets (user_id);
CREATE INDEX tickets_expires_at ON tickets (expires_at);

-- Requests that wait to be confirmed. One that was carried out may be noted in
-- the same transaction before the user whom it created.
CREATE TABLE interactions (
    id                 bytea PRIMARY KEY,
    operation          text COLLATE "C" NOT NULL,
    user_id            text COLLATE "C" REFERENCES users (id), -- NULL: nobody's yet
    params             text    NOT NULL,
    password_hash      text    NOT NULL,
    completed          text, -- a JSON array, as is accepted; NULL: none
    registration_token text COLLATE "C",
    accepted           text,
    created_at         bigint  NOT NULL,
    expires_at         bigint,
    done               boolean NOT NULL,
    result             text COLLATE "C" REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX interactions_registration_token ON interactions (registration_token) WHERE registration_token IS NOT NULL;
CREATE INDEX interactions_expires_at ON interactions (expires_at);
CREATE INDEX interactions_user_id ON interactions (user_id);
CREATE INDEX interactions_result ON interactions (result);

CREATE TABLE registration_tokens (
    token        text COLLATE "C" PRIMARY KEY,
    uses_allowed bigint, -- NULL: any number
    completed    bigint NOT NULL,
    expires_at   bigint
);
