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
	longestSilence = 15 * time.Second // while nothing can be delivered
	usersARound    = 200
	atATime        = 8
)

// A Round says what came of a round of deliveries.
type Round struct {
	// Delivered is to how many users something was delivered, or nothing was left, and
	// Failed to how many that failed.
	Delivered, Failed int
	// Err is one of the failures, if there were any.
	Err error
	// More says that more is due.
	More bool
}

// Round delivers what is due, a few users at a time. It gives up early if the
// homeserver is away.
func (d *Delegation) Round(ctx context.Context) (round Round) {
	users, err := d.Storage.Repositories().Outbox.Due(ctx, d.Now(), usersARound)
	if err != nil {
		return Round{Failed: 1, Err: err}
	}
	round.More = len(users) == usersARound
	var mu sync.Mutex
	var working sync.WaitGroup
	defer working.Wait()
	places := make(chan struct{}, atATime)
	for i, user := range users {
		if i == atATime {
			// What fails for some users need not for others.
			working.Wait()
			if round.Delivered == 0 && d.isAway(ctx, user) {
				return
			}
		}
		if ctx.Err() != nil {
			return
		}
		places <- struct{}{}
		working.Go(func() {
			defer func() { <-places }()
			more, err := d.deliverTo(ctx, user)
			mu.Lock()
			defer mu.Unlock()
			if round.More = round.More || more; err == nil {
				round.Delivered++
			} else {
				round.Failed, round.Err = round.Failed+1, err
			}
		})
	}
	return round
}

// isAway says whether the homeserver does not answer either when it is only asked
// about a user.
func (d *Delegation) isAway(ctx context.Context, user domain.UserID) bool {
	err := d.call(ctx, func(ctx context.Context) error {
		_, err := d.Homeserver.User(ctx, user)
		return err
	})
	return errors.Is(err, domain.ErrHomeserverAway)
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
		case round.Delivered > 0 || failures > 0 && d.nothingWaits(ctx):
			if failures > 0 {
				d.Log.Info("the homeserver is told of changes again")
			}
			failures = 0
			if round.More {
				pause = 0
			}
		}
	}
}

// nothingWaits says whether all has been delivered, by whomever.
func (d *Delegation) nothingWaits(ctx context.Context) bool {
	backlog, err := d.Storage.Repositories().Outbox.Backlog(ctx)
	return err == nil && backlog.Notices == 0
}
