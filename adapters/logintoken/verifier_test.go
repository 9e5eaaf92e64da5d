package logintoken_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/logintoken"
	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

var _ ports.TokenVerifier = logintoken.Verifier{}

var now = time.UnixMilli(1_800_000_000_000)

// newVerifier makes a verifier over a store, in which alice is a user.
func newVerifier(t *testing.T) logintoken.Verifier {
	t.Helper()
	r := memstore.New().Repositories()
	if err := r.Users.Create(t.Context(), domain.User{ID: "@alice:example.org"}); err != nil {
		t.Fatal(err)
	}
	return logintoken.Verifier{Tickets: r.Tickets, Now: func() time.Time { return now }}
}

// give makes a token of the kind, for the user, that expires.
func give(t *testing.T, v logintoken.Verifier, kind domain.TokenKind, user domain.UserID, expires time.Time) domain.Token {
	t.Helper()
	token := domain.NewToken(kind, domain.NewSessionID())
	if err := v.Tickets.Create(t.Context(), domain.Ticket{Hash: token.Hash(), User: user, Expires: expires}, now); err != nil {
		t.Fatal(err)
	}
	return token
}

func verify(t *testing.T, v logintoken.Verifier, token domain.Token) (domain.Claims, error) {
	t.Helper()
	text := string(token)
	return v.Verify(t.Context(), domain.Credential{Type: "m.login.token", Token: &text})
}

// Matrix specification, client-server API, "Token-based".
func TestALoginTokenProvesItsUserUntilItIsSpent(t *testing.T) {
	v := newVerifier(t)
	token := give(t, v, domain.LoginToken, "@alice:example.org", now.Add(time.Millisecond))
	want := domain.Claims{User: "@alice:example.org", Proof: domain.Proof{Ticket: token.Hash()}}
	for range 2 { // to verify is not to spend
		if got, err := verify(t, v, token); err != nil || got != want {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	if _, err := v.Tickets.Spend(t.Context(), token.Hash(), now); err != nil {
		t.Fatal(err)
	}
	got, err := verify(t, v, token)
	refused(t, got, err)
}

func TestWhateverIsWrongWithALoginTokenTheAnswerIsOne(t *testing.T) {
	v := newVerifier(t)
	good := give(t, v, domain.LoginToken, "@alice:example.org", now.Add(time.Minute))
	for name, token := range map[string]domain.Token{
		"empty":                  "",
		"rubbish":                "rubbish",
		"unknown":                domain.NewToken(domain.LoginToken, domain.NewSessionID()),
		"expired":                give(t, v, domain.LoginToken, "@alice:example.org", now),
		"of another kind":        give(t, v, domain.OpenIDToken, "@alice:example.org", now.Add(time.Minute)),
		"an access token":        give(t, v, domain.AccessToken, "@alice:example.org", now.Add(time.Minute)),
		"nobody's":               give(t, v, domain.LoginToken, "", now.Add(time.Minute)),
		"with a space":           good + " ",
		"with another last byte": good[:len(good)-1] + "!",
		"the beginning":          good[:len(good)-1],
	} {
		t.Run(name, func(t *testing.T) {
			got, err := verify(t, v, token)
			refused(t, got, err)
		})
	}
}

func TestALoginWithoutATokenLacksAParameter(t *testing.T) {
	_, err := newVerifier(t).Verify(t.Context(), domain.Credential{Type: "m.login.token"})
	if !errors.Is(err, domain.ErrMissingParam) || err.Error() != "Missing parameter: token" {
		t.Errorf("got %v", err)
	}
}

// Matrix specification, client-server API, "Authentication types": m.login.token
// is none of them.
func TestALoginTokenConfirmsNothing(t *testing.T) {
	v := newVerifier(t)
	text := string(give(t, v, domain.LoginToken, "@alice:example.org", now.Add(time.Minute)))
	got, err := v.Verify(t.Context(), domain.Credential{Type: "m.login.token", Token: &text, Confirms: now.Add(-time.Second)})
	refused(t, got, err)
}

func TestTheErrorsOfTheRepositoryAreReturned(t *testing.T) {
	v := newVerifier(t)
	text := string(give(t, v, domain.LoginToken, "@alice:example.org", now.Add(time.Minute)))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got, err := v.Verify(ctx, domain.Credential{Type: "m.login.token", Token: &text})
	if !errors.Is(err, context.Canceled) || got != (domain.Claims{}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func refused(t *testing.T, got domain.Claims, err error) {
	t.Helper()
	var refusal *domain.Refusal
	want := domain.Refusal{Kind: domain.ErrForbidden, Reason: "invalid_login_token", Text: "Invalid login token"}
	if !errors.As(err, &refusal) || *refusal != want || got != (domain.Claims{}) {
		t.Errorf("got %+v, %#v", got, err)
	}
}
