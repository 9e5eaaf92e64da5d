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
	Server    domain.ServerName
	Types     LoginTypes
	Sessions  ports.SessionRepository
	Lifetimes domain.Lifetimes
	Now       Clock
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
}

// Do signs the bearer of the credential in. Everything is checked before
// anything is written, and what is written is written as one.
//
// It returns [domain.ErrUnknownLoginType], whatever the verifier refuses with,
// [domain.ErrInvalidParam] or [domain.ErrTooLong] for the device,
// [domain.ErrInvalidUsername], [domain.ErrUserNotFound],
// [domain.ErrUserDeactivated] or [domain.ErrUserLocked].
func (l Login) Do(ctx context.Context, req LoginRequest) (LoginResult, error) {
	verifier, ok := l.Types.Verifier(req.Credential.Type)
	if !ok {
		return LoginResult{}, domain.ErrUnknownLoginType
	}
	claims, err := verifier.Verify(ctx, req.Credential)
	if err != nil {
		return LoginResult{}, err
	}
	who, err := accountOf(claims, l.Server)
	if err != nil {
		return LoginResult{}, err
	}
	device, err := deviceOf(req)
	if err != nil {
		return LoginResult{}, err
	}

	now := l.Now().Truncate(time.Millisecond)
	tokens := l.Lifetimes.Issue(req.Refreshable, now)
	in := domain.SignIn{
		Users:       who.ids,
		Create:      who.absent == nil,
		DisplayName: claims.DisplayName,
		Link:        claims.Link,
		Device:      device,
		DeviceName:  req.DeviceName,
		Pair:        tokens.Pair,
		SessionEnds: l.Lifetimes.SessionEnd(now),
		At:          now,
	}
	signedIn, err := l.Sessions.SignIn(ctx, in)
	if errors.Is(err, domain.ErrNotFound) {
		err = who.absent
	}
	if err != nil {
		return LoginResult{}, err
	}
	return LoginResult{
		User:         signedIn.User,
		Device:       device,
		AccessToken:  tokens.Access,
		RefreshToken: tokens.Refresh,
		ExpiresIn:    until(in.Session().AccessExpires, now),
		UserCreated:  signedIn.Created,
	}, nil
}

func deviceOf(req LoginRequest) (domain.DeviceID, error) {
	if err := domain.CheckDeviceName(req.DeviceName); err != nil {
		return "", err
	}
	if req.DeviceID == nil {
		return domain.NewDeviceID(), nil
	}
	return domain.ParseDeviceID(*req.DeviceID)
}

// An account is the user that claims mean.
type account struct {
	ids    []domain.UserID // as in domain.SignIn
	absent error           // why the user may not be created, if it may not
}

func accountOf(claims domain.Claims, server domain.ServerName) (account, error) {
	id, err := domain.NewUserID(claims.Localpart, server)
	if err != nil {
		return account{}, err
	}
	who := account{ids: []domain.UserID{id}, absent: domain.CheckNewLocalpart(claims.Localpart)}
	if claims.Exact != claims.Localpart && domain.FoldLocalpart(claims.Exact) == claims.Localpart {
		who.ids = []domain.UserID{domain.UserID("@" + claims.Exact + ":" + string(server)), id}
	}
	if who.absent == nil && !claims.Register {
		who.absent = domain.ErrUserNotFound
	}
	return who, nil
}
