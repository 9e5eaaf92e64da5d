package gormstore_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// someCall makes one of a store's calls; which one, i says.
func someCall(ctx context.Context, store *gormstore.Store, i int) error {
	r := store.Repositories()
	var err error
	switch i % 10 {
	case 0:
		err = signIn(ctx, store, login(alice, "d", "new"))
	case 1:
		_, err = r.Sessions.ByAccessToken(ctx, access("warm0"), at)
	case 2:
		_, err = r.Sessions.Delete(ctx, session("warm0"))
	case 3:
		_, err = r.Sessions.DeleteAll(ctx, session("warm0"))
	case 4:
		_, err = r.Users.ByID(ctx, alice)
	case 5:
		err = store.InTransaction(ctx, func(tx ports.Repositories) error {
			_, err := tx.Devices.List(ctx, alice)
			return err
		})
	case 6:
		_, err = r.Users.Update(ctx, alice, func(u *domain.User) error { u.Admin = true; return nil })
	case 7:
		err = r.Sightings.Record(ctx, sightings(3))
	case 8:
		_, err = r.Tickets.DeleteExpired(ctx, at)
	case 9:
		_, err = r.Devices.DeleteAll(ctx, alice, "0")
	}
	return err
}

// warmUp fills the pool of connections.
func warmUp(t *testing.T, store *gormstore.Store) {
	t.Helper()
	each(t, 20, func(i int) error {
		return signIn(t.Context(), store, login(alice, domain.DeviceID(fmt.Sprint(i)), fmt.Sprint("warm", i)))
	})
}

// wantWorks wants many calls at once to succeed.
func wantWorks(t *testing.T, store *gormstore.Store) {
	t.Helper()
	each(t, 40, func(i int) error {
		err := signIn(t.Context(), store, login(alice, domain.DeviceID(fmt.Sprint(i)), fmt.Sprint("works", i)))
		if err != nil {
			return fmt.Errorf("sign-in %d afterwards: %w", i, err)
		}
		return nil
	})
}

// After a failover every connection in the pool is dead. One call meets them
// all.
func TestAPoolOfDeadConnectionsRefusesNobody(t *testing.T) {
	const connections = 32
	url := postgres.Open(t)
	store := migrated(t, closed(t)(gormstore.OpenPostgres(t.Context(), gormstore.Options{URL: url, MaxConnections: connections})))
	var full sync.WaitGroup
	full.Add(connections)
	each(t, connections, func(int) error {
		return store.InTransaction(t.Context(), func(tx ports.Repositories) error {
			_, err := tx.Devices.List(t.Context(), alice)
			full.Done()
			full.Wait() // until every connection is in use
			return err
		})
	})
	db := raw(t, url)
	const count = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname = current_database()"
	if alive := one[int](t, db, count); alive < connections {
		t.Fatalf("only %d connections", alive)
	}
	execute(t, db, terminateOthers+" AND datname = current_database()")
	for i := range 3 {
		if err := signIn(t.Context(), store, login(alice, "d", fmt.Sprint(i))); err != nil {
			t.Errorf("sign-in %d: %v", i, err)
		}
	}
}

// each calls do n times at once and wants no errors.
func each(t *testing.T, n int, do func(i int) error) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if err := do(i); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
