package gormstore_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/test/postgres"
)

// A standby says what was committed late, or never, and not what is under way: nothing
// is known in memory of what it is asked.
func TestNothingIsKnownInMemoryOnAStandby(t *testing.T) {
	server := postgres.StartFor(t)
	url := server.URL("postgres")
	store := caching(t, migrated(t, openPostgres(t, url)))
	known(t, store)
	data := one[string](t, raw(t, url), "SHOW data_directory")
	must(t, server.Halt())
	must(t, os.WriteFile(filepath.Join(data, "standby.signal"), nil, 0o600))
	must(t, server.Restart())
	if !one[bool](t, raw(t, url), "SELECT pg_is_in_recovery()") {
		t.Fatal("it is no standby")
	}
	for start := time.Now(); time.Since(start) < 5*time.Second; time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > time.Second && store.TrustsTokens() {
			t.Fatal("the cache is used")
		}
	}
	execute(t, raw(t, url), "SELECT pg_promote()")
	wantTrusted(t, store)
}
