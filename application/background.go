package application

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

const (
	writeAuditEvery = time.Second
	retryAuditAfter = 10 * time.Second
	writeSeenEvery  = 10 * time.Second
	cleanUpEvery    = 10 * time.Minute
	lastWriteLimit  = 5 * time.Second

	auditUnwritten = "audit records could not be written down"
	seenUnwritten  = "sightings of devices could not be written down"
)

// KeySets are keys of others, which change.
type KeySets interface {
	// Poll keeps them up to date until ctx ends.
	Poll(ctx context.Context)
}

// Background is the work that no request waits for: sightings of devices and audit
// records are written down, what has expired is deleted, keys are kept up to date,
// and a homeserver that has handed authentication over is told of changes.
type Background struct {
	LastSeen *LastSeen
	Audit    *Audit
	KeySets  KeySets // nil: there are none
	// Delegation is nil if no homeserver has handed authentication over.
	Delegation *Delegation
	Storage    ports.Storage
	Now        Clock
	Log        *slog.Logger
}

// Run works until ctx ends, and then writes down what is left. A failure is
// logged, and tried again the next time.
func (b Background) Run(ctx context.Context) {
	var beside sync.WaitGroup
	defer beside.Wait()
	if b.KeySets != nil {
		beside.Go(func() { b.KeySets.Poll(ctx) })
	}
	if b.Delegation != nil {
		beside.Go(func() { b.Delegation.Run(ctx) })
	}
	audit, seen, old := time.NewTicker(writeAuditEvery), time.NewTicker(writeSeenEvery), time.NewTicker(cleanUpEvery)
	defer audit.Stop()
	defer seen.Stop()
	defer old.Stop()
	for {
		select {
		case <-audit.C:
			err := b.Audit.Write(ctx)
			b.report(auditUnwritten, err)
			audit.Reset(untilNextWrite(err))
		case <-seen.C:
			b.report(seenUnwritten, b.LastSeen.Write(ctx, false))
		case <-old.C:
			b.report("what has expired could not be deleted", b.CleanUp(ctx))
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWriteLimit)
			defer cancel()
			b.report(auditUnwritten, b.Audit.Write(last))
			b.report(seenUnwritten, b.LastSeen.Write(last, true))
			return
		}
	}
}

// untilNextWrite lets a database that is out of order alone for a while, and the log
// too.
func untilNextWrite(err error) time.Duration {
	if err != nil {
		return retryAuditAfter
	}
	return writeAuditEvery
}

// CleanUp deletes what has expired, and audit records that were kept long enough.
func (b Background) CleanUp(ctx context.Context) error {
	r, now := b.Storage.Repositories(), b.Now()
	_, interactions := r.Interactions.DeleteExpired(ctx, now)
	_, tickets := r.Tickets.DeleteExpired(ctx, now)
	errs := errors.Join(interactions, tickets, forgetImported(ctx, r.ImportedTokens), b.Audit.CleanUp(ctx))
	if b.Delegation != nil {
		_, err := b.Delegation.BuryDead(ctx)
		errs = errors.Join(errs, err)
	}
	return errs
}

// forgetImported deletes imported tokens whose sessions have ended, a few at a time.
func forgetImported(ctx context.Context, tokens ports.ImportedTokenRepository) error {
	for next := (domain.TokenHash{}); ; {
		var err error
		if next, _, err = tokens.DeleteEnded(ctx, next); err != nil || next == (domain.TokenHash{}) {
			return err
		}
	}
}

func (b Background) report(text string, err error) {
	if err != nil {
		b.Log.Warn(text, slog.String("cause", err.Error()))
	}
}
