package contract

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// TokenVerifier tests a [ports.TokenVerifier] with a credential that it accepts
// as often as it is offered, and some that it refuses.
func TokenVerifier(t *testing.T, v ports.TokenVerifier, good domain.Credential, bad ...domain.Credential) {
	want, err := v.Verify(t.Context(), good)
	if err != nil {
		t.Fatal("the good credential is refused:", err)
	}
	t.Run("claims name a user who can be", func(t *testing.T) {
		if err := checkClaims(want); err != nil {
			t.Error(err)
		}
	})
	t.Run("a good credential gives the same claims, whoever else asks", func(t *testing.T) {
		for _, err := range together(20, func(i int) error {
			if i%2 == 0 && len(bad) > 0 {
				_, err := v.Verify(t.Context(), bad[i%len(bad)])
				return wantRefusal(err)
			}
			got, err := v.Verify(t.Context(), good)
			if diff := cmp.Diff(want, got); diff != "" {
				return errors.New(diff)
			}
			return err
		}) {
			if err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("a refusal says so, and says nothing of anybody", func(t *testing.T) {
		for i, cred := range bad {
			got, err := v.Verify(t.Context(), cred)
			if err := wantRefusal(err); err != nil {
				t.Errorf("bad credential %d: %v", i, err)
			}
			if diff := cmp.Diff(domain.Claims{}, got); diff != "" {
				t.Errorf("bad credential %d gives claims:\n%s", i, diff)
			}
		}
	})
	t.Run("a context that has ended speaks not ill of the credential", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := v.Verify(ctx, good); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// checkClaims says what is wrong with the name of the user of the claims.
func checkClaims(c domain.Claims) error {
	if c.User != "" {
		_, err := domain.ParseUserID(string(c.User))
		return err
	}
	if c.Exact != "" && domain.FoldLocalpart(c.Exact) != c.Localpart {
		return fmt.Errorf("%q is no other spelling of %q", c.Exact, c.Localpart)
	}
	return domain.CheckLocalpart(c.Localpart)
}

// verdicts are the kinds of errors that a verifier may return of a credential.
var verdicts = []error{
	domain.ErrForbidden, domain.ErrInvalidUsername, domain.ErrMissingParam, domain.ErrInvalidParam,
	domain.ErrMissingToken, domain.ErrUnknownToken, domain.ErrOutsideNamespace, domain.ErrLimited,
}

func wantRefusal(err error) error {
	for _, verdict := range verdicts {
		if errors.Is(err, verdict) {
			return nil
		}
	}
	return errors.Join(errors.New("want one of the refusals of ports.TokenVerifier, got"), err)
}
