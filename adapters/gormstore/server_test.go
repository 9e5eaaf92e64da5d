package gormstore_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
)

func TestADatabaseBelongsToOneServer(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, store *gormstore.Store) {
		if err := store.CheckServer(t.Context(), "a.example"); err != nil {
			t.Errorf("a new database: %v", err)
		}
		for range 2 {
			if err := store.BelongTo(t.Context(), "a.example"); err != nil {
				t.Fatal(err)
			}
		}
		for name, err := range map[string]error{
			"check": store.CheckServer(t.Context(), "b.example"), "claim": store.BelongTo(t.Context(), "b.example"),
		} {
			if err == nil || !strings.Contains(err.Error(), "a.example") {
				t.Errorf("%s for another server: %v", name, err)
			}
		}
		if err := store.CheckServer(t.Context(), "a.example"); err != nil {
			t.Errorf("the right server: %v", err)
		}
	})
}

func TestOfManyServersAtOnceOneGetsTheDatabase(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, store *gormstore.Store) {
		var all sync.WaitGroup
		errs := make([]error, 10)
		for i := range errs {
			all.Go(func() { errs[i] = store.BelongTo(t.Context(), domain.ServerName(rune('a'+i))) })
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			}
		}
		if won != 1 {
			t.Errorf("%d servers have the database: %v", won, errs)
		}
	})
}
