package application

import (
	"context"
	"errors"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// An opening is a sign-in under way, and the tokens that it gives out.
type opening struct {
	domain.SignIn
	always     domain.ProfileFields // what the profile says of users who exist, too
	proof      domain.Proof
	tokens     domain.Tokens
	maxDevices int
	infoURI    string
}

// newOpening prepares a sign-in with a device; whose it is, is for the caller to
// say.
func newOpening(rules domain.SessionRules, now time.Time, device domain.DeviceID, name string, refreshable bool) opening {
	now = now.Truncate(time.Millisecond)
	tokens := rules.Issue(domain.NewSessionID(), refreshable, now)
	return opening{
		SignIn: domain.SignIn{
			Device:      device,
			DeviceName:  name,
			SessionID:   tokens.Session,
			Pair:        tokens.Pair,
			SessionEnds: rules.SessionEnd(now),
			At:          now,
		},
		tokens:     tokens,
		maxDevices: rules.MaxDevices,
		infoURI:    rules.InfoURI,
	}
}

// of returns the opening as that of an account, on the terms of its claims.
func (o opening) of(who account) opening {
	o.Users, o.Create = who.ids, who.absent == nil
	o.Profile, o.always = who.claims.Profile, who.claims.Always
	o.Link, o.LinkExisting = who.claims.Link, who.claims.LinkExisting
	o.ProviderSession = who.claims.ProviderSession
	o.SessionEnds = domain.Earlier(o.SessionEnds, who.claims.SessionEnds)
	o.proof = who.claims.Proof
	return o
}

// from returns the opening as one that is asked for from there, if that is known.
func (o opening) from(seen domain.Seen) opening {
	if seen == (domain.Seen{}) {
		return o
	}
	o.Seen = domain.Seen{At: o.At, Address: seen.Address, UserAgent: cleaned(seen.UserAgent)}
	return o
}

// open writes the sign-in, and what its proof asks for, as one. Most need no
// more than the one call.
func (o opening) open(ctx context.Context, storage ports.Storage) (domain.SignedIn, error) {
	if o.maxDevices == 0 && o.proof == (domain.Proof{}) && o.always == (domain.ProfileFields{}) {
		return storage.Repositories().Sessions.SignIn(ctx, o.SignIn)
	}
	return o.openInTransaction(ctx, storage)
}

func (o opening) openInTransaction(ctx context.Context, storage ports.Storage) (out domain.SignedIn, err error) {
	err = storage.InTransaction(ctx, func(r ports.Repositories) error {
		out, err = o.openWithin(ctx, r)
		return err
	})
	if err != nil {
		return domain.SignedIn{}, err
	}
	return out, nil
}

// openWithin is open in a transaction. The sign-in comes first: it locks the
// user, as everything else does that changes what a user has.
func (o opening) openWithin(ctx context.Context, r ports.Repositories) (domain.SignedIn, error) {
	out, err := r.Sessions.SignIn(ctx, o.SignIn)
	if err != nil {
		return domain.SignedIn{}, err
	}
	if o.maxDevices > 0 && out.NewDevice {
		devices, err := r.Devices.List(ctx, out.User.ID)
		if err != nil {
			return domain.SignedIn{}, err
		}
		if len(devices) > o.maxDevices {
			return domain.SignedIn{}, &domain.TooManyDevices{Max: o.maxDevices, InfoURI: o.infoURI}
		}
	}
	if !out.Created {
		if out.User, err = o.renew(ctx, r, out.User); err != nil {
			return domain.SignedIn{}, err
		}
	}
	return out, redeem(ctx, r, out.User.ID, o.proof, o.At)
}

// redeem takes away what the proof rests on. If it is gone, somebody else was
// faster: it was spent, or the password changed.
func redeem(ctx context.Context, r ports.Repositories, user domain.UserID, proof domain.Proof, now time.Time) error {
	if proof.Ticket != (domain.TokenHash{}) {
		ticket, err := r.Tickets.Spend(ctx, proof.Ticket, now)
		if errors.Is(err, domain.ErrNotFound) || err == nil && ticket.User != user {
			return domain.ErrForbidden
		}
		if err != nil {
			return err
		}
	}
	if err := useUp(ctx, r, proof.Once, now); err != nil || proof.Password == "" {
		return err
	}
	err := r.Passwords.Replace(ctx, user, proof.Password, proof.NewPassword)
	if errors.Is(err, domain.ErrNotFound) {
		return domain.ErrForbidden
	}
	return err
}

// stillGood says what redeem would say now, as far as that is for tickets to say.
func stillGood(ctx context.Context, tickets ports.TicketRepository, proof domain.Proof, now time.Time) error {
	if proof.Ticket != (domain.TokenHash{}) {
		if _, err := tickets.ByHash(ctx, proof.Ticket, now); errors.Is(err, domain.ErrNotFound) {
			return domain.ErrForbidden
		} else if err != nil {
			return err
		}
	}
	return unused(ctx, tickets, proof.Once, now)
}

// unused returns the error for whoever comes second, if somebody was first.
func unused(ctx context.Context, tickets ports.TicketRepository, once domain.Once, now time.Time) error {
	if once.Key == (domain.TokenHash{}) {
		return nil
	}
	_, err := tickets.ByHash(ctx, once.Key, now)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return once.Used
}

// useUp makes sure that nobody else can use what is good once, or returns the
// error for whoever comes second.
func useUp(ctx context.Context, r ports.Repositories, once domain.Once, now time.Time) error {
	if once.Key == (domain.TokenHash{}) {
		return nil
	}
	err := r.Tickets.Create(ctx, domain.Ticket{Hash: once.Key, Expires: once.Until}, now)
	if errors.Is(err, domain.ErrExists) {
		return once.Used
	}
	return err
}

func (o opening) result(signedIn domain.SignedIn) LoginResult {
	return LoginResult{
		User:         signedIn.User,
		Device:       o.Device,
		AccessToken:  o.tokens.Access,
		RefreshToken: o.tokens.Refresh,
		ExpiresIn:    until(o.Session().AccessExpires, o.At),
		UserCreated:  signedIn.Created,
	}
}
