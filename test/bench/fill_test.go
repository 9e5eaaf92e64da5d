package main

import (
	"testing"
	"time"

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
			c := &crowd{size: 10}
			if err := s.fill(c); err != nil {
				t.Fatal(err)
			}
			for user := range c.size {
				c.check(t, opened.Repositories(), user)
			}
			records, err := opened.Repositories().Audit.List(t.Context(), domain.AuditQuery{Limit: 100})
			if err != nil || len(records) != c.size*len(crowdDevices) {
				t.Errorf("%d audit records, %v", len(records), err)
			}
		})
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
