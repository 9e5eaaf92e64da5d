package gormstore_test

import (
	"database/sql"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// BenchmarkSignIn signs in 1,000 users on a device that they have: in groups, each
// alone, and as the database does it at best. That is pgbench with the shortest
// statement that is right, and on SQLite one goroutine that writes 64 at a time.
// PostgreSQL syncs every commit to the disk. Compare what ran in turn (-count).
func BenchmarkSignIn(b *testing.B) {
	server := postgres.StartFor(b, postgres.Durable...)
	url, file := server.URL("postgres"), newFile(b)
	stores := map[string]*gormstore.Store{
		"PostgreSQL/grouped": warm(b, openPostgres(b, url)),
		"PostgreSQL/alone":   closed(b)(gormstore.OpenPostgres(b.Context(), gormstore.Options{URL: url})),
		"SQLite/grouped":     warm(b, openSQLite(b, file)),
		"SQLite/alone":       closed(b)(gormstore.OpenSQLite(b.Context(), gormstore.Options{URL: file})),
	}
	for _, clients := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("PostgreSQL/pgbench/%d", clients), func(b *testing.B) { pgbench(b, url, clients) })
		for _, name := range slices.Sorted(maps.Keys(stores)) {
			b.Run(fmt.Sprintf("%s/%d", name, clients), func(b *testing.B) { signInMany(b, stores[name], clients) })
		}
	}
	b.Run("SQLite/raw", func(b *testing.B) { rawGroups(b, raw(b, file)) })
}

func signInMany(b *testing.B, store *gormstore.Store, clients int) {
	var n atomic.Int64
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
				in := login(benchUser(i*7), "d", fmt.Sprint(b.Name(), b.N, " ", i))
				if err := signIn(b.Context(), store, in); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

const leanSignIn = `
\set u random(0, 999)
WITH who AS (
	SELECT id FROM users WHERE id = '@user' || :u || chr(58) || 'example.org' AND NOT locked AND NOT deactivated FOR NO KEY UPDATE
)
INSERT INTO devices (user_id, device_id, display_name, created_at, session_hash, access_hash)
SELECT id, 'd', '', 1, sha256(uuid_send(gen_random_uuid())), sha256(uuid_send(gen_random_uuid())) FROM who
ON CONFLICT (user_id, device_id) DO UPDATE SET session_hash = excluded.session_hash, access_hash = excluded.access_hash
RETURNING user_id;
`

func pgbench(b *testing.B, url string, clients int) {
	script := filepath.Join(b.TempDir(), "lean.sql")
	if err := os.WriteFile(script, []byte(leanSignIn), 0o600); err != nil {
		b.Fatal(err)
	}
	out, err := exec.CommandContext(b.Context(), "pgbench", "--no-vacuum", "--protocol=prepared", "--jobs=2", "--file="+script,
		fmt.Sprint("--client=", clients), fmt.Sprint("--transactions=", max(b.N/clients, 1)), url).CombinedOutput()
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	var perSecond float64 // without the time for connecting
	_, said, _ := strings.Cut(string(out), "tps = ")
	if _, err := fmt.Sscan(said, &perSecond); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	b.ReportMetric(1e9/perSecond, "ns/op")
}

// rawGroups writes with prepared statements, past all that is ours.
func rawGroups(b *testing.B, db *sql.DB) {
	db.SetMaxOpenConns(1)
	execute(b, db, "PRAGMA synchronous = FULL")
	find, err := db.Prepare("SELECT id FROM users WHERE id = ? AND NOT locked AND NOT deactivated")
	if err != nil {
		b.Fatal(err)
	}
	put, err := db.Prepare(`INSERT INTO devices (user_id, device_id, display_name, created_at, session_hash, access_hash) VALUES (?, 'd', '', 1, ?, ?)
		ON CONFLICT (user_id, device_id) DO UPDATE SET session_hash = excluded.session_hash, access_hash = excluded.access_hash`)
	if err != nil {
		b.Fatal(err)
	}
	for i := int64(0); i < int64(b.N); {
		tx, err := db.Begin()
		if err != nil {
			b.Fatal(err)
		}
		find, put := tx.Stmt(find), tx.Stmt(put)
		for range 64 {
			i++
			name, id := fmt.Sprint(b.Name(), b.N, " ", i), ""
			err := find.QueryRow(string(benchUser(i * 7))).Scan(&id)
			if err == nil {
				session, access := session(name), access(name).Token
				_, err = put.Exec(id, session[:], access[:])
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
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
		warm(b, store)
		b.Run(name, func(b *testing.B) { run(b, store) })
	}
}

// warm makes 1,000 users, who are signed in.
func warm(b *testing.B, store *gormstore.Store) *gormstore.Store {
	b.Helper()
	migrated(b, store)
	for i := range int64(1000) {
		if err := signIn(b.Context(), store, login(benchUser(i), "d", fmt.Sprint("first", i))); err != nil {
			b.Fatal(err)
		}
	}
	return store
}
