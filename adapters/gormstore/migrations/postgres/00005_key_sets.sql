-- Documents with keys that were fetched, as they came. They outlive a restart
-- while their host cannot be reached.

-- +goose Up
CREATE TABLE key_sets (
    url        text COLLATE "C" PRIMARY KEY,
    document   bytea  NOT NULL,
    fetched_at bigint NOT NULL -- milliseconds since 1970, UTC
);
