package application

import (
	"context"
	"errors"
	"log/slog"
	"math"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// A SyncResult says how the homeserver differed in what it can be asked for, as far
// as that is mended.
type SyncResult struct {
	// Created, Deactivated and Reactivated say that the user was made so there.
	Created, Deactivated, Reactivated bool
	// Devices is how many devices the user has, here and from now on there.
	Devices int
}

// enoughFailures is after how many failures, some three minutes of them, a sync
// does without what the homeserver fails at.
const enoughFailures = 10

// Sync delivers what waits for a user, and then makes the homeserver agree with
// what is here: that the user exists, is deactivated or locked, and which devices it
// has. Names and avatars are the homeserver's to keep. What it has failed at time
// and again is forgotten, if all of that succeeds: it would keep the user out for
// ever. Sync returns [domain.ErrNotFound] if there is no such user here.
func (d *Delegation) Sync(ctx context.Context, id domain.UserID) (result SyncResult, err error) {
	t, err := d.turn(ctx, id)
	if err != nil {
		return SyncResult{}, err
	}
	defer t.end(ctx)
	r := d.Storage.Repositories()
	var overtaken []domain.Notice
	if err := t.deliver(ctx); errors.Is(err, domain.ErrHomeserverAway) && t.lease.Failures >= enoughFailures {
		if overtaken, err = r.Outbox.List(ctx, id, math.MaxInt32); err != nil {
			return SyncResult{}, err
		}
	} else if err != nil {
		return SyncResult{}, err
	}
	user, err := r.Users.ByID(ctx, id)
	if err != nil {
		return SyncResult{}, err
	}
	if result, err = t.compare(ctx, user); err != nil || user.Deactivated {
		return result, err // nobody can see whether a user who is deactivated is erased there
	}
	return result, t.forget(ctx, overtaken)
}

// forget gives up notices of changes that the homeserver was told of otherwise.
func (t *turn) forget(ctx context.Context, notices []domain.Notice) error {
	ids := make([]int64, len(notices))
	for i, n := range notices {
		ids[i] = n.ID
		t.Log.Warn("the homeserver fails at what it was told; it is given up",
			slog.String("kind", string(n.Kind)), slog.String("user", string(n.User)))
	}
	return t.Storage.Repositories().Outbox.Delete(ctx, ids...)
}

// compare makes the homeserver agree, whether it knows the user or not.
func (t *turn) compare(ctx context.Context, user domain.User) (result SyncResult, err error) {
	var there domain.HomeserverUser
	err = t.call(ctx, func(ctx context.Context) (err error) {
		there, err = t.Homeserver.User(ctx, user.ID)
		return err
	})
	unknown := errors.Is(err, domain.ErrNotFound)
	switch {
	case err != nil && !unknown:
		return SyncResult{}, err
	case unknown && user.Deactivated:
		return SyncResult{}, nil
	case unknown:
		if err := t.provision(ctx, arrival{user: user.ID, displayName: user.DisplayName, avatarURL: user.AvatarURL}); err != nil {
			return SyncResult{}, err
		}
		result.Created = true
	}
	t.lease.Known = true
	return t.sync(ctx, user, there, result)
}

// sync makes a user agree who is known there.
func (t *turn) sync(ctx context.Context, user domain.User, there domain.HomeserverUser, result SyncResult) (SyncResult, error) {
	tell := func(kind domain.NoticeKind) error {
		return t.call(ctx, func(ctx context.Context) error {
			return t.Homeserver.Tell(ctx, domain.Notice{User: user.ID, Kind: kind})
		})
	}
	switch {
	case user.Deactivated && there.Deactivated:
		return result, nil
	case user.Deactivated:
		end := domain.UserDeactivated
		if user.Erased {
			end = domain.UserErased
		}
		err := tell(end)
		result.Deactivated = err == nil
		return result, err
	case there.Deactivated:
		if err := tell(domain.UserReactivated); err != nil {
			return result, err
		}
		result.Reactivated = true
	}
	locked := domain.UserUnlocked
	if user.Locked {
		locked = domain.UserLocked
	}
	if err := tell(locked); err != nil {
		return result, err
	}
	devices, err := t.Storage.Repositories().Devices.List(ctx, user.ID)
	if err != nil {
		return result, err
	}
	ids := make([]domain.DeviceID, len(devices))
	for i, device := range devices {
		ids[i] = device.ID
	}
	err = t.call(ctx, func(ctx context.Context) error { return t.Homeserver.SyncDevices(ctx, user.ID, ids) })
	if err == nil {
		result.Devices = len(ids)
	}
	return result, err
}

// AllowCrossSigningReset lets a user replace its cross-signing keys at the
// homeserver without confirming it, for ten minutes. It returns
// [domain.ErrNotFound] if the homeserver does not know the user.
func (d *Delegation) AllowCrossSigningReset(ctx context.Context, user domain.UserID) error {
	return d.call(ctx, func(ctx context.Context) error {
		return d.Homeserver.Tell(ctx, domain.Notice{User: user, Kind: domain.CrossSigningAllowed})
	})
}

// BuryDead deletes the devices of sessions that are dead, so that the homeserver
// does not keep them, and returns how many.
func (d *Delegation) BuryDead(ctx context.Context) (buried int, err error) {
	r := d.Storage.Repositories()
	for next := (domain.TokenHash{}); ; {
		var dead []domain.TokenHash
		if dead, next, err = r.DeadSessions.List(ctx, next, d.Now()); err != nil {
			return buried, err
		}
		for _, session := range dead {
			err := d.bury(ctx, session)
			switch {
			case err == nil:
				buried++
			case !errors.Is(err, domain.ErrNotFound): // somebody signed in on it anew
				return buried, err
			}
		}
		if next == (domain.TokenHash{}) {
			return buried, nil
		}
		if err := pause(ctx); err != nil {
			return buried, err
		}
	}
}

// bury ends a dead session. The homeserver hears of it when it is told next.
func (d *Delegation) bury(ctx context.Context, session domain.TokenHash) error {
	_, err := d.inTransaction(ctx, false, func(r ports.Repositories) error {
		_, err := r.Sessions.Delete(ctx, session)
		return err
	})
	return err
}
