package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestARawTransactionThatFailsLeavesNothingAndTheNextSucceeds(t *testing.T) {
	failure := errors.New("failed")
	for name, c := range map[string]struct {
		end  func(context.CancelFunc) error
		want error
	}{
		"error":              {func(context.CancelFunc) error { return failure }, failure},
		"context that ended": {func(cancel context.CancelFunc) error { cancel(); return nil }, context.Canceled},
		"panic":              {func(context.CancelFunc) error { panic(failure) }, failure},
	} {
		t.Run(name, func(t *testing.T) {
			store := newSQLite(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			err := func() (err error) {
				defer func() {
					if r := recover(); r != nil {
						err = r.(error)
					}
				}()
				return store.transactRaw(ctx, func(on statements) error {
					if err := putAlice(on); err != nil {
						t.Error(err)
					}
					return c.end(cancel)
				})
			}()
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if _, err := store.Repositories().Users.ByID(t.Context(), "@alice:x"); !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("half a transaction: %v", err)
			}
			if err := store.transactRaw(t.Context(), putAlice); err != nil {
				t.Error(err)
			}
			if _, err := store.Repositories().Users.ByID(t.Context(), "@alice:x"); err != nil {
				t.Error(err)
			}
		})
	}
}

// A connection that cannot leave its transaction is used by nobody after it.
func TestAConnectionThatIsLeftInATransactionIsClosed(t *testing.T) {
	store := newSQLite(t)
	failure := errors.New("failed")
	err := store.transactRaw(t.Context(), func(on statements) error {
		on.(*rawTransaction).conn.RegisterAuthorizer(func(action int, operation, _, _ string) int {
			if action == sqlite3.SQLITE_TRANSACTION && operation == "ROLLBACK" {
				return sqlite3.SQLITE_DENY
			}
			return sqlite3.SQLITE_OK
		})
		return errors.Join(putAlice(on), failure)
	})
	if !errors.Is(err, failure) {
		t.Errorf("got %v, want %v", err, failure)
	}
	if err := store.transactRaw(t.Context(), putAlice); err != nil {
		t.Error(err)
	}
}

// Both ways past GORM read and refuse the same.
func TestStatementsReadColumnsAsTheyAre(t *testing.T) {
	store := newSQLite(t)
	type row struct {
		text  string
		n     int64
		flag  bool
		bytes []byte
		none  []byte
		null  sql.NullInt64
	}
	const query = "SELECT ?, ?, ?, ?, ?, ? UNION ALL SELECT 'second', 0, 0, x'00', NULL, 7"
	for name, transact := range map[string]func(func(statements) error) error{
		"raw": func(do func(statements) error) error { return store.transactRaw(t.Context(), do) },
		"joined": func(do func(statements) error) error {
			tx, err := store.pools[0].BeginTx(t.Context(), nil)
			if err != nil {
				return err
			}
			return errors.Join(do(joined{t.Context(), tx}), tx.Commit())
		},
	} {
		err := transact(func(on statements) error {
			var r row
			var got []row
			columns := []any{&r.text, &r.n, &r.flag, &r.bytes, &r.none, &r.null}
			args := []any{"a\x00ä", int64(1) << 62, true, []byte("b"), []byte(nil), sql.NullInt64{}}
			err := on.each(query, args, columns, func() bool { got = append(got, r); return true })
			if err != nil || len(got) != 2 {
				t.Fatal(name, err, got)
			}
			if g := got[0]; g.text != "a\x00ä" || g.n != 1<<62 || !g.flag || string(g.bytes) != "b" || g.none != nil || g.null.Valid {
				t.Errorf("%s: %+v", name, g)
			}
			if g := got[1]; g.text != "second" || g.flag || string(g.bytes) != "\x00" || g.null.Int64 != 7 {
				t.Errorf("%s: %+v", name, g)
			}
			if err := queryRow(on, query, args, columns); err != nil || r.text != "a\x00ä" {
				t.Errorf("%s: %v, %+v", name, err, r)
			}
			if err := queryRow(on, "SELECT 1 WHERE false", nil, []any{&r.n}); !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("%s: no row: %v", name, err)
			}
			if err := queryRow(on, "SELECT 'text'", nil, []any{&r.n}); err == nil {
				t.Errorf("%s: a text was read as a number", name)
			}
			var refusal sqlite3.Error
			err = execute(on, "INSERT INTO links (key, provider, issuer, subject, user_id, created_at) VALUES (x'00', '', '', '', 'nobody', 0)")
			if !errors.As(err, &refusal) || refusal.ExtendedCode != sqlite3.ErrConstraintForeignKey {
				t.Errorf("%s: a link of nobody's: %v", name, err)
			}
			return nil
		})
		if err != nil {
			t.Error(name, err)
		}
	}
}

// A statement that is planned again for the values of its parameters costs several
// times as much.
func TestNoStatementOfASessionIsPlannedTwice(t *testing.T) {
	store := newSQLite(t)
	var planned int
	err := store.transactRaw(t.Context(), func(on statements) error {
		conn := on.(*rawTransaction).conn
		conn.RegisterAuthorizer(func(int, string, string, string) int { planned++; return sqlite3.SQLITE_OK })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sessions := store.Repositories().Sessions
	for i := range 20 {
		if i == 10 {
			if planned == 0 {
				t.Fatal("nothing was planned")
			}
			planned = 0
		}
		in := domain.SignIn{
			Users: []domain.UserID{domain.UserID(string(rune('a' + i)))}, Create: true, Device: "d",
			SessionID: domain.TokenHash{byte(i), 1}, Pair: domain.Pair{Access: domain.TokenHash{1}, Refresh: domain.TokenHash{2}}, At: time.UnixMilli(1),
		}
		for range 2 { // created, and there
			if _, err := sessions.SignIn(t.Context(), in); err != nil {
				t.Fatal(err)
			}
		}
		renewal := domain.Renewal{Token: domain.TokenKey{Session: in.SessionID, Token: in.Refresh}, Pair: in.Pair, At: in.At}
		if _, err := sessions.Refresh(t.Context(), renewal); err != nil {
			t.Fatal(err)
		}
		// The first use is written down.
		if _, err := sessions.ByAccessToken(t.Context(), domain.TokenKey{Session: in.SessionID, Token: in.Access}, in.At); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			if _, err := sessions.Delete(t.Context(), in.SessionID); err != nil {
				t.Fatal(err)
			}
		} else if _, err := sessions.DeleteAll(t.Context(), in.SessionID); err != nil {
			t.Fatal(err)
		}
	}
	if planned > 0 {
		t.Errorf("%d parts of statements were planned again", planned)
	}
}

func putAlice(on statements) error {
	return execute(on, putUser, "@alice:x", "", "", 0, false)
}

func newSQLite(t *testing.T) *Store {
	t.Helper()
	return opened(t)(OpenSQLite(t.Context(), Options{URL: "sqlite:" + filepath.Join(t.TempDir(), "x")}))
}
