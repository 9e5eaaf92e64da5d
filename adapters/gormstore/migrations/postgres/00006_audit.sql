-- Who did what, when and from where. Users are not referred to: records outlive
-- them. Empty texts mean none. Times are milliseconds since 1970, UTC.

-- +goose Up
CREATE TABLE audit_records (
    id           text COLLATE "C" PRIMARY KEY, -- that of the request
    at           bigint  NOT NULL,
    event        text COLLATE "C" NOT NULL,
    result       text    NOT NULL,
    reason       text    NOT NULL,
    detail       text    NOT NULL,
    login_type   text    NOT NULL,
    provider     text    NOT NULL,
    key_id       text    NOT NULL,
    subject      text    NOT NULL,
    verified     boolean NOT NULL,
    user_id      text COLLATE "C" NOT NULL,
    user_created boolean NOT NULL,
    device_id    text    NOT NULL,
    actor        text    NOT NULL,
    address      text    NOT NULL
);
CREATE INDEX audit_records_at ON audit_records (at, id);
CREATE INDEX audit_records_user_id ON audit_records (user_id, at, id);
