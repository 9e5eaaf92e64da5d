-- Whose tokens changed, in the order of the commits: servers that keep in memory whose
-- tokens are read it again and again, since somebody else may have written. What is old
-- is of no use; whoever missed it forgets everything. A token that was never used is
-- kept by nobody.

-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE token_changes (
    n       INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL
);

-- +goose StatementBegin
CREATE TRIGGER token_changes_bounded AFTER INSERT ON token_changes WHEN NEW.n % 1000 = 0
BEGIN
    DELETE FROM token_changes WHERE n <= NEW.n - 10000;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER token_deleted AFTER DELETE ON devices
WHEN OLD.session_hash IS NOT NULL AND OLD.confirmed
BEGIN
    INSERT INTO token_changes (user_id) VALUES (OLD.user_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER token_changed AFTER UPDATE OF user_id, device_id, session_hash, access_hash, access_expires_at ON devices
WHEN OLD.session_hash IS NOT NULL AND OLD.confirmed
    AND (OLD.user_id, OLD.device_id, OLD.session_hash, OLD.access_hash, OLD.access_expires_at)
        IS NOT (NEW.user_id, NEW.device_id, NEW.session_hash, NEW.access_hash, NEW.access_expires_at)
BEGIN
    INSERT INTO token_changes (user_id) VALUES (OLD.user_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER user_changed
AFTER UPDATE OF id, display_name, avatar_url, admin, guest, locked, suspended, deactivated, erased ON users
WHEN (OLD.id, OLD.display_name, OLD.avatar_url, OLD.admin, OLD.guest, OLD.locked, OLD.suspended, OLD.deactivated, OLD.erased)
    IS NOT (NEW.id, NEW.display_name, NEW.avatar_url, NEW.admin, NEW.guest, NEW.locked, NEW.suspended, NEW.deactivated, NEW.erased)
BEGIN
    INSERT INTO token_changes (user_id) VALUES (OLD.id);
END;
-- +goose StatementEnd

-- A user who has devices is deleted only by whoever checks no foreign keys, as the
-- command of SQLite by default.
-- +goose StatementBegin
CREATE TRIGGER user_deleted AFTER DELETE ON users
BEGIN
    INSERT INTO token_changes (user_id) VALUES (OLD.id);
END;
-- +goose StatementEnd

-- REPLACE deletes without a trigger.
-- +goose StatementBegin
CREATE TRIGGER user_replaced BEFORE INSERT ON users
WHEN EXISTS (SELECT 1 FROM users WHERE id = NEW.id)
BEGIN
    INSERT INTO token_changes (user_id) VALUES (NEW.id);
END;
-- +goose StatementEnd
