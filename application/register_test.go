package application_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// plainHasher hashes as nobody should, and counts.
type plainHasher struct{ hashed *int }

func (plainHasher) CheckNew(password string) error {
	if len(password) < 8 {
		return domain.ErrWeakPassword
	}
	return nil
}

func (h plainHasher) Hash(_ context.Context, password string) (domain.PasswordHash, error) {
	*h.hashed++
	return domain.PasswordHash("hash of " + password), nil
}

func (h plainHasher) Verify(_ context.Context, password string, hash domain.PasswordHash) (ok, outdated bool, err error) {
	*h.hashed++
	return hash == domain.PasswordHash("hash of "+password), false, nil
}

// office is where accounts are made.
type office struct {
	application.Register
	ports.Repositories
	hashed *int
}

func newOffice(change ...func(*application.Register)) office {
	store := memstore.New()
	o := office{Repositories: store.Repositories(), hashed: new(int)}
	clock := func() time.Time { return at }
	o.Register = application.Register{
		Server: "example.org", Storage: store, Hasher: plainHasher{o.hashed}, Limiter: ratelimit.Unlimited{},
		Open: application.Registration{Users: true, Guests: true}, Now: clock,
	}
	o.Confirm = application.Confirm{
		Server: "example.org", Storage: store, Hasher: plainHasher{o.hashed}, Limiter: ratelimit.Unlimited{}, Now: clock,
	}
	for _, c := range change {
		c(&o.Register)
	}
	return o
}

func confirmed(name string) application.RegisterRequest {
	return application.RegisterRequest{
		Wanted:   application.Wanted{Username: &name, DeviceID: ptr("PHONE")},
		Password: ptr("a good pass word"), Auth: &application.Auth{Stage: application.DummyStage},
	}
}

func TestWhatWillBeRefusedIsNotHashed(t *testing.T) {
	o := newOffice(func(r *application.Register) {
		r.Appservices = domain.Appservices{{ID: "irc", Sender: "@ircbot:example.org"}}
	})
	if err := o.Users.Create(t.Context(), domain.User{ID: "@taken:example.org"}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{
		"Taken": domain.ErrExists, "_x": domain.ErrInvalidUsername, "ircbot": domain.ErrExclusive, "a b": domain.ErrInvalidUsername,
	} {
		if _, err := o.Do(t.Context(), confirmed(name)); !errors.Is(err, want) {
			t.Errorf("%s: %v; want %v", name, err, want)
		}
	}
	weak := confirmed("alice")
	weak.Password = ptr("short")
	if _, err := o.Do(t.Context(), weak); !errors.Is(err, domain.ErrWeakPassword) {
		t.Errorf("a weak password: %v", err)
	}
	device := confirmed("alice")
	device.DeviceName = strings.Repeat("x", 101)
	if _, err := o.Do(t.Context(), device); !errors.Is(err, domain.ErrTooLong) {
		t.Errorf("a long name of the device: %v", err)
	}
	if *o.hashed != 0 {
		t.Errorf("%d passwords were hashed", *o.hashed)
	}
	if _, err := o.Do(t.Context(), confirmed("alice")); err != nil || *o.hashed != 1 {
		t.Errorf("%v, and %d passwords were hashed; want one", err, *o.hashed)
	}
}

// failing is a storage whose transactions fail with the last but one thing that
// a registration writes.
type failing struct{ ports.Storage }

type failingPasswords struct{ ports.PasswordRepository }

func (failingPasswords) Put(context.Context, domain.UserID, domain.PasswordHash) error {
	return domain.ErrUnavailable
}

func (f failing) InTransaction(ctx context.Context, do func(ports.Repositories) error) error {
	return f.Storage.InTransaction(ctx, func(r ports.Repositories) error {
		r.Passwords = failingPasswords{r.Passwords}
		return do(r)
	})
}

func TestARegistrationThatFailsLeavesNothingAndMayBeRepeated(t *testing.T) {
	o := newOffice(func(r *application.Register) { r.Confirm.Registration.TokensRequired = true })
	if err := o.RegistrationTokens.Create(t.Context(), domain.RegistrationToken{Token: "one", UsesAllowed: new(1)}); err != nil {
		t.Fatal(err)
	}
	first := confirmed("alice")
	first.Auth = nil
	var challenge *domain.Challenge
	if _, err := o.Do(t.Context(), first); !errors.As(err, &challenge) {
		t.Fatalf("got %v; want a challenge", err)
	}
	shown := application.RegisterRequest{Auth: &application.Auth{
		Session: string(challenge.Session), Stage: application.RegistrationTokenStage, Token: ptr("one"),
	}}
	broken := o.Register
	broken.Storage = failing{o.Storage}
	if _, err := broken.Do(t.Context(), shown); !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if _, err := o.Users.ByID(t.Context(), "@alice:example.org"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("the user: %v", err)
	}
	if token, err := o.RegistrationTokens.ByToken(t.Context(), "one", at); err != nil || token.Pending != 1 || token.Completed != 0 {
		t.Errorf("the token: %+v, %v", token, err)
	}
	result, err := o.Do(t.Context(), shown)
	if err != nil || result.User.ID != "@alice:example.org" || result.Device != "PHONE" || !result.UserCreated || !result.User.CreatedAt.Equal(at) {
		t.Errorf("again: %+v, %v", result, err)
	}
	if token, err := o.RegistrationTokens.ByToken(t.Context(), "one", at); err != nil || token.Pending != 0 || token.Completed != 1 {
		t.Errorf("the token in the end: %+v, %v", token, err)
	}
	repeated, err := o.Do(t.Context(), shown)
	if err != nil || repeated.User.ID != result.User.ID || repeated.UserCreated || repeated.AccessToken == result.AccessToken {
		t.Errorf("repeated: %+v, %v", repeated, err)
	}
}

func TestATokenThatExpiredMeanwhileIsNotUsed(t *testing.T) {
	now := at
	o := newOffice(func(r *application.Register) {
		r.Now = func() time.Time { return now }
		r.Confirm.Now = r.Now
		r.Confirm.Registration.TokensRequired = true
	})
	if err := o.RegistrationTokens.Create(t.Context(), domain.RegistrationToken{Token: "brief", Expires: at.Add(time.Minute)}); err != nil {
		t.Fatal(err)
	}
	req := confirmed("alice")
	req.Auth = nil
	var challenge *domain.Challenge
	if _, err := o.Do(t.Context(), req); !errors.As(err, &challenge) {
		t.Fatal(err)
	}
	broken := o.Register
	broken.Storage = failing{o.Storage}
	shown := application.RegisterRequest{Auth: &application.Auth{
		Session: string(challenge.Session), Stage: application.RegistrationTokenStage, Token: ptr("brief"),
	}}
	if _, err := broken.Do(t.Context(), shown); !errors.Is(err, domain.ErrUnavailable) {
		t.Fatal(err)
	}
	now = at.Add(time.Minute)
	if _, err := o.Do(t.Context(), shown); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("got %v", err)
	}
}

func TestMadeUpNamesRunOut(t *testing.T) {
	o := newOffice(func(r *application.Register) {
		all := domain.Namespace{Users: regexp.MustCompile("@.*"), Exclusive: true}
		r.Appservices = domain.Appservices{{ID: "everybody", Namespaces: []domain.Namespace{all}}}
	})
	nameless := confirmed("")
	nameless.Username = nil
	if _, err := o.Do(t.Context(), nameless); !errors.Is(err, domain.ErrExclusive) {
		t.Errorf("people: %v", err)
	}
	if _, err := o.Guest(t.Context(), "", ""); !errors.Is(err, domain.ErrExclusive) {
		t.Errorf("guests: %v", err)
	}
}
