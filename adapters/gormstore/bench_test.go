package gormstore_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// BenchmarkSignIn signs in 1,000 users on a device that they have, 16 at a time
// for each processor, on a PostgreSQL that syncs every commit to the disk.
func BenchmarkSignIn(b *testing.B) {
	onEach(b, func(b *testing.B, store *gormstore.Store) {
		var n atomic.Int64
		b.SetParallelism(16)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				i := n.Add(1)
				if err := signIn(b.Context(), store, login(benchUser(i), "d", fmt.Sprint("t", i))); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

// BenchmarkByAccessToken asks for the tokens of 1,000 users, 16 at a time for
// each processor.
func BenchmarkByAccessToken(b *testing.B) {
	onEach(b, func(b *testing.B, store *gormstore.Store) {
		sessions := store.Repositories().Sessions
		var n atomic.Int64
		b.SetParallelism(16)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				token := access(fmt.Sprint("first", n.Add(1)%1000))
				if _, err := sessions.ByAccessToken(b.Context(), token, at); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

// BenchmarkRefresh refreshes devices again and again, 16 of them at a time for
// each processor.
func BenchmarkRefresh(b *testing.B) {
	onEach(b, func(b *testing.B, store *gormstore.Store) {
		sessions := store.Repositories().Sessions
		var n atomic.Int64
		b.SetParallelism(16)
		b.RunParallel(func(pb *testing.PB) {
			device := n.Add(1)
			id := domain.NewSessionID()
			in := login(benchUser(device), "d", "")
			in.SessionID, in.Pair = id.Hash(), domain.Lifetimes{}.Issue(id, true, at).Pair
			if err := signIn(b.Context(), store, in); err != nil {
				b.Error(err)
			}
			for pb.Next() {
				next := domain.Lifetimes{}.Issue(id, true, at).Pair
				token := domain.TokenKey{Session: in.SessionID, Token: in.Refresh}
				if _, err := sessions.Refresh(b.Context(), domain.Renewal{Token: token, Pair: next, At: at}); err != nil {
					b.Error(err)
				}
				in.Pair = next
			}
		})
	})
}

func benchUser(i int64) domain.UserID {
	return domain.UserID(fmt.Sprintf("@user%d:example.org", i%1000))
}

// onEach runs a benchmark on each dialect, with 1,000 users who are signed in.
func onEach(b *testing.B, run func(*testing.B, *gormstore.Store)) {
	server := postgres.StartFor(b, postgres.Durable...)
	for name, store := range map[string]*gormstore.Store{
		"PostgreSQL": openPostgres(b, server.URL("postgres")),
		"SQLite":     openSQLite(b, newFile(b)),
	} {
		migrated(b, store)
		for i := range int64(1000) {
			if err := signIn(b.Context(), store, login(benchUser(i), "d", fmt.Sprint("first", i))); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(name, func(b *testing.B) { run(b, store) })
	}
}
