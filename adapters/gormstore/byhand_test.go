package gormstore_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// One by one, the statements that an operator may write are heard of, also those that
// move a device, end the user of one, or take a table away without a row's trigger.
func TestAStoreKnowsWithinASecondWhatNobodyButAnOperatorDoes(t *testing.T) {
	isOf := func(user domain.UserID, device domain.DeviceID) func(domain.Bearer, error) bool {
		return func(b domain.Bearer, err error) bool { return err == nil && b.User.ID == user && b.Device == device }
	}
	type statement struct {
		text string
		is   func(domain.Bearer, error) bool
	}
	both := []statement{
		{"UPDATE devices SET user_id = '@bob:example.org'", isOf("@bob:example.org", "d")},
		{"UPDATE devices SET device_id = 'e'", isOf(alice, "e")},
	}
	statements := map[string][]statement{
		"PostgreSQL": append(both,
			statement{"TRUNCATE devices", isGone},
			statement{"TRUNCATE users CASCADE", isGone},
			statement{`BEGIN; ALTER TABLE devices RENAME TO old; CREATE TABLE devices (LIKE old INCLUDING ALL); DROP TABLE old; COMMIT`, isGone},
		),
		"SQLite": append(both, // whose own command checks no foreign keys
			statement{"PRAGMA foreign_keys = OFF; UPDATE users SET id = 'x' WHERE id = '@alice:example.org'", isGone},
			statement{"PRAGMA foreign_keys = OFF; DELETE FROM users WHERE id = '@alice:example.org'", isGone},
			statement{"DELETE FROM token_changes; DELETE FROM devices", isGone},
			statement{"REPLACE INTO users (id, display_name, created_at, locked) VALUES ('@alice:example.org', '', 1, true)",
				isUser(func(u *domain.User) { u.Locked = true })},
		),
	}
	for name, list := range statements {
		t.Run(name, func(t *testing.T) {
			for _, s := range list {
				t.Run(s.text, func(t *testing.T) {
					url := newFile(t)
					if name == "PostgreSQL" {
						url = postgres.Open(t)
					}
					store := caching(t, migrated(t, reopened(t, url)))
					must(t, signIn(t.Context(), store, login("@bob:example.org", "b", "b")))
					for range 5 { // changes were made before
						known(t, store)
					}
					execute(t, raw(t, url), s.text)
					wantWithinASecond(t, s.text, func() bool { return s.is(ask(t, store)) })
				})
			}
		})
	}
}

// A backup that is written over the file of a running server takes what was signed in
// since, and no trigger runs.
func TestAStoreKnowsWithinASecondThatItsFileWasRestored(t *testing.T) {
	url := newFile(t)
	store := caching(t, migrated(t, openSQLite(t, url)))
	backup := filepath.Join(t.TempDir(), "backup")
	execute(t, raw(t, url), "VACUUM INTO '"+backup+"'")
	must(t, signIn(t.Context(), store, login(alice, "d", "t")))
	for before := store.TokenCacheStats().Hits; store.TokenCacheStats().Hits == before; {
		_, err := ask(t, store)
		must(t, err)
	}
	must(t, restore(t.Context(), raw(t, url), backup))
	wantWithinASecond(t, "a restored file", func() bool { return isGone(ask(t, store)) })
}

// restore is the command .restore of sqlite3.
func restore(ctx context.Context, into *sql.DB, file string) error {
	from, err := sql.Open("sqlite3", file)
	if err != nil {
		return err
	}
	defer from.Close()
	return onDriver(ctx, into, func(into *sqlite3.SQLiteConn) error {
		return onDriver(ctx, from, func(from *sqlite3.SQLiteConn) error {
			backup, err := into.Backup("main", from, "main")
			if err != nil {
				return err
			}
			_, err = backup.Step(-1)
			return errors.Join(err, backup.Finish())
		})
	})
}

func onDriver(ctx context.Context, pool *sql.DB, do func(*sqlite3.SQLiteConn) error) error {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(driver any) error { return do(driver.(*sqlite3.SQLiteConn)) })
}

// The clocks of servers differ. One that is late would let in who has a token that
// expired by that of the other, and was replaced.
func TestATokenThatWasReplacedIsStaleByAnyClock(t *testing.T) {
	onBoth(t, func(t *testing.T, url string, early *gormstore.Store) {
		late := caching(t, reopened(t, url))
		in := login(alice, "d", "t")
		in.Refresh, in.AccessExpires = domain.Token("refresh").Hash(), at.Add(5*time.Minute)
		must(t, signIn(t.Context(), early, in))
		for before := late.TokenCacheStats().Hits; late.TokenCacheStats().Hits == before; {
			_, err := ask(t, late)
			must(t, err)
		}
		_, err := early.Repositories().Sessions.Refresh(t.Context(), domain.Renewal{
			Token: domain.TokenKey{Session: session("t"), Token: in.Refresh}, At: at.Add(time.Hour),
			Pair: domain.Pair{Access: access("next").Token, Refresh: domain.Token("2").Hash()},
		})
		must(t, err)
		wantWithinASecond(t, "a refresh", func() bool { return isStale(ask(t, late)) })
	})
}
