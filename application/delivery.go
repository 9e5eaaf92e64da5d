package application

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	roundEvery     = time.Second
	longestPause   = 30 * time.Second // of one user
	longestSilence = 15 * time.Second // of all, while nothing can be delivered
	usersARound    = 200
	atATime        = 8
	noticesAtOnce  = 100
)

// deliver tells the homeserver what waits to be told of the user, in order.
func (t *turn) deliver(ctx context.Context) error {
	outbox := t.Storage.Repositories().Outbox
	for {
		notices, err := outbox.List(ctx, t.lease.User, noticesAtOnce)
		if err != nil || len(notices) == 0 {
			return err
		}
		for _, n := range notices {
			if err := t.tell(ctx, n); err != nil {
				return err
			}
			if err := outbox.Delete(ctx, n.ID); err != nil {
				return err
			}
		}
	}
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

// deliverTo delivers what waits for a user. If that fails, the next attempt
// waits, each time longer.
func (d *Delegation) deliverTo(ctx context.Context, user domain.UserID) error {
	t, err := d.turn(ctx, user)
	if err != nil {
		return err
	}
	if err = t.deliver(ctx); err != nil {
		t.lease.Failures++
		t.lease.RetryAt = t.Now().Add(pauseAfter(t.lease.Failures, longestPause))
	} else {
		t.lease.Failures, t.lease.RetryAt = 0, time.Time{}
	}
	t.end(ctx)
	return err
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
		if d.deliverTo(ctx, user) != nil {
			return // it is tried again in the background
		}
	}
}

// A Round says what came of a round of deliveries.
type Round struct {
	// Delivered is of how many users everything was delivered, and Failed of how many
	// it was not.
	Delivered, Failed int
	// Err is one of the failures, if there were any.
	Err error
	// Full says that more is due.
	Full bool
}

// Round delivers what is due, a few users at a time. It gives up early if nothing
// can be delivered.
func (d *Delegation) Round(ctx context.Context) (round Round) {
	users, err := d.Storage.Repositories().Outbox.Due(ctx, d.Now(), usersARound)
	if err != nil {
		return Round{Failed: 1, Err: err}
	}
	round.Full = len(users) == usersARound
	var mu sync.Mutex
	var working sync.WaitGroup
	places := make(chan struct{}, atATime)
	for _, user := range users {
		places <- struct{}{}
		mu.Lock()
		away := round.Failed >= atATime && round.Delivered == 0
		mu.Unlock()
		if away || ctx.Err() != nil {
			break
		}
		working.Go(func() {
			defer func() { <-places }()
			err := d.deliverTo(ctx, user)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				round.Delivered++
			} else {
				round.Failed, round.Err = round.Failed+1, err
			}
		})
	}
	working.Wait()
	return round
}

// Run delivers until ctx ends. While nothing can be delivered it asks less and
// less often.
func (d *Delegation) Run(ctx context.Context) {
	failures := 0
	for pause := roundEvery; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		round := d.Round(ctx)
		if ctx.Err() != nil {
			return
		}
		pause = roundEvery
		switch {
		case round.Failed > 0 && round.Delivered == 0:
			if failures++; failures == 1 {
				d.Log.Warn("the homeserver cannot be told of changes; they wait", slog.String("cause", round.Err.Error()))
			}
			pause = pauseAfter(failures, longestSilence)
		case round.Delivered > 0:
			if failures > 0 {
				d.Log.Info("the homeserver is told of changes again")
			}
			failures = 0
			if round.Full {
				pause = 0
			}
		}
	}
}
