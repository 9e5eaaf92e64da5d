package application_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// counted counts the calls for imported tokens.
type counted struct {
	ports.ImportedTokenRepository
	calls atomic.Int64
	err   error
}

// Any implements ports.ImportedTokenRepository.
func (c *counted) Any(ctx context.Context) (bool, error) {
	c.calls.Add(1)
	if c.err != nil {
		return false, c.err
	}
	return c.ImportedTokenRepository.Any(ctx)
}

// ByHash implements ports.ImportedTokenRepository.
func (c *counted) ByHash(ctx context.Context, hash domain.TokenHash) (domain.ImportedToken, error) {
	c.calls.Add(1)
	return c.ImportedTokenRepository.ByHash(ctx, hash)
}

// A reading is a reader of tokens that is watched.
type reading struct {
	*counted
	storage ports.Storage
	now     time.Time
	application.Authenticate
}

func newReading() *reading {
	storage := memstore.New()
	r := storage.Repositories()
	d := &reading{storage: storage, counted: &counted{ImportedTokenRepository: r.ImportedTokens}, now: at}
	clock := func() time.Time { return d.now }
	d.Authenticate = application.Authenticate{
		Sessions: r.Sessions, Users: r.Users, Tickets: r.Tickets,
		Tokens: application.NewTokenReader(d.counted, clock), Now: clock,
	}
	return d
}

// costs shows a token, wants the error and returns how many calls that took.
func (d *reading) costs(t *testing.T, token string, want error) int64 {
	t.Helper()
	before := d.calls.Load()
	if _, err := d.Do(t.Context(), application.Presented{Token: token}); !errors.Is(err, want) {
		t.Errorf("%q: got %v, want %v", token, err, want)
	}
	return d.calls.Load() - before
}

func TestRubbishCostsNothingWhileNothingIsImported(t *testing.T) {
	d := newReading()
	if n := d.costs(t, "rubbish", domain.ErrUnknownToken); n != 1 {
		t.Errorf("the first cost %d calls", n)
	}
	d.now = d.now.Add(time.Minute - time.Millisecond)
	for i := range 20 {
		if n := d.costs(t, fmt.Sprint("syt_", i), domain.ErrUnknownToken); n != 0 {
			t.Errorf("another cost %d calls", n)
		}
	}
}

func TestImportedTokensAreNoticedAMinuteLater(t *testing.T) {
	d := newReading()
	d.costs(t, "syt_a", domain.ErrUnknownToken)
	mustImport(t, importOf(d.storage, elsewhere{accounts: foreigners("a")}))
	d.costs(t, "syt_a", domain.ErrUnknownToken)
	d.now = d.now.Add(time.Minute)
	d.costs(t, "syt_a", nil)
	if n := d.costs(t, "rubbish", domain.ErrUnknownToken); n != 1 {
		t.Errorf("rubbish cost %d calls", n)
	}
}

// What has our form was tried already, and what is absurdly long is no token.
func TestWhatCannotBeImportedIsNotLookedFor(t *testing.T) {
	d := newReading()
	mustImport(t, importOf(d.storage, elsewhere{accounts: foreigners("a")}))
	d.costs(t, "syt_a", nil)
	ours := string(domain.NewToken(domain.AccessToken, domain.NewSessionID()))
	for _, token := range []string{ours, ours[:len(ours)-1], "dwr_x", string(make([]byte, 1025))} {
		if n := d.costs(t, token, domain.ErrUnknownToken); n != 0 {
			t.Errorf("%.9q cost %d calls", token, n)
		}
	}
}

// An outage speaks ill of nobody, and is not remembered.
func TestATokenIsNotUnknownBecauseNobodyCouldLook(t *testing.T) {
	d := newReading()
	d.costs(t, "syt_a", domain.ErrUnknownToken)
	mustImport(t, importOf(d.storage, elsewhere{accounts: foreigners("a")}))
	d.now = d.now.Add(time.Minute)
	d.err = domain.ErrUnavailable
	for range 2 {
		d.costs(t, "syt_a", domain.ErrUnavailable)
	}
	d.err = nil
	d.costs(t, "syt_a", nil)
}

// A refresh token is none that authenticates, and the other way round.
func TestAnImportedTokenIsOfItsKind(t *testing.T) {
	d := newReading()
	a := foreign("@a:example.org")
	a.Devices[0].Session.Refresh = "syr_a"
	mustImport(t, importOf(d.storage, elsewhere{accounts: []domain.ForeignAccount{a}}))
	d.costs(t, "syr_a", domain.ErrUnknownToken)
	if _, err := (application.Logout{Authenticate: d.Authenticate}).Do(t.Context(), application.Presented{Token: "syr_a"}); !errors.Is(err, domain.ErrUnknownToken) {
		t.Errorf("logout with a refresh token: %v", err)
	}
	d.costs(t, "syt_a", nil)
}
