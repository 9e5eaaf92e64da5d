package gormstore

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// empty empties a database, and makes some of the users if the seed says so.
func empty(t *testing.T, s *Store, seed uint64) {
	t.Helper()
	for _, table := range []string{"devices", "links", "third_party_ids", "users"} {
		if _, err := s.pools[0].ExecContext(t.Context(), "DELETE FROM "+table); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 10 {
		if seed>>i&1 == 0 {
			continue
		}
		user := domain.User{ID: domain.UserID(fmt.Sprint("@u", i)), Locked: i == 3, Deactivated: i == 4, CreatedAt: time.UnixMilli(5)}
		if i > 7 {
			user.ID = domain.UserID(fmt.Sprint("@U", i-8))
		}
		if err := s.Repositories().Users.Create(t.Context(), user); err != nil {
			t.Fatal(err)
		}
	}
}

func copyUsers(t *testing.T, from, to *Store) {
	t.Helper()
	list, _, err := from.Repositories().Users.List(t.Context(), domain.UserQuery{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, user := range list {
		if err := to.Repositories().Users.Create(t.Context(), user); err != nil {
			t.Fatal(err)
		}
	}
}

// stored is all that sign-ins write.
func stored(t *testing.T, s *Store) (rows []string) {
	t.Helper()
	for _, table := range []string{"users", "links", "third_party_ids", "devices"} {
		order := map[string]string{"users": "id", "links": "key", "third_party_ids": "address", "devices": "user_id, device_id"}[table]
		found, err := s.pools[0].QueryContext(t.Context(), "SELECT * FROM "+table+" ORDER BY "+order)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, texts(t, found)...)
	}
	return rows
}

func texts(t *testing.T, rows *sql.Rows) (list []string) {
	t.Helper()
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		text := ""
		for i, v := range values {
			text += fmt.Sprintf("%s=%v ", columns[i], *v.(*any))
		}
		list = append(list, text)
	}
	return list
}

func opened(t *testing.T) func(*Store, error) *Store {
	return func(s *Store, err error) *Store {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		return s
	}
}
