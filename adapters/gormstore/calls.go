package gormstore

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// attempts is how often a call is tried that the database gave up in favour of
// another. Beyond that, a call may meet every connection in the pool that the
// database has left behind, one after another.
const attempts = 5

// errAgain marks errors after which the same call may succeed, and before which
// nothing took effect.
var errAgain = errors.New("tried in vain")

// errRefused stands for the error of a caller's function, which [update] returns
// in its place.
var errRefused = errors.New("refused by the caller")

// calls is what repositories need. The store makes a transaction of every
// call; inside a transaction, calls join it.
type calls interface {
	// read runs queries.
	read(ctx context.Context, do func(*gorm.DB) error) error
	// readAndWrite runs queries on one database and, if they ask for it, statements
	// on the other. Each takes effect for itself.
	readAndWrite(ctx context.Context, do func(reader, writer *gorm.DB) error) error
	// directly is readAndWrite for what every request does: there GORM costs more
	// than the query.
	directly(ctx context.Context, do func(context.Context, direct) error) error
	// write runs statements that each take effect for themselves; mostly one.
	write(ctx context.Context, do func(*gorm.DB) error) error
	// transact runs several statements, all or none of which take effect.
	transact(ctx context.Context, do func(*gorm.DB) error) error
}

func (s *Store) read(ctx context.Context, do func(*gorm.DB) error) error {
	return s.limited(ctx, func(ctx context.Context) error { return do(s.reader.WithContext(ctx)) })
}

func (s *Store) readAndWrite(ctx context.Context, do func(reader, writer *gorm.DB) error) error {
	return s.limited(ctx, func(ctx context.Context) error {
		return do(s.reader.WithContext(ctx), s.writer.WithContext(ctx))
	})
}

func (s *Store) directly(ctx context.Context, do func(context.Context, direct) error) error {
	return s.limited(ctx, func(ctx context.Context) error {
		return do(ctx, direct{reader: s.reader.ConnPool, writer: s.writer.ConnPool})
	})
}

func (s *Store) write(ctx context.Context, do func(*gorm.DB) error) error {
	return s.limited(ctx, func(ctx context.Context) error { return do(s.writer.WithContext(ctx)) })
}

func (s *Store) transact(ctx context.Context, do func(*gorm.DB) error) error {
	return s.limited(ctx, func(ctx context.Context) error { return s.writer.WithContext(ctx).Transaction(do) })
}

// limited calls do until it has an answer or the time is up, and says what its
// error means.
func (s *Store) limited(ctx context.Context, do func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	limit, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	for attempt := 1; ; attempt++ {
		err := s.meaning(ctx, limit, do(limit))
		if !errors.Is(err, errAgain) || attempt >= attempts+s.spare {
			return err
		}
	}
}

// meaning turns an error into what the ports promise. ctx is the caller's
// context, limit the same with the time limit of the call.
func (s *Store) meaning(ctx, limit context.Context, err error) error {
	switch {
	case err == nil || isAnswer(err):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case limit.Err() != nil:
		return fmt.Errorf("%w: the database did not answer within %v", domain.ErrUnavailable, callLimit)
	}
	return s.dialect.explain(err)
}

// isAnswer says whether the error is an answer of ours, not the driver's.
func isAnswer(err error) bool {
	for _, answer := range []error{
		domain.ErrNotFound, domain.ErrExists, domain.ErrInvalidParam,
		domain.ErrUserLocked, domain.ErrUserDeactivated, domain.ErrOtherIdentity, domain.ErrExpiredToken, domain.ErrUnavailable,
		errRefused, errUndecided,
	} {
		if errors.Is(err, answer) {
			return true
		}
	}
	return false
}
