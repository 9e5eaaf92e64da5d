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
	retryAuditAfter = 200 * time.Millisecond
	complainEvery   = 10 * time.Second // while audit records cannot be written
	writeSeenEvery  = 10 * time.Second
	cleanUpEvery    = 10 * time.Minute
	lastWriteLimit  = 5 * time.Second
	// walkPause lies between two steps of a walk through rows of which there may be
	// millions: whoever waits for the database comes first.
	walkPause = 20 * time.Millisecond

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
	beside.Go(func() { b.cleanUpUntil(ctx) })
	beside.Go(func() { b.writeAuditUntil(ctx) })
	b.writeSeenUntil(ctx)
}

// writeAuditUntil writes audit records down now and again, and when many wait. A
// database that is out of order is asked at fixed times only, however many wait.
func (b Background) writeAuditUntil(ctx context.Context) {
	next, much := time.NewTicker(writeAuditEvery), b.Audit.much
	defer next.Stop()
	complain := time.NewTimer(0)
	defer complain.Stop()
	for {
		select {
		case <-next.C:
		case <-much:
		case <-ctx.Done():
			lastly(ctx, func(ctx context.Context) { b.report(auditUnwritten, b.Audit.Write(ctx)) })
			return
		}
		err := b.Audit.Write(ctx)
		if ctx.Err() != nil {
			continue // what was broken off is written down in the end
		}
		if err == nil {
			next.Reset(writeAuditEvery)
			much = b.Audit.much
			continue
		}
		next.Reset(retryAuditAfter)
		much = nil
		select {
		case <-complain.C:
			b.report(auditUnwritten, err)
			complain.Reset(complainEvery)
		default:
		}
	}
}

// writeSeenUntil writes sightings down now and again.
func (b Background) writeSeenUntil(ctx context.Context) {
	next := time.NewTicker(writeSeenEvery)
	defer next.Stop()
	for {
		select {
		case <-next.C:
			if err := b.LastSeen.Write(ctx, false); ctx.Err() == nil {
				b.report(seenUnwritten, err)
			}
		case <-ctx.Done():
			lastly(ctx, func(ctx context.Context) { b.report(seenUnwritten, b.LastSeen.Write(ctx, true)) })
			return
		}
	}
}

// lastly does something after ctx has ended, which may take a while.
func lastly(ctx context.Context, do func(context.Context)) {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWriteLimit)
	defer cancel()
	do(last)
}

// cleanUpUntil cleans up now and again. It may take long, so nothing else waits for
// it, and is gone on with the next time if ctx ends.
func (b Background) cleanUpUntil(ctx context.Context) {
	old := time.NewTicker(cleanUpEvery)
	defer old.Stop()
	for {
		select {
		case <-old.C:
			if err := b.CleanUp(ctx); ctx.Err() == nil {
				b.report("what has expired could not be deleted", err)
			}
		case <-ctx.Done():
			return
		}
	}
}

// CleanUp deletes what has expired, and audit records that were kept long enough.
func (b Background) CleanUp(ctx context.Context) error {
	r, now := b.Storage.Repositories(), b.Now()
	_, interactions := r.Interactions.DeleteExpired(ctx, now)
	_, tickets := r.Tickets.DeleteExpired(ctx, now)
	errs := errors.Join(interactions, tickets, forgetImported(ctx, r.ImportedTokens), b.Audit.CleanUp(ctx),
		b.Storage.CleanUp(ctx))
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
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

// pause waits for walkPause, or returns the error of ctx if that ends before.
func pause(ctx context.Context) error {
	select {
	case <-time.After(walkPause):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b Background) report(text string, err error) {
	if err != nil {
		b.Log.Warn(text, slog.String("cause", err.Error()))
	}
}
