-- Whose tokens changed: servers that keep in memory whose tokens are read it again and
-- again, since somebody else may have written. Each change is there with the
-- transaction that made it, and is deleted when everybody has read it. A token that was
-- never used is kept by nobody. One that expired may be: others may have another clock.

-- +goose Up
CREATE TABLE token_changes (
    xact    xid8 NOT NULL DEFAULT pg_current_xact_id(),
    user_id text COLLATE "C" NOT NULL
);
CREATE INDEX token_changes_xact ON token_changes (xact);

-- +goose StatementBegin
CREATE FUNCTION doorward_device_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO token_changes (user_id) VALUES (OLD.user_id);
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION doorward_user_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO token_changes (user_id) VALUES (OLD.id);
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER token_deleted AFTER DELETE ON devices FOR EACH ROW
    WHEN (OLD.session_hash IS NOT NULL AND OLD.confirmed)
    EXECUTE FUNCTION doorward_device_changed();

CREATE TRIGGER token_changed AFTER UPDATE OF user_id, device_id, session_hash, access_hash, access_expires_at ON devices FOR EACH ROW
    WHEN (OLD.session_hash IS NOT NULL AND OLD.confirmed
        AND (OLD.user_id, OLD.device_id, OLD.session_hash, OLD.access_hash, OLD.access_expires_at)
            IS DISTINCT FROM (NEW.user_id, NEW.device_id, NEW.session_hash, NEW.access_hash, NEW.access_expires_at))
    EXECUTE FUNCTION doorward_device_changed();

CREATE TRIGGER user_changed
    AFTER UPDATE OF display_name, avatar_url, admin, guest, locked, suspended, deactivated, erased ON users FOR EACH ROW
    WHEN ((OLD.display_name, OLD.avatar_url, OLD.admin, OLD.guest, OLD.locked, OLD.suspended, OLD.deactivated, OLD.erased)
            IS DISTINCT FROM
            (NEW.display_name, NEW.avatar_url, NEW.admin, NEW.guest, NEW.locked, NEW.suspended, NEW.deactivated, NEW.erased))
    EXECUTE FUNCTION doorward_user_changed();
