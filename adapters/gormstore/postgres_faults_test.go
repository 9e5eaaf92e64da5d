package gormstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

func TestAFrozenPostgreSQLIsUnavailableWithinFiveSecondsAndComesBack(t *testing.T) {
	server := postgres.StartFor(t)
	store := migrated(t, openPostgres(t, server.URL("postgres")))
	warmUp(t, store)
	if err := server.Freeze(); err != nil {
		t.Fatal(err)
	}
	// More calls than connections: some wait for one.
	each(t, 40, func(i int) error {
		start := time.Now()
		err := someCall(t.Context(), store, i)
		if took := time.Since(start); !errors.Is(err, domain.ErrUnavailable) || took > 5*time.Second {
			return fmt.Errorf("call %d: %w after %v", i, err, took)
		}
		return nil
	})
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := someCall(short, store, 0); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("an impatient caller got %v", err)
	}
	if err := server.Thaw(); err != nil {
		t.Fatal(err)
	}
	wantWorks(t, store)
}

func TestAPostgreSQLThatWasRestartedIsUsedWithoutAnErrorOfItsOld(t *testing.T) {
	server := postgres.StartFor(t)
	store := migrated(t, openPostgres(t, server.URL("postgres")))
	for name, stop := range map[string]func() error{"stopped": server.Halt, "killed": server.Kill} {
		warmUp(t, store)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		each(t, 10, func(i int) error {
			if err := someCall(t.Context(), store, i); !errors.Is(err, domain.ErrUnavailable) {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
		if err := server.Restart(); err != nil {
			t.Fatal(err)
		}
		wantWorks(t, store)
	}
}

func TestAServerThatDiesInsideATransactionLeavesNothing(t *testing.T) {
	server := postgres.StartFor(t)
	store := migrated(t, openPostgres(t, server.URL("postgres")))
	err := store.InTransaction(t.Context(), func(tx ports.Repositories) error {
		if _, err := tx.Sessions.SignIn(t.Context(), login(alice, "d", "t")); err != nil {
			return err
		}
		return server.Kill()
	})
	if !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Repositories().Users.ByID(t.Context(), alice); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("half a login: %v", err)
	}
}

func TestATransactionWhoseConnectionIsTerminatedIsTriedAgain(t *testing.T) {
	server := postgres.StartFor(t)
	store := migrated(t, openPostgres(t, server.URL("postgres")))
	tries := 0
	err := store.InTransaction(t.Context(), func(tx ports.Repositories) error {
		tries++
		if _, err := tx.Sessions.SignIn(t.Context(), login(alice, domain.DeviceID(fmt.Sprint(tries)), "t")); err != nil {
			return err
		}
		if tries == 1 {
			if err := server.Exec(terminateOthers); err != nil {
				return err
			}
		}
		_, err := tx.Sessions.ByAccessToken(t.Context(), access("t"), at)
		return err
	})
	if err != nil || tries != 2 {
		t.Fatalf("%d tries, %v", tries, err)
	}
	list, err := store.Repositories().Devices.List(t.Context(), alice)
	if err != nil || len(list) != 1 || list[0].ID != "2" {
		t.Errorf("devices %v, %v", list, err)
	}
}

func TestTerminatedConnectionsNeverRefuseAnybody(t *testing.T) {
	server := postgres.StartFor(t)
	store := migrated(t, openPostgres(t, server.URL("postgres")))
	warmUp(t, store)
	for round := range 10 {
		each(t, 8, func(i int) error {
			if i == 0 {
				return server.Exec(terminateOthers)
			}
			err := signIn(t.Context(), store, login(alice, "d", fmt.Sprint(round, "-", i)))
			if err != nil && !errors.Is(err, domain.ErrUnavailable) {
				return err
			}
			return nil
		})
	}
	wantWorks(t, store)
	if open := store.Writer().Stats().OpenConnections; open > store.Writer().Stats().MaxOpenConnections {
		t.Errorf("%d connections are open", open)
	}
}

func TestTransactionsThatWaitForEachOtherBothSucceed(t *testing.T) {
	server := postgres.StartFor(t, "deadlock_timeout=50ms")
	store := migrated(t, openPostgres(t, server.URL("postgres")))
	users := []domain.UserID{alice, "@bob:example.org"}
	for _, user := range users {
		if err := store.Repositories().Users.Create(t.Context(), domain.User{ID: user}); err != nil {
			t.Fatal(err)
		}
	}
	var met sync.WaitGroup
	met.Add(len(users))
	var tries [2]int
	each(t, len(users), func(i int) error {
		return store.InTransaction(t.Context(), func(tx ports.Repositories) error {
			tries[i]++
			_, err := tx.Sessions.SignIn(t.Context(), login(users[i], "d", fmt.Sprint(i, "first")))
			if err != nil {
				return err
			}
			if tries[i] == 1 {
				met.Done()
				met.Wait()
			}
			_, err = tx.Sessions.SignIn(t.Context(), login(users[1-i], "e", fmt.Sprint(i, "second")))
			return err
		})
	})
	if tries[0]+tries[1] < 3 {
		t.Errorf("tries: %v", tries)
	}
	for _, token := range []string{"0first", "0second", "1first", "1second"} {
		if _, err := store.Repositories().Sessions.ByAccessToken(t.Context(), access(token), at); err != nil {
			t.Errorf("%s: %v", token, err)
		}
	}
}

func TestAServerWithoutRoomForConnectionsIsUnavailableUntilThereIsSome(t *testing.T) {
	server := postgres.StartFor(t, "max_connections=5", "superuser_reserved_connections=0", "max_wal_senders=0")
	store := migrated(t, closed(t)(gormstore.OpenPostgres(t.Context(),
		gormstore.Options{URL: server.URL("postgres"), MaxConnections: 3})))
	warmUp(t, store)
	release := takeAllConnections(t, server)
	each(t, 10, func(i int) error {
		if err := someCall(t.Context(), store, i); !errors.Is(err, domain.ErrUnavailable) {
			return fmt.Errorf("call %d: %w", i, err)
		}
		return nil
	})
	release()
	await(t, raw(t, server.URL("postgres")), `SELECT count(*) = 1 FROM pg_stat_activity
		WHERE backend_type = 'client backend' AND application_name <> 'doorward'`)
	wantWorks(t, store)
}

// takeAllConnections terminates all connections to the server and takes as many
// as it gives, until release is called.
func takeAllConnections(t *testing.T, server *postgres.Server) (release func()) {
	t.Helper()
	if err := server.Exec(terminateOthers); err != nil {
		t.Fatal(err)
	}
	others := raw(t, server.URL("postgres"))
	others.SetMaxIdleConns(-1)
	var taken []*sql.Conn
	for len(taken) < 5 {
		// The places of the terminated ones become free one by one.
		if conn, err := others.Conn(t.Context()); err == nil {
			taken = append(taken, conn)
		}
	}
	return func() {
		for _, conn := range taken {
			if err := conn.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

const terminateOthers = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`
