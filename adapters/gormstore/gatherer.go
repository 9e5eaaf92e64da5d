package gormstore

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	// groupBound is how many sign-ins one statement or transaction writes at most.
	groupBound = 64
	// anotherLane is how many have to wait for another lane to be opened beside one
	// that is used: few are sooner through together, in the next group.
	anotherLane = groupBound / 2
	// groupTries is how often a sign-in is part of a group before it goes alone.
	groupTries = 3
	// patience is how long a group waits for a lock that somebody else holds, and
	// how long a sign-in that goes alone may keep others from going.
	patience = 100 * time.Millisecond
)

// A gatherer writes sign-ins that wait together, in groups: a database syncs
// its log once for all of them.
//
// A sign-in that comes while nothing is under way goes at once, alone. Those that
// come meanwhile wait, and go together as soon as that is over, or many wait and
// there is another lane. Nobody waits for company, and there is no goroutine but for
// a group under way.
//
// While a sign-in is under way no other of its users, or of its identity, is:
// those wait for each other here, where that costs no connection. Only within a
// group there may be several of a user, on different devices.
//
// A group that failed, before it took effect, is written again one by one. So
// nobody fails for what others ask for, and whoever waits for a lock that is held
// for long does so alone, once for each user.
type gatherer struct {
	write func(context.Context, []*signInRequest) ([]outcome, error)
	under context.Context // ends when the store is closed
	stop  context.CancelFunc
	going sync.WaitGroup // groups
	width int            // how many lanes there are

	mu      sync.Mutex
	lanes   int              // that are free
	alone   []*signInRequest // wait to go alone
	waiting []*signInRequest
	busy    map[string]int // how many are under way of a user or an identity
	closed  bool
}

// newGatherer returns one that has so many groups under way at a time. An error
// of write that is errAgain says that nothing took effect.
func newGatherer(lanes int, write func(context.Context, []*signInRequest) ([]outcome, error)) *gatherer {
	under, stop := context.WithCancel(context.Background())
	return &gatherer{write: write, under: under, stop: stop, width: lanes, lanes: lanes, busy: map[string]int{}}
}

// close lets nobody wait any more. Groups under way fail.
func (g *gatherer) close() {
	g.mu.Lock()
	g.closed = true
	g.dispatch()
	g.mu.Unlock()
	g.stop()
	g.going.Wait()
}

// signIn is ports.SessionRepository.SignIn, by way of alone or in a group.
func (g *gatherer) signIn(ctx context.Context, in domain.SignIn, alone signInFunc) (domain.SignedIn, error) {
	if err := ctx.Err(); err != nil {
		return domain.SignedIn{}, err
	}
	if err := in.Check(); err != nil {
		return domain.SignedIn{}, err
	}
	limit, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	r := newSignInRequest(limit, in)
	out := g.ask(r)
	if out.way != byItself {
		return out.signedIn, ofLimit(ctx, out.err)
	}
	return g.goes(ctx, r, out.hasLane, alone)
}

// goes writes a sign-in alone. One that takes long, since somebody else holds its
// user, lets others go meanwhile.
func (g *gatherer) goes(ctx context.Context, r *signInRequest, hasLane bool, alone signInFunc) (domain.SignedIn, error) {
	hadLane := func() bool { return false }
	if hasLane {
		hadLane = time.AfterFunc(patience, g.freeLane).Stop
	}
	defer func() { g.leave(r, hadLane()) }()
	signedIn, err := alone(r.limit, r.SignIn)
	return signedIn, ofLimit(ctx, err)
}

// ofLimit returns the error of a call whose time limit may have ended, and whose
// caller's context has not.
func ofLimit(ctx context.Context, err error) error {
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return fmt.Errorf("%w: the database did not answer within %v", domain.ErrUnavailable, callLimit)
	}
	return err
}

// ask waits until it is known what becomes of the request, or its context ends.
func (g *gatherer) ask(r *signInRequest) outcome {
	g.mu.Lock()
	g.waiting = append(g.waiting, r)
	if g.lanes > 0 {
		// Those who came at the same time, and only have to run for a moment to be
		// here, too, go together.
		g.mu.Unlock()
		runtime.Gosched()
		g.mu.Lock()
	}
	g.dispatch()
	g.mu.Unlock()
	select {
	case out := <-r.told:
		return out
	case <-r.limit.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case out := <-r.told:
		return out
	default: // it waits, or its group is under way
		return outcome{err: r.limit.Err()}
	}
}

// freeLane lets others go.
func (g *gatherer) freeLane() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lanes++
	g.dispatch()
}

// leave ends a request that went alone, and had a lane or not.
func (g *gatherer) leave(r *signInRequest, hadLane bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.release(r)
	if hadLane {
		g.lanes++
	}
	g.dispatch()
}

// run writes a group and tells its members what became of them.
func (g *gatherer) run(group []*signInRequest) {
	defer g.going.Done()
	// What one of the members wants with its context is nothing to the others.
	ctx, cancel := context.WithTimeout(g.under, callLimit)
	outcomes, err := g.write(ctx, group)
	cancel()

	g.mu.Lock()
	defer g.mu.Unlock()
	g.lanes++
	var again []*signInRequest
	for i, r := range group {
		g.release(r)
		out := outcome{err: err}
		switch {
		case errors.Is(err, errAgain):
			out = outcome{way: byItself}
		case err == nil:
			out = outcomes[i]
		}
		switch {
		case out.way == inAnotherGroup && r.tries < groupTries:
			again = append(again, r)
		case out.way != answered:
			g.alone = append(g.alone, r)
		default:
			r.told <- out
		}
	}
	g.waiting = append(again, g.waiting...)
	g.dispatch()
}
