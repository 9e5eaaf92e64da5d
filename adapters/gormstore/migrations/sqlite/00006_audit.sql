-- Who did what, when and from where. Users are not referred to: records outlive
-- them. Empty texts mean none. Times are milliseconds since 1970, UTC.

-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE audit_records (
    id           TEXT    NOT NULL PRIMARY KEY, -- that of the request
    at           INTEGER NOT NULL,
    event        TEXT    NOT NULL,
    result       TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    detail       TEXT    NOT NULL,
    login_type   TEXT    NOT NULL,
    provider     TEXT    NOT NULL,
    key_id       TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    verified     INTEGER NOT NULL CHECK (verified IN (0, 1)),
    user_id      TEXT    NOT NULL,
    user_created INTEGER NOT NULL CHECK (user_created IN (0, 1)),
    device_id    TEXT    NOT NULL,
    actor        TEXT    NOT NULL,
    address      TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_records_at ON audit_records (at, id);
CREATE INDEX audit_records_user_id ON audit_records (user_id, at, id);
