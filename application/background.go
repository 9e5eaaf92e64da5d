package application

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/seed-31b6c987/doorward/ports"
)

const (
	writeSeenEvery = 10 * time.Second
	cleanUpEvery   = 10 * time.Minute
	lastWriteLimit = 5 * time.Second
)

// Background is the work that no request waits for: sightings of devices are
// written down, and what has expired is deleted.
type Background struct {
	LastSeen *LastSeen
	Storage  ports.Storage
	Now      Clock
	Log      *slog.Logger
}

// Run works until ctx ends, and then writes down what is left. A failure is
// logged, and tried again the next time.
func (b Background) Run(ctx context.Context) {
	seen, old := time.NewTicker(writeSeenEvery), time.NewTicker(cleanUpEvery)
	defer seen.Stop()
	defer old.Stop()
	for {
		select {
		case <-seen.C:
			b.report("sightings of devices could not be written down", b.LastSeen.Write(ctx, false))
		case <-old.C:
			b.report("what has expired could not be deleted", b.CleanUp(ctx))
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWriteLimit)
			defer cancel()
			b.report("sightings of devices could not be written down", b.LastSeen.Write(last, true))
			return
		}
	}
}

// CleanUp deletes what has expired.
func (b Background) CleanUp(ctx context.Context) error {
	r, now := b.Storage.Repositories(), b.Now()
	_, interactions := r.Interactions.DeleteExpired(ctx, now)
	_, tickets := r.Tickets.DeleteExpired(ctx, now)
	return errors.Join(interactions, tickets)
}

func (b Background) report(text string, err error) {
	if err != nil {
		b.Log.Warn(text, slog.String("cause", err.Error()))
	}
}
