package application

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// RegistrationTokens looks after the tokens that administrators give to those
// who may register (Matrix specification, client-server API,
// "Token-authenticated registration"). Who may do that was found out before.
type RegistrationTokens struct {
	Tokens ports.RegistrationTokenRepository
	Now    Clock
}

// A TokenChange is what a registration token is to become.
type TokenChange struct {
	// SetUses says that UsesAllowed counts: how many may register with it; nil: any
	// number.
	SetUses     bool
	UsesAllowed *int
	// SetExpires says that Expires counts; zero: never.
	SetExpires bool
	Expires    time.Time
}

var errNoSuchToken = domain.Refuse(domain.ErrNotFound, "no_such_registration_token", "No such registration token")

// List returns all tokens, or those that are valid, or those that are not.
func (t RegistrationTokens) List(ctx context.Context, valid *bool) ([]domain.RegistrationToken, error) {
	now := t.Now()
	all, err := t.Tokens.List(ctx, now)
	if err != nil || valid == nil {
		return all, err
	}
	var asked []domain.RegistrationToken
	for _, token := range all {
		if token.Valid(now) == *valid {
			asked = append(asked, token)
		}
	}
	return asked, nil
}

// ByToken returns a token, or [domain.ErrNotFound].
func (t RegistrationTokens) ByToken(ctx context.Context, token string) (domain.RegistrationToken, error) {
	if domain.CheckRegistrationToken(token) != nil {
		return domain.RegistrationToken{}, errNoSuchToken
	}
	found, err := t.Tokens.ByToken(ctx, token, t.Now())
	return found, absentToken(err)
}

// Create makes a token. It returns [domain.ErrInvalidParam] if it is none, is
// there already, or would never be valid.
func (t RegistrationTokens) Create(ctx context.Context, token string, c TokenChange) (domain.RegistrationToken, error) {
	made := domain.RegistrationToken{Token: token}
	if err := domain.CheckRegistrationToken(token); err != nil {
		return domain.RegistrationToken{}, err
	}
	if err := c.apply(&made, t.Now()); err != nil {
		return domain.RegistrationToken{}, err
	}
	err := t.Tokens.Create(ctx, made)
	if errors.Is(err, domain.ErrExists) {
		err = domain.Refuse(domain.ErrInvalidParam, "registration_token_exists", "This registration token is there already")
	}
	if err != nil {
		return domain.RegistrationToken{}, err
	}
	return made, nil
}

// Update changes a token, or returns [domain.ErrNotFound] or
// [domain.ErrInvalidParam].
func (t RegistrationTokens) Update(ctx context.Context, token string, c TokenChange) (domain.RegistrationToken, error) {
	if domain.CheckRegistrationToken(token) != nil {
		return domain.RegistrationToken{}, errNoSuchToken
	}
	now := t.Now()
	changed, err := t.Tokens.Update(ctx, token, now, func(found *domain.RegistrationToken) error { return c.apply(found, now) })
	return changed, absentToken(err)
}

// Delete deletes a token, or returns [domain.ErrNotFound].
func (t RegistrationTokens) Delete(ctx context.Context, token string) error {
	if domain.CheckRegistrationToken(token) != nil {
		return errNoSuchToken
	}
	return absentToken(t.Tokens.Delete(ctx, token))
}

func (c TokenChange) apply(token *domain.RegistrationToken, now time.Time) error {
	if c.SetUses {
		if c.UsesAllowed != nil && *c.UsesAllowed < 0 {
			return domain.Refuse(domain.ErrInvalidParam, "uses_allowed", "uses_allowed must not be negative")
		}
		token.UsesAllowed = c.UsesAllowed
	}
	if c.SetExpires {
		if domain.Expired(c.Expires, now) {
			return domain.Refuse(domain.ErrInvalidParam, "expiry_time", "expiry_time has passed")
		}
		token.Expires = c.Expires
	}
	return nil
}

func absentToken(err error) error {
	if errors.Is(err, domain.ErrNotFound) {
		return errNoSuchToken
	}
	return err
}

// NewRegistrationToken makes a random token of 1 to 64 characters. Each has six
// random bits.
func NewRegistrationToken(length int) string {
	const characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
	token := make([]byte, length)
	rand.Read(token)
	for i, b := range token {
		token[i] = characters[b%64]
	}
	return string(token)
}
