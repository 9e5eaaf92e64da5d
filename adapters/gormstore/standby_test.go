package gormstore_test

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/seed-31b6c987/doorward/test/postgres"
)

// A standby says what was committed late, or never, and not what is under way: nothing
// is known in memory of what it is asked.
func TestNothingIsKnownInMemoryOnAStandby(t *testing.T) {
	server := postgres.StartFor(t)
	url := server.URL("postgres")
	store := migrated(t, openPostgres(t, url))
	var connections atomic.Int32
	store.BeforeWatching(func() { connections.Add(1) })
	known(t, caching(t, store))
	data := one[string](t, raw(t, url), "SHOW data_directory")
	must(t, server.Halt())
	must(t, os.WriteFile(filepath.Join(data, "standby.signal"), nil, 0o600))
	must(t, server.Restart())
	if !one[bool](t, raw(t, url), "SELECT pg_is_in_recovery()") {
		t.Fatal("it is no standby")
	}
	// Whoever connects again has looked in vain.
	before := connections.Load()
	waitFor(t, "attempts", func() bool { return connections.Load() >= before+2 })
	if store.TrustsTokens() {
		t.Error("the cache is used")
	}
	execute(t, raw(t, url), "SELECT pg_promote()")
	wantTrusted(t, store)
}
