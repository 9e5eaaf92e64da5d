package gormstore

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// A signInFunc is a method SignIn of a ports.SessionRepository.
type signInFunc func(context.Context, domain.SignIn) (domain.SignedIn, error)

// gatheredSessions are sessions whose sign-ins go in groups, if there are several
// at a time.
type gatheredSessions struct {
	ports.SessionRepository
	gatherer *gatherer
}

func (s gatheredSessions) SignIn(ctx context.Context, in domain.SignIn) (domain.SignedIn, error) {
	return s.gatherer.signIn(ctx, in, s.SessionRepository.SignIn)
}

// A signInRequest is a sign-in that waits or is under way.
type signInRequest struct {
	domain.SignIn
	limit context.Context // of the call
	key   []byte          // of its identity; nil: none
	keys  []string        // what others may not be under way of meanwhile
	told  chan outcome    // has room for the one that there will be

	tries int // how often it was part of a group
}

func newSignInRequest(limit context.Context, in domain.SignIn) *signInRequest {
	r := &signInRequest{SignIn: in, limit: limit, told: make(chan outcome, 1)}
	r.keys = append(r.keys, string(in.Users[0]))
	if last := r.last(); last != in.Users[0] {
		r.keys = append(r.keys, string(last))
	}
	if in.Link != (domain.Link{}) {
		key := in.Link.Key()
		r.key = key[:]
		r.keys = append(r.keys, string(r.key))
	}
	return r
}

// last is the user whom the sign-in creates if need be.
func (r *signInRequest) last() domain.UserID { return r.Users[len(r.Users)-1] }

// An outcome is what a group did for one of its members.
type outcome struct {
	way      way
	hasLane  bool // goes by itself, and frees a lane by that
	signedIn domain.SignedIn
	err      error
}

// A way says how to go on with a sign-in.
type way int

const (
	answered way = iota
	byItself
	inAnotherGroup // it collides with another of its group, which was written
)

// dispatch lets go whoever may.
func (g *gatherer) dispatch() {
	g.alone = g.each(g.alone, func(r *signInRequest) bool {
		g.goAlone(r, false)
		return true
	})
	if g.closed {
		for _, r := range append(g.alone, g.waiting...) {
			g.goAlone(r, false)
		}
		g.alone, g.waiting = nil, nil
	}
	for g.lanes == g.width && len(g.waiting) > 0 || g.lanes > 0 && len(g.waiting) >= anotherLane {
		group := g.take()
		switch len(group) {
		case 0:
			return
		case 1:
			g.goAlone(group[0], true)
		default:
			for _, r := range group {
				g.hold(r)
				r.tries++
			}
			g.going.Add(1)
			go g.run(group)
		}
		g.lanes--
	}
}

// goAlone lets the caller write it.
func (g *gatherer) goAlone(r *signInRequest, withLane bool) {
	g.hold(r)
	r.told <- outcome{way: byItself, hasLane: withLane}
}

// take takes those who wait and may go together.
func (g *gatherer) take() (group []*signInRequest) {
	type device struct {
		user domain.UserID
		id   domain.DeviceID
	}
	taken := map[device]bool{}
	g.waiting = g.each(g.waiting, func(r *signInRequest) bool {
		first, last := device{r.Users[0], r.Device}, device{r.last(), r.Device}
		if len(group) == groupBound || taken[first] || taken[last] {
			return false
		}
		taken[first], taken[last] = true, true
		group = append(group, r)
		return true
	})
	return group
}

// each takes those out of a list that go takes, and that nobody waits for. Of
// what is busy none is asked.
func (g *gatherer) each(list []*signInRequest, goes func(*signInRequest) bool) (rest []*signInRequest) {
	rest = list[:0]
	for _, r := range list {
		switch {
		case r.limit.Err() != nil:
			// Its caller has seen that, or does so now.
		case g.isBusy(r) || !goes(r):
			rest = append(rest, r)
		}
	}
	clear(list[len(rest):])
	return rest
}

func (g *gatherer) isBusy(r *signInRequest) bool {
	for _, key := range r.keys {
		if g.busy[key] > 0 {
			return true
		}
	}
	return false
}

// hold makes the others of its users and its identity wait.
func (g *gatherer) hold(r *signInRequest) {
	for _, key := range r.keys {
		g.busy[key]++
	}
}

// release is the opposite of hold.
func (g *gatherer) release(r *signInRequest) {
	for _, key := range r.keys {
		if g.busy[key]--; g.busy[key] == 0 {
			delete(g.busy, key)
		}
	}
}
