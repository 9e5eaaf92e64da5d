package gormstore_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/test/postgres"
)

// BenchmarkTokenCache asks for the tokens of 1,000 users, 16 at a time for each
// processor: from a cache that knows all of them, from one that has room for 8, and
// without one.
func BenchmarkTokenCache(b *testing.B) {
	server := postgres.StartFor(b, postgres.Durable...)
	for _, c := range []struct {
		name   string
		tokens int
	}{{"known", 65536}, {"unknown", 8}, {"off", 0}} {
		must := func(err error) {
			if err != nil {
				b.Fatal(err)
			}
		}
		must(server.Exec("CREATE DATABASE " + c.name))
		for _, url := range []string{server.URL(c.name), newFile(b)} {
			store := migrated(b, reopened(b, url))
			if c.tokens > 0 {
				store.CacheTokens(c.tokens, time.Now)
				wantTrusted(b, store)
			}
			sessions := store.Repositories().Sessions
			for i := range 1000 {
				must(signIn(b.Context(), store, login(benchUser(int64(i)), "d", fmt.Sprint("first", i))))
				_, err := sessions.ByAccessToken(b.Context(), access(fmt.Sprint("first", i)), at)
				must(err)
			}
			b.Run(c.name+"/"+url[:6], func(b *testing.B) {
				var n atomic.Int64
				b.SetParallelism(16)
				b.ReportAllocs()
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
	}
}
