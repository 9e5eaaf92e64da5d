package gormstore

import (
	"context"
	"log/slog"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	// lookPeriod lies between two looks at what others wrote.
	lookPeriod = 20 * time.Millisecond
	// lookLimit is how long a look may take.
	lookLimit = 3 * time.Second
	// tooMany changes at once (the LIMIT of those who read them) outdate everything:
	// they would only fill memory.
	tooMany = 4096
)

// A change log says whose tokens changed, whoever changed them: the schema's triggers
// write that down in the transaction that commits it.
type changeLog interface {
	// next returns whose tokens changed in what was committed since the last call.
	// all says that this is not known, as at the first call, or are too many.
	next(ctx context.Context) (users []domain.UserID, all bool, err error)
	close()
}

// CacheTokens makes the store know in memory whose tokens are, so many of them, and
// look fifty times a second at what others wrote to the database, on a connection of
// its own. As long as it cannot, it asks the database for each token. What others commit
// it knows within a second: by the clock, which has to be the machine's. It is called
// at most once, of a store whose schema is there, before [Store.Repositories]: otherwise
// it panics.
func (s *Store) CacheTokens(tokens int, clock func() time.Time) {
	if s.outside.Sessions != nil {
		panic("gormstore: CacheTokens is called too late")
	}
	s.cache = newTokenCache(tokens, clock)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	s.endWatch = func() {
		stop()
		<-ended
		s.cache.trusted.Store(0)
	}
	go func() {
		defer close(ended)
		s.watch(ctx)
	}()
}

// watch sees what others write until ctx ends, and tells an operator when it begins to
// fail and when it works again.
func (s *Store) watch(ctx context.Context) {
	isDown, rest := false, watchPause
	for {
		err := s.lookOn(ctx, func() {
			rest = watchPause
			if isDown {
				s.log.Info("what others write to the database is seen again: tokens are cached")
			}
			isDown = false
		})
		if ctx.Err() != nil {
			return
		}
		if !isDown {
			s.log.Warn("what others write to the database is not seen: no tokens are cached", slog.String("cause", err.Error()))
		}
		isDown = true
		pause(ctx, rest)
		rest = min(2*rest, longestPause)
	}
}

// lookOn looks again and again until it cannot, or ctx ends, and calls seen each time
// when it could. What was committed before a look began is forgotten when it is over;
// so until then the cache is trusted for a while that counts from its beginning.
func (s *Store) lookOn(ctx context.Context, seen func()) error {
	changes, err := s.dialect.changes(ctx)
	if err != nil {
		return err
	}
	defer changes.close()
	for ctx.Err() == nil {
		at := s.cache.age()
		if err := s.look(ctx, changes); err != nil {
			return err
		}
		s.cache.trust(at)
		seen()
		pause(ctx, lookPeriod)
	}
	return ctx.Err()
}

func (s *Store) look(ctx context.Context, changes changeLog) error {
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	users, all, err := changes.next(ctx)
	switch {
	case err != nil:
		return err
	case all:
		s.cache.forgetAll()
	default:
		s.cache.forget(users...)
	}
	return nil
}

// Between two attempts to watch there is a pause, which grows as long as they fail.
const (
	watchPause   = 250 * time.Millisecond
	longestPause = 4 * time.Second
)

// pause waits, unless ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
