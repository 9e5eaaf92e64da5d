package main

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// Whoever is made can do what is measured: ask with the token of one device,
// refresh on another, and sign in as who they are.
func TestEverybodyOfACrowdCanBeThatUser(t *testing.T) {
	for _, store := range []string{onPostgres, onSQLite} {
		t.Run(store, func(t *testing.T) {
			s := &site{bench: &bench{began: time.Now()}, store: store, dir: t.TempDir()}
			if store == onPostgres {
				s.server = postgres.StartFor(t)
			}
			var err error
			if s.database, err = s.newDatabase("crowd"); err != nil {
				t.Fatal(err)
			}
			opened, err := s.adapter()
			if err != nil {
				t.Fatal(err)
			}
			defer opened.Close()
			if err := opened.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			c := &crowd{size: 20, active: 10}
			if err := s.fill(c); err != nil {
				t.Fatal(err)
			}
			if store == onPostgres {
				s.checkIndexes(t)
			}
			for i := range c.active {
				c.check(t, opened.Repositories(), c.number(i))
			}
			_, users, err := opened.Repositories().Users.List(t.Context(), domain.UserQuery{Limit: 1})
			if err != nil || users != c.size {
				t.Errorf("%d users, %v", users, err)
			}
			records, err := opened.Repositories().Audit.List(t.Context(), domain.AuditQuery{Limit: 100})
			if err != nil || len(records) != c.size*len(crowdDevices) {
				t.Errorf("%d audit records, %v", len(records), err)
			}
		})
	}
}

// checkIndexes makes the indexes by hashes, too, and wants each to be whole.
func (s *site) checkIndexes(t *testing.T) {
	t.Helper()
	if err := s.makeIndexes(true); err != nil {
		t.Fatal(err)
	}
	err := s.onPostgres(func(ctx context.Context, conn *pgx.Conn) error {
		var bad, entries, rows int
		err := conn.QueryRow(ctx, `
			SELECT (SELECT count(*) FROM pg_index WHERE NOT indisready OR NOT indisvalid),
				(SELECT reltuples FROM pg_class WHERE relname = 'devices_session_hash_key'), (SELECT count(*) FROM devices)`).Scan(&bad, &entries, &rows)
		if bad > 0 || entries != rows {
			t.Errorf("%d indexes are not ready; one has %d entries for %d rows", bad, entries, rows)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (c *crowd) check(t *testing.T, r ports.Repositories, user int) {
	t.Helper()
	now := time.Now()
	id := domain.UserID(userID(user))
	for device, name := range crowdDevices {
		found, err := r.Sessions.ByAccessToken(t.Context(), crowdToken(domain.AccessToken, user, device).Key(), now)
		if err != nil || found.User.ID != id || string(found.Device) != name {
			t.Errorf("%s, %s: %+v, %v", id, name, found, err)
		}
		refresh := crowdToken(domain.RefreshToken, user, device)
		next := domain.Lifetimes{}.Issue(refresh.Session(), true, now)
		if _, err := r.Sessions.Refresh(t.Context(), domain.Renewal{Token: refresh.Key(), Pair: next.Pair, At: now}); err != nil {
			t.Errorf("%s, %s: %v", id, name, err)
		}
	}
	link := domain.Link{Provider: "corp", Issuer: "https://corp.example", Subject: localpart(user)}
	if linked, err := r.Links.List(t.Context(), id); err != nil || len(linked) != 1 || linked[0] != link {
		t.Errorf("%s: %v, %v", id, linked, err)
	}
}
