package application

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// attempt does what may be tried only so often from an address, and refused
// less often.
func attempt(ctx context.Context, limiter ports.RateLimiter, address string, do func() error) error {
	if address == "" {
		return do()
	}
	return guess(ctx, limiter, address, func() error {
		if err := limiter.Take(ctx, domain.Bucket{Limit: domain.LimitAddress, Key: address}); err != nil {
			return err
		}
		return do()
	})
}

// guess does what may be refused only so often from an address. It pays
// afterwards: many people may share an address, and they log in at the same
// time. Guesses at once may so be more than a burst; how many at most, the limit
// of all attempts says, and that of each account.
func guess(ctx context.Context, limiter ports.RateLimiter, address string, do func() error) error {
	if address == "" {
		return do()
	}
	failed := domain.Bucket{Limit: domain.LimitFailed, Key: "address:" + address}
	if err := limiter.Check(ctx, failed); err != nil {
		return err
	}
	err := do()
	if isRefusal(err) {
		_ = limiter.Take(context.WithoutCancel(ctx), failed) // if it is empty by now, that is as it should be
	}
	return err
}

// refusals are the errors for those who are not who they say, or who try names.
// Locked and deactivated users, and those whose token has expired, have shown who
// they are: a client that keeps trying must not shut out others at its address.
var refusals = []error{
	domain.ErrForbidden, domain.ErrMissingToken, domain.ErrUnknownToken,
	domain.ErrUserNotFound, domain.ErrOtherIdentity, domain.ErrInvalidUsername, domain.ErrExclusive, domain.ErrOutsideNamespace,
}

func isRefusal(err error) bool {
	for _, refusal := range refusals {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}
