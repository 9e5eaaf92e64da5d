package application_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

func TestWhatIsLeftIsWrittenDownInTheEnd(t *testing.T) {
	d, log := &diary{}, &bytes.Buffer{}
	seen := application.NewLastSeen(d, func() time.Time { return at })
	b := application.Background{LastSeen: seen, Audit: newAudit(newLedger(), kept), Log: slog.New(slog.NewTextHandler(log, nil))}
	ended, end := context.WithCancel(t.Context())
	end()
	seen.Note(domain.Bearer{User: domain.User{ID: alices}, Device: "PHONE"}, "", "")
	b.Run(ended)
	if got := d.wrote(); len(got) != 1 || log.Len() != 0 {
		t.Errorf("wrote %q and logged %q", got, log)
	}
	d.shut = domain.ErrUnavailable
	seen.Note(domain.Bearer{User: domain.User{ID: alices}, Device: "PHONE"}, "", "")
	b.Run(ended)
	if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), domain.ErrUnavailable.Error()) {
		t.Errorf("logged %q", log)
	}
}

// lost is a storage whose interactions cannot be reached.
type lost struct{ ports.Storage }

type lostInteractions struct{ ports.InteractionRepository }

func (lostInteractions) DeleteExpired(context.Context, time.Time) (int, error) {
	return 0, domain.ErrUnavailable
}

func (l lost) Repositories() ports.Repositories {
	r := l.Storage.Repositories()
	r.Interactions = lostInteractions{r.Interactions}
	return r
}

func TestWhatHasExpiredIsDeleted(t *testing.T) {
	store := memstore.New()
	r := store.Repositories()
	for i, expires := range []time.Time{at, at.Add(time.Millisecond), {}} {
		id := domain.TokenHash{byte(i + 1)}
		err := errors.Join(r.Tickets.Create(t.Context(), domain.Ticket{Hash: id, Expires: expires}, at),
			r.Interactions.Create(t.Context(), domain.Interaction{ID: id, Expires: expires}))
		if err != nil {
			t.Fatal(err)
		}
	}
	b := application.Background{Storage: lost{store}, Audit: newAudit(newLedger(), kept), Now: func() time.Time { return at }}
	if err := b.CleanUp(t.Context()); !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	// At an earlier time all that are still there would be good.
	early := at.Add(-time.Second)
	left := func() (tickets, interactions int) {
		for i := range 3 {
			id := domain.TokenHash{byte(i + 1)}
			if _, err := r.Tickets.ByHash(t.Context(), id, early); err == nil {
				tickets++
			}
			if _, err := r.Interactions.ByID(t.Context(), id, early); err == nil {
				interactions++
			}
		}
		return tickets, interactions
	}
	if tickets, interactions := left(); tickets != 2 || interactions != 3 {
		t.Errorf("without the interactions: %d tickets and %d interactions are left", tickets, interactions)
	}
	b.Storage = store
	if err := b.CleanUp(t.Context()); err != nil {
		t.Error(err)
	}
	if tickets, interactions := left(); tickets != 2 || interactions != 2 {
		t.Errorf("%d tickets and %d interactions are left; want two each", tickets, interactions)
	}
}

// endless is a storage with interactions that never end to expire.
type endless struct{ ports.Storage }

type endlessInteractions struct{ ports.InteractionRepository }

func (endlessInteractions) DeleteExpired(ctx context.Context, _ time.Time) (int, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

func (e endless) Repositories() ports.Repositories {
	r := e.Storage.Repositories()
	r.Interactions = endlessInteractions{r.Interactions}
	return r
}

func TestNothingWaitsUntilAllThatHasExpiredIsDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, log := newLedger(), &bytes.Buffer{}
		now := func() time.Time { return at }
		audit := newAudit(l, kept)
		b := application.Background{
			LastSeen: application.NewLastSeen(&diary{}, now), Audit: audit, Storage: endless{memstore.New()}, Now: now,
			Log: slog.New(slog.NewTextHandler(log, nil)),
		}
		ctx, end := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { b.Run(ctx); close(ended) }()
		time.Sleep(time.Hour) // of the bubble's clock
		audit.Note(aLogin("late"))
		time.Sleep(2 * time.Second) // likewise
		if got := l.ids(t); len(got) != 1 {
			t.Errorf("wrote %q while it deleted", got)
		}
		end()
		<-ended
		if log.Len() > 0 {
			t.Errorf("logged %s", log)
		}
	})
}
