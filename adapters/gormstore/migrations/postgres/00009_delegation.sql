-- What the homeserver has not heard yet, and who may tell it about which user.
-- Users are not referred to: both may outlive them. Empty texts mean none. Times
-- are milliseconds since 1970, UTC.

-- +goose Up
CREATE TABLE outbox (
    seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- never used again
    user_id    text COLLATE "C" NOT NULL,
    kind       text   NOT NULL,
    device_id  text   NOT NULL,
    body       text   NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX outbox_user_id ON outbox (user_id, seq);

-- Nothing but the user is indexed: so a lease changes in place.
CREATE TABLE leases (
    user_id  text COLLATE "C" PRIMARY KEY,
    holder   text COLLATE "C" NOT NULL,
    until    bigint  NOT NULL,
    known    boolean NOT NULL,
    failures integer NOT NULL,
    retry_at bigint  NOT NULL
);
