package application_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// shown is a login type whose token is the user that it proves; others prove
// nothing.
type shown struct{}

func (shown) Verify(_ context.Context, cred domain.Credential) (domain.Claims, error) {
	if cred.Token == nil || (*cred.Token)[0] != '@' {
		return domain.Claims{}, domain.ErrForbidden
	}
	return domain.Claims{User: domain.UserID(*cred.Token)}, nil
}

// legible is a hasher that hides nothing.
type legible struct{}

func (legible) CheckNew(string) error { return nil }

func (legible) Hash(_ context.Context, password string) (domain.PasswordHash, error) {
	return domain.PasswordHash("hash of " + password), nil
}

func (legible) Verify(_ context.Context, password string, hash domain.PasswordHash) (ok, outdated bool, err error) {
	return hash == domain.PasswordHash("hash of "+password), false, nil
}

// interrupted is a hasher while which something else is done.
type interrupted struct {
	legible
	do func()
}

func (i interrupted) Hash(ctx context.Context, password string) (domain.PasswordHash, error) {
	i.do()
	return i.legible.Hash(ctx, password)
}

const (
	alices = domain.UserID("@alice:example.org")
	bobs   = domain.UserID("@bob:example.org")
)

// An asking is what is needed to have requests confirmed.
type asking struct {
	ports.Repositories
	application.Confirm
	devices application.Devices
	tokens  application.LoginTokens
	clock   *time.Time
}

// newAsking makes one with the users alice and bob. New users need a registration
// token, and accept a policy. An address may guess three times, and a user have one
// login token.
func newAsking(t *testing.T) asking {
	t.Helper()
	store, now := memstore.New(), at
	clock := func() time.Time { return now }
	rates := map[domain.Limit]ratelimit.Rate{}
	for _, limit := range []domain.Limit{domain.LimitAddress, domain.LimitAccount, domain.LimitRegistration, domain.LimitRefresh} {
		rates[limit] = ratelimit.Rate{PerSecond: 1, Burst: 100}
	}
	rates[domain.LimitFailed] = ratelimit.Rate{PerSecond: 0.001, Burst: 3}
	rates[domain.LimitLoginToken] = ratelimit.Rate{PerSecond: 0.001, Burst: 1}
	limiter := ratelimit.NewMemory(rates, clock)
	for _, id := range []domain.UserID{alices, bobs} {
		if err := store.Repositories().Users.Create(t.Context(), domain.User{ID: id, CreatedAt: at}); err != nil {
			t.Fatal(err)
		}
	}
	return asking{
		Repositories: store.Repositories(),
		Confirm: application.Confirm{
			Server: "example.org", Types: application.LoginTypes{{Name: "shown", Verifier: shown{}, Interactive: application.Always}, {Name: "other", Verifier: shown{}}},
			Storage: store, Hasher: legible{}, Limiter: limiter, Now: clock,
			Registration: application.RegistrationStages{TokensRequired: true, Policies: []domain.Policy{
				{ID: "privacy", Version: "1", Language: "en", Name: "Privacy", URL: "https://example.org/en"},
				{ID: "privacy", Version: "1", Language: "de", Name: "Datenschutz", URL: "https://example.org/de"},
			}},
		},
		devices: application.Devices{Storage: store, LastSeen: application.NewLastSeen(store.Repositories().Sightings, clock), Now: clock},
		tokens: application.LoginTokens{
			Storage: store, Limiter: limiter, Rules: application.LoginTokenRules{Offered: true, Lifetime: time.Minute}, Now: clock,
		},
		clock: &now,
	}
}

// deletion is a request of alice's.
func deletion(params map[string]any) application.Confirmation {
	return application.Confirmation{Operation: "POST /delete_devices", User: alices, Params: params, Address: "192.0.2.1"}
}

func registration(params map[string]any) application.Confirmation {
	return application.Confirmation{Operation: application.RegisterOperation, Params: params, Address: "192.0.2.1"}
}

// with shows a stage for a request.
func with(req application.Confirmation, session domain.Token, stage string, token ...string) application.Confirmation {
	req.Auth = &application.Auth{Session: string(session), Stage: stage}
	if len(token) > 0 {
		req.Auth.Token = &token[0]
	}
	return req
}

// challenged wants a challenge because of the cause.
func (a asking) challenged(t *testing.T, req application.Confirmation, cause error, completed ...string) *domain.Challenge {
	t.Helper()
	got, err := a.Do(t.Context(), req)
	var challenge *domain.Challenge
	if !errors.As(err, &challenge) || !errors.Is(challenge.Cause, cause) || !slices.Equal(challenge.Completed, completed) {
		t.Fatalf("got %+v, %v, %+v; want a challenge because of %v", got, err, challenge, cause)
	}
	return challenge
}

func (a asking) confirmed(t *testing.T, req application.Confirmation) application.Confirmed {
	t.Helper()
	got, err := a.Do(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (a asking) mustHaveToken(t *testing.T, token string, uses int) {
	t.Helper()
	if err := a.RegistrationTokens.Create(t.Context(), domain.RegistrationToken{Token: token, UsesAllowed: &uses}); err != nil {
		t.Fatal(err)
	}
}

// User-Interactive API in the REST API: the operation is carried out once.
func TestWhatIsConfirmedIsCarriedOutOnce(t *testing.T) {
	a := newAsking(t)
	if err := a.Devices.Create(t.Context(), domain.Device{UserID: alices, ID: "PHONE", CreatedAt: at}); err != nil {
		t.Fatal(err)
	}
	s := a.challenged(t, deletion(nil), nil).Session
	req := with(deletion(nil), s, "shown", string(alices))
	got := a.confirmed(t, req)
	errs := make([]error, 20)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			errs[i] = a.devices.Delete(t.Context(), domain.Bearer{User: domain.User{ID: alices}}, got, "PHONE")
		})
	}
	all.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		} else if !errors.Is(err, domain.ErrForbidden) {
			t.Error(err)
		}
	}
	if done != 1 {
		t.Errorf("it was carried out %d times", done)
	}
	if again := a.challenged(t, req, nil); again.Session == s {
		t.Error("the session is offered again")
	}
}

// Account registration: a client to whom the answer was lost asks again, soon.
func TestAFinishedRegistrationIsKnownForAWhile(t *testing.T) {
	a := newAsking(t)
	a.Registration = application.RegistrationStages{}
	secret := "password"
	req := with(registration(map[string]any{"username": "alice"}), "", application.DummyStage)
	req.Password = &secret
	s := a.challenged(t, registration(nil), nil).Session
	req.Auth.Session = string(s)
	if err := a.devices.Delete(t.Context(), domain.Bearer{User: domain.User{ID: alices}}, a.confirmed(t, req)); err != nil {
		t.Fatal(err)
	}
	*a.clock = at.Add(5*time.Minute - 1)
	if got := a.confirmed(t, req); !got.Done || got.Result != alices {
		t.Errorf("got %+v", got)
	}
	if stored, err := a.Interactions.ByID(t.Context(), s.Hash(), at); err != nil || stored.Password != "" {
		t.Errorf("what is kept: %+v, %v", stored, err)
	}
	*a.clock = at.Add(5 * time.Minute)
	if again := a.challenged(t, req, nil); again.Session == s {
		t.Error("the session is offered again")
	}
}

func TestAFaultOfTheStoreIsNoChallenge(t *testing.T) {
	a := newAsking(t)
	s := a.challenged(t, deletion(nil), nil).Session
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, req := range []application.Confirmation{deletion(nil), with(deletion(nil), s, "shown", string(alices))} {
		if _, err := a.Do(ctx, req); !errors.Is(err, context.Canceled) || errors.Is(err, domain.ErrUnconfirmed) {
			t.Errorf("got %v", err)
		}
	}
}
