package gormstore

import (
	"context"
	"log/slog"
	"time"
)

// CacheTokens makes the store know in memory whose tokens are, so many of them, and
// watch what others write to the database, with a connection of its own. As long as
// it cannot, it asks the database for each token. What others commit it knows within
// a second: by the clock, which has to be the machine's. It is called at most once,
// before anything else is asked of a store whose schema is there.
//
// They must not have said that nobody does this ([Options]).
func (s *Store) CacheTokens(tokens int, clock func() time.Time) {
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
		watch(ctx, s.log, func(seen func()) error { return s.dialect.watch(ctx, s.cache, seen) })
	}()
}

// watch calls once, which calls seen when it sees what others write, again and
// again until ctx ends, and tells an operator when it begins to fail and when it
// works again.
func watch(ctx context.Context, log *slog.Logger, once func(seen func()) error) {
	isDown, rest := false, watchPause
	for {
		err := once(func() {
			rest = watchPause
			if isDown {
				log.Info("what others write to the database is seen again: tokens are cached")
			}
			isDown = false
		})
		if ctx.Err() != nil {
			return
		}
		if !isDown {
			log.Warn("what others write to the database is not seen: no tokens are cached", slog.Any("error", err))
		}
		isDown = true
		pause(ctx, rest)
		rest = min(2*rest, longestPause)
	}
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
