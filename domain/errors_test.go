package domain_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// The cause of a challenge does not decide what it is.
func TestAChallengeIsUnconfirmedAndNothingElse(t *testing.T) {
	for _, cause := range []error{nil, domain.ErrForbidden, domain.Refuse(domain.ErrInvalidParam, "why", "That is wrong")} {
		challenge := &domain.Challenge{Session: "secret", Cause: cause}
		err := fmt.Errorf("password change: %w", challenge)
		if !errors.Is(err, domain.ErrUnconfirmed) || errors.Is(err, domain.ErrForbidden) || errors.Is(err, domain.ErrInvalidParam) {
			t.Errorf("with the cause %v: %v", cause, err)
		}
		var found *domain.Challenge
		if !errors.As(err, &found) || found != challenge {
			t.Errorf("with the cause %v: found %v", cause, found)
		}
		want := domain.ErrUnconfirmed
		if cause != nil {
			want = cause
		}
		if challenge.Error() != want.Error() {
			t.Errorf("with the cause %v it says %q", cause, challenge)
		}
	}
}

func TestLimitedSaysHowLong(t *testing.T) {
	err := fmt.Errorf("login: %w", &domain.Limited{RetryAfter: 1500 * time.Millisecond})
	var limited *domain.Limited
	if !errors.Is(err, domain.ErrLimited) || !errors.As(err, &limited) || limited.RetryAfter != 1500*time.Millisecond {
		t.Errorf("got %v", err)
	}
	if want := "login: too many requests, to be tried again in 1.5s"; err.Error() != want {
		t.Errorf("it says %q", err)
	}
}

func TestARefusalIsOfItsKindAndSaysItsText(t *testing.T) {
	err := fmt.Errorf("%w", domain.Refuse(domain.ErrExclusive, "exclusive", "It is taken"))
	var refusal *domain.Refusal
	if !errors.Is(err, domain.ErrExclusive) || errors.Is(err, domain.ErrForbidden) || !errors.As(err, &refusal) ||
		refusal.Reason != "exclusive" || err.Error() != "It is taken" {
		t.Errorf("got %v", err)
	}
}

func TestTooManyDevicesSaysHowManyMayBe(t *testing.T) {
	err := fmt.Errorf("login: %w", &domain.TooManyDevices{Max: 7, InfoURI: "https://example.org/devices"})
	var tooMany *domain.TooManyDevices
	if !errors.Is(err, domain.ErrTooManyDevices) || !errors.As(err, &tooMany) || tooMany.InfoURI != "https://example.org/devices" ||
		tooMany.Error() != "This account may have 7 devices, and has them: log one out first" {
		t.Errorf("got %v", err)
	}
}
