package password_test

import (
	"context"
	"errors"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

func TestWrongPasswordsOfAnAccountCountHoweverItIsNamed(t *testing.T) {
	for name, tries := range map[string][]object{
		"a user who exists": {user("alice"), email("Strauss@example.com"), phone("GB", "07700900123"), user("@Alice:example.org")},
		"one who does not":  {user("mallory"), user("Mallory"), user("@mallory:example.org"), object{"user": "mallory"}},
		"nobody's address":  {email("m@example.org"), email("M@EXAMPLE.org"), email("m@Example.org"), object{"medium": "email", "address": "m@example.org"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDoor(t)
			for i, who := range tries {
				_, err := d.login(t, who, "wrong horse")
				if i < 3 {
					wrong(t, err)
					continue
				}
				var limited *domain.Limited
				if !errors.As(err, &limited) {
					t.Errorf("the fourth: %v", err)
				}
			}
		})
	}
}

func TestALimitedAccountIsNotVerified(t *testing.T) {
	d := newDoor(t)
	for range 3 {
		_, err := d.login(t, user("alice"), "wrong horse")
		wrong(t, err)
	}
	if got, err := d.login(t, user("alice"), secret); !errors.Is(err, domain.ErrLimited) || got != (domain.Claims{}) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := d.login(t, user("bob"), secret); err != nil {
		t.Errorf("another account: %v", err)
	}
}

func TestRightPasswordsAreNotLimited(t *testing.T) {
	d := newDoor(t)
	for range 5 {
		if _, err := d.login(t, user("alice"), secret); err != nil {
			t.Error(err)
		}
	}
}

// A faulty repository answers as its function does.
type faulty struct {
	ports.PasswordRepository
	byUser func() (domain.PasswordHash, error)
}

func (f faulty) ByUser(context.Context, domain.UserID) (domain.PasswordHash, error) {
	return f.byUser()
}

func TestFaultsOfOursCountAgainstNobody(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, c := range []struct {
		name   string
		byUser func() (domain.PasswordHash, error)
		text   string
	}{
		{"no answer", func() (domain.PasswordHash, error) { return "", domain.ErrUnavailable }, domain.ErrUnavailable.Error()},
		{"no known hash", func() (domain.PasswordHash, error) { return "!", nil },
			"a stored password hash is of no known form, or asks for too much work"},
		{"nobody waits", func() (domain.PasswordHash, error) { cancel(); return hashed(), nil }, context.Canceled.Error()},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoor(t)
			d.Verifier.Passwords = faulty{byUser: c.byUser}
			cred := domain.Credential{Extra: user("alice")}
			cred.Extra["password"] = secret
			got, err := d.Verify(ctx, cred)
			if err == nil || err.Error() != c.text || got != (domain.Claims{}) {
				t.Errorf("got %+v, %v", got, err)
			}
			if spent := d.limits.spent(t); len(spent) > 0 {
				t.Errorf("it counted: %v", spent)
			}
		})
	}
}

func TestWhomAClientMeansMustBeKnownBeforeItCounts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, who := range []object{user("alice"), email("strauss@example.com"), phone("GB", "07700 900123")} {
		d := newDoor(t)
		who["password"] = secret
		got, err := d.Verify(ctx, domain.Credential{Extra: who})
		if !errors.Is(err, context.Canceled) || got != (domain.Claims{}) || len(d.limits) > 0 {
			t.Errorf("got %+v, %v, and took %v", got, err, d.limits)
		}
	}
}

// Nobody notices that the hash is another afterwards.
func TestALoginBringsAnOutdatedHashUpToDate(t *testing.T) {
	imported, err := bcrypt.GenerateFromPassword([]byte(secret), bcrypt.MinCost)
	do(t, err)
	d := newDoor(t)
	do(t, d.Repositories.Passwords.Put(t.Context(), "@alice:example.org", domain.PasswordHash(imported)))
	claims, err := d.login(t, user("alice"), secret)
	do(t, err)
	fresh := claims.Proof.NewPassword
	if claims.Proof.Password != domain.PasswordHash(imported) || fresh == claims.Proof.Password {
		t.Fatalf("got %+v", claims)
	}
	if ok, outdated, err := d.Hasher.Verify(t.Context(), secret, fresh); !ok || outdated || err != nil {
		t.Errorf("the new hash: %v, %v, %v", ok, outdated, err)
	}
	_, err = d.login(t, user("alice"), "wrong horse")
	wrong(t, err)
}
