package application

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	longestPause  = 30 * time.Second
	noticesAtOnce = 100
)

// deliver tells the homeserver all that waits to be told of the user, in order.
func (t *turn) deliver(ctx context.Context) error {
	for {
		if more, err := t.deliverSome(ctx); err != nil || !more {
			return err
		}
	}
}

// deliverSome tells the first of it, and says whether there may be more.
func (t *turn) deliverSome(ctx context.Context) (more bool, err error) {
	outbox := t.Storage.Repositories().Outbox
	notices, err := outbox.List(ctx, t.lease.User, noticesAtOnce)
	if err != nil {
		return false, err
	}
	for _, n := range notices {
		if err := t.tell(ctx, n); err != nil {
			return false, err
		}
		if err := outbox.Delete(ctx, n.ID); err != nil {
			return false, err
		}
	}
	return len(notices) == noticesAtOnce, nil
}

// tell delivers a notice. What the homeserver refuses for good is given up: what
// comes after it must not wait for ever.
func (t *turn) tell(ctx context.Context, n domain.Notice) error {
	void, err := t.isVoid(ctx, n)
	if err != nil || void {
		return err
	}
	if n.Kind == domain.UserCreated {
		err = t.tellOfUser(ctx, n.User)
	} else {
		err = t.call(ctx, func(ctx context.Context) error { return t.Homeserver.Tell(ctx, n) })
	}
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return nil // whom it does not know, it has nothing of
	case errors.Is(err, domain.ErrHomeserverRefused), errors.Is(err, domain.ErrInvalidUsername), errors.Is(err, domain.ErrUserDeactivated):
		t.Log.Warn("the homeserver does not take what it was told; it is given up",
			slog.String("kind", string(n.Kind)), slog.String("user", string(n.User)), slog.String("cause", err.Error()))
		return nil
	}
	return err
}

// isVoid says whether a notice has been overtaken: a device that was to be deleted
// is signed in on, or one that was created is gone; or the notice would make a user
// known to the homeserver who is at an end.
func (t *turn) isVoid(ctx context.Context, n domain.Notice) (bool, error) {
	switch n.Kind {
	case domain.UserRenamed, domain.UserAvatarChanged, domain.UserLocked, domain.UserUnlocked:
		if t.lease.Known {
			return false, nil
		}
		user, err := t.Storage.Repositories().Users.ByID(ctx, n.User)
		return user.Deactivated, err
	case domain.DeviceDeleted, domain.DeviceCreated:
	default:
		return false, nil
	}
	_, err := t.Storage.Repositories().Devices.ByID(ctx, n.User, n.Device)
	if errors.Is(err, domain.ErrNotFound) {
		return n.Kind == domain.DeviceCreated, nil
	}
	return n.Kind == domain.DeviceDeleted, err
}

// tellOfUser introduces a user who was created here.
func (t *turn) tellOfUser(ctx context.Context, id domain.UserID) error {
	user, err := t.Storage.Repositories().Users.ByID(ctx, id)
	if err != nil {
		return err
	}
	a := arrival{user: id, displayName: user.DisplayName, avatarURL: user.AvatarURL}
	if !t.lease.Known {
		err := t.introduce(ctx, a)
		t.lease.Known = t.lease.Known || err == nil
		return err
	}
	// An earlier attempt may have got no further than to remember it.
	err = t.call(ctx, func(ctx context.Context) error {
		_, err := t.Homeserver.User(ctx, id)
		return err
	})
	if errors.Is(err, domain.ErrNotFound) {
		return t.provision(ctx, a)
	}
	return err
}

// deliverTo delivers some of what waits for a user, so that others, and the user's own
// logins, get their turn, and says whether there may be more. If it fails, the next
// attempt waits, each time longer.
func (d *Delegation) deliverTo(ctx context.Context, user domain.UserID) (more bool, err error) {
	t, err := d.turn(ctx, user)
	if err != nil {
		return false, err
	}
	if more, err = t.deliverSome(ctx); err != nil {
		t.lease.Failures++
		t.lease.RetryAt = t.Now().Add(pauseAfter(t.lease.Failures, longestPause))
	} else {
		t.lease.Failures, t.lease.RetryAt = 0, time.Time{}
	}
	t.end(ctx)
	return more, err
}

// pauseAfter is how long to wait after so many failures: 1 s, 2 s, 4 s, ….
func pauseAfter(failures int, longest time.Duration) time.Duration {
	return min(time.Second<<min(failures-1, 10), longest)
}

// deliverAtOnce delivers what a change is about, as far as that is quick.
func (d *Delegation) deliverAtOnce(ctx context.Context, users []domain.UserID) {
	if len(users) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), atOnceLimit)
	defer cancel()
	for _, user := range users {
		if _, err := d.deliverTo(ctx, user); err != nil {
			return // it is tried again in the background
		}
	}
}
