package application_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/application"
)

func TestLoginTypesAreWhatTheyAreAtPresent(t *testing.T) {
	offered, interactive := false, false
	types := application.LoginTypes{
		{Name: "always", Interactive: application.Always}, {Name: "never interactive"},
		{Name: "sometimes", Offered: func() bool { return offered }, Interactive: func() bool { return interactive }},
	}
	for _, c := range []struct{ offered, interactive bool }{{false, false}, {true, false}, {false, true}, {true, true}} {
		offered, interactive = c.offered, c.interactive
		_, known := types.Verifier("sometimes")
		if known != c.offered || len(types.Offered()) == 3 != c.offered {
			t.Errorf("%+v: known %v, of %v", c, known, types.Offered())
		}
		if both := c.offered && c.interactive; len(types.Interactive()) == 2 != both {
			t.Errorf("%+v: the stages are %v", c, types.Interactive())
		}
	}
	if _, known := types.Verifier("other"); known {
		t.Error("an unknown type is known")
	}
}

// pollUntilTold polls until it is told to stop.
type pollUntilTold struct{ began, ended chan struct{} }

func (p pollUntilTold) Poll(ctx context.Context) {
	close(p.began)
	<-ctx.Done()
	close(p.ended)
}

func TestPollingForKeysIsPartOfTheBackground(t *testing.T) {
	store := memstore.New()
	keys := pollUntilTold{make(chan struct{}), make(chan struct{})}
	seen := application.NewLastSeen(store.Repositories().Sightings, time.Now)
	background := application.Background{
		LastSeen: seen, Audit: application.NewAudit(store.Repositories().Audit, application.AuditRules{}, time.Now),
		KeySets: keys, Storage: store, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { background.Run(ctx); close(done) }()
	<-keys.began
	stop()
	<-done
	select {
	case <-keys.ended:
	default:
		t.Error("it goes on")
	}
}
