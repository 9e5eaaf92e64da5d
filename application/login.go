package application

import (
	"context"
	"errors"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Login turns a credential into a session: user, device and tokens.
type Login struct {
	Server      domain.ServerName
	Types       LoginTypes
	Appservices domain.Appservices
	Storage     ports.Storage
	Limiter     ports.RateLimiter
	Rules       domain.SessionRules
	// Delegation may be nil.
	Delegation *Delegation
	Now        Clock
}

// A LoginRequest is a credential and the device to sign in with.
type LoginRequest struct {
	Credential domain.Credential
	// DeviceID names the device; nil: a new one is made.
	DeviceID *string
	// DeviceName is the display name of the device, if it is new.
	DeviceName string
	// Refreshable says that the client can refresh, and wants a refresh token.
	Refreshable bool
	// Seen is from where the device is used; its time is that of the login. The zero
	// Seen says nothing.
	Seen domain.Seen
	// Address is where the request comes from, in one spelling; empty: unknown, and
	// not limited.
	Address string
}

// A LoginResult is an open session.
type LoginResult struct {
	User        domain.User
	Device      domain.DeviceID
	AccessToken domain.Token
	// RefreshToken is empty if there is none.
	RefreshToken domain.Token
	// ExpiresIn is how long the access token is good; 0: for ever.
	ExpiresIn time.Duration
	// UserCreated says that the user is new.
	UserCreated bool
	// Evidence is what is known of the credential.
	Evidence domain.Evidence
}

// Do signs the bearer of the credential in. Everything is checked before
// anything is written, and what is written is written as one.
//
// It returns [domain.ErrUnknownLoginType], [domain.ErrLimited], whatever the
// verifier refuses with, [domain.ErrInvalidParam] or [domain.ErrTooLong] for the
// device, [domain.ErrInvalidUsername], [domain.ErrExclusive],
// [domain.ErrUserNotFound], [domain.ErrOtherIdentity], [domain.ErrUserDeactivated],
// [domain.ErrUserLocked], [domain.ErrTooManyDevices], [domain.ErrHomeserverAway] if
// a homeserver has to know of it first, or [domain.ErrForbidden] if what was
// verified does not hold any more. Once the credential was verified, the
// error is a [domain.Traced].
func (l Login) Do(ctx context.Context, req LoginRequest) (result LoginResult, err error) {
	verifier, ok := l.Types.Verifier(req.Credential.Type)
	if !ok {
		return LoginResult{}, domain.ErrUnknownLoginType
	}
	if service, ok := l.Appservices.ByToken(req.Credential.AccessToken); ok && !service.Limited {
		return l.signIn(ctx, verifier, req, unlimited)
	}
	err = attempt(ctx, l.Limiter, req.Address, func() error {
		account := domain.Bucket{Limit: domain.LimitAccount}
		result, err = l.signIn(ctx, verifier, req, func(user domain.UserID) error {
			account.Key = string(user)
			return l.Limiter.Take(ctx, account)
		})
		if errors.Is(err, domain.ErrOtherIdentity) {
			// Whose account it is shall not be kept out by whoever bears its name.
			l.Limiter.GiveBack(context.WithoutCancel(ctx), account)
		}
		return err
	})
	return result, err
}

func unlimited(domain.UserID) error { return nil }

// signIn verifies the credential, and asks may before it signs the user in.
func (l Login) signIn(ctx context.Context, verifier ports.TokenVerifier, req LoginRequest, may func(domain.UserID) error) (LoginResult, error) {
	claims, err := verifier.Verify(ctx, req.Credential)
	if err != nil {
		return LoginResult{}, err
	}
	claims.Evidence.Verified = true
	who, err := accountOf(claims, l.Server, l.Appservices)
	if err != nil {
		return LoginResult{}, domain.Trace(err, claims.Evidence, "")
	}
	result, err := l.enter(ctx, claims, who, req, may)
	return result, domain.Trace(err, claims.Evidence, who.id())
}

// enter signs the account in.
func (l Login) enter(ctx context.Context, claims domain.Claims, who account, req LoginRequest, may func(domain.UserID) error) (LoginResult, error) {
	device, err := l.Delegation.deviceOf(req.DeviceID, req.DeviceName)
	if err != nil {
		return LoginResult{}, err
	}
	if err := may(who.id()); err != nil {
		return LoginResult{}, err
	}
	opening := newOpening(l.Rules, l.Now(), device, req.DeviceName, req.Refreshable).of(who).from(req.Seen)
	signedIn, err := l.Delegation.open(ctx, opening, who, l.Storage)
	if errors.Is(err, domain.ErrNotFound) {
		err = who.absent
	}
	if err != nil {
		return LoginResult{}, err
	}
	result := opening.result(signedIn)
	result.Evidence = claims.Evidence
	return result, nil
}
