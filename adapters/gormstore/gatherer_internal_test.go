package gormstore

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestALoneSignInGoesAtOnceAndWhatComesMeanwhileGoesTogether(t *testing.T) {
	play(t, 1, func(s *scene) {
		release := s.holds("a1")
		a, b, c := s.asks(s.Context(), "a", "1"), s.asks(s.Context(), "b", "1"), s.asks(s.Context(), "c", "1")
		s.wantBegan("a1")
		s.want(b, errWaits)
		release()
		s.wantBegan("a1", "b1+c1")
		for _, answer := range []func() error{a, b, c, s.asks(s.Context(), "d", "1")} {
			s.want(answer, nil)
		}
		s.wantBegan("a1", "b1+c1", "d1")
	})
}

func TestAnotherLaneOpensWhenManyWaitAndNoMoreThanThereAre(t *testing.T) {
	play(t, 2, func(s *scene) {
		first := s.holds("a1")
		s.asks(s.Context(), "a", "1")
		var many string
		for i := range anotherLane {
			s.wantBegan("a1")
			many += fmt.Sprintf("+%c1", 'b'+i)
			if i == anotherLane-1 {
				s.holds(many[1:])
			}
			s.asks(s.Context(), string(rune('b'+i)), "1")
		}
		s.wantBegan("a1", many[1:])
		for i := range anotherLane {
			s.asks(s.Context(), fmt.Sprint("z", i), "1")
		}
		s.wantBegan("a1", many[1:])
		first()
		if n := len(s.began); n != 3 {
			s.Errorf("%d writes", n)
		}
	})
}

func TestAGroupHasABound(t *testing.T) {
	play(t, 1, func(s *scene) {
		release := s.holds("a1")
		s.asks(s.Context(), "a", "1")
		for i := range groupBound + 1 {
			s.asks(s.Context(), fmt.Sprint("u", i), "")
		}
		release()
		if n := len(s.began); n != 3 || s.began[2] != fmt.Sprint("u", groupBound) {
			s.Errorf("%d writes, the last of %s", n, s.began[n-1])
		}
	})
}

func TestOneDeviceIsWrittenOnceInAGroup(t *testing.T) {
	play(t, 1, func(s *scene) {
		release := s.holds("x1")
		s.asks(s.Context(), "x", "1")
		for range 2 {
			s.asks(s.Context(), "a", "1")
			s.asks(s.Context(), "a", "2")
		}
		release()
		s.wantBegan("x1", "a1+a2", "a1+a2")
	})
}

func TestAUserIsInOneLaneAtATimeAndOthersGoPastIt(t *testing.T) {
	play(t, 2, func(s *scene) {
		release := s.holds("a1")
		s.asks(s.Context(), "a", "1")
		waits := s.asks(s.Context(), "a", "2")
		for i := range anotherLane - 1 {
			s.want(s.asks(s.Context(), fmt.Sprint("z", i), "1"), map[bool]error{true: nil, false: errWaits}[i == anotherLane-2])
		}
		s.want(waits, errWaits)
		release()
		s.want(waits, nil)
	})
}

func TestAGroupThatFailedIsWrittenOneByOneAndThoseOfOneUserOneAfterAnother(t *testing.T) {
	play(t, 1, func(s *scene) {
		first, blocked := s.holds("x1"), s.holds("a1")
		s.obstacle["a1+a2+b1"] = func(context.Context) error { return errAgain }
		s.obstacle["b1"] = func(context.Context) error { return domain.ErrUserLocked }
		s.asks(s.Context(), "x", "1")
		a1, a2, b := s.asks(s.Context(), "a", "1"), s.asks(s.Context(), "a", "2"), s.asks(s.Context(), "b", "1")
		first()
		s.want(b, domain.ErrUserLocked)
		s.want(a1, errWaits)
		s.want(a2, errWaits)
		// The lane is free, though a's lock is not.
		s.want(s.asks(s.Context(), "c", "1"), nil)
		a3 := s.asks(s.Context(), "a", "3")
		blocked()
		for _, answer := range []func() error{a1, a2, a3} {
			s.want(answer, nil)
		}
		if !slices.Contains(s.began, "a2") || slices.Contains(s.began, "a2+a3") {
			s.Errorf("written: %q", s.began)
		}
	})
}

func TestWhatMayHaveTakenEffectIsNotWrittenAgain(t *testing.T) {
	play(t, 1, func(s *scene) {
		release := s.holds("x1")
		s.obstacle["a1+b1"] = func(context.Context) error { return domain.ErrUnavailable }
		s.asks(s.Context(), "x", "1")
		a, b := s.asks(s.Context(), "a", "1"), s.asks(s.Context(), "b", "1")
		release()
		s.want(a, domain.ErrUnavailable)
		s.want(b, domain.ErrUnavailable)
		s.wantBegan("x1", "a1+b1")
	})
}

func TestOneThatTakesLongAloneGivesUpItsLane(t *testing.T) {
	play(t, 1, func(s *scene) {
		release := s.holds("a1")
		a := s.asks(s.Context(), "a", "1")
		b := s.asks(s.Context(), "b", "1")
		s.want(b, errWaits)
		time.Sleep(patience) // of the bubble's clock
		synctest.Wait()
		s.want(b, nil)
		s.want(a, errWaits)
		release()
		s.want(a, nil)
		// It gave up its one lane, and only that.
		second := s.holds("c1")
		s.asks(s.Context(), "c", "1")
		s.want(s.asks(s.Context(), "d", "1"), errWaits)
		second()
	})
}

func TestACallerWhoGoesIsNotWrittenAndHoldsNobodyUp(t *testing.T) {
	play(t, 1, func(s *scene) {
		release := s.holds("x1")
		s.asks(s.Context(), "x", "1")
		ctx, cancel := context.WithCancel(s.Context())
		a, b := s.asks(ctx, "a", "1"), s.asks(s.Context(), "b", "1")
		cancel()
		synctest.Wait()
		s.want(a, context.Canceled)
		release()
		s.want(b, nil)
		s.wantBegan("x1", "b1")
	})
}

func TestACallerWhoGoesWhileItsGroupIsUnderWayStopsNobodyElse(t *testing.T) {
	play(t, 1, func(s *scene) {
		first, second := s.holds("x1"), s.holds("a1+b1")
		s.asks(s.Context(), "x", "1")
		ctx, cancel := context.WithCancel(s.Context())
		a, b := s.asks(ctx, "a", "1"), s.asks(s.Context(), "b", "1")
		first()
		cancel()
		synctest.Wait()
		s.want(a, context.Canceled)
		s.want(b, errWaits)
		second()
		s.want(b, nil)
		s.want(s.asks(s.Context(), "a", "1"), nil) // it is not taken to be under way for ever
	})
}

func TestNobodyWaitsLongerThanACallMayTake(t *testing.T) {
	play(t, 1, func(s *scene) {
		s.holds("a1")
		s.holds("b1+c1")
		a, b, c := s.asks(s.Context(), "a", "1"), s.asks(s.Context(), "b", "1"), s.asks(s.Context(), "c", "1")
		waits := s.asks(s.Context(), "a", "2")
		time.Sleep(callLimit) // of the bubble's clock
		synctest.Wait()
		for _, answer := range []func() error{a, b, c, waits} {
			s.want(answer, domain.ErrUnavailable)
		}
		time.Sleep(callLimit) // of the bubble's clock
		s.want(s.asks(s.Context(), "a", "2"), nil)
	})
}

func TestCloseLeavesNobodyWaiting(t *testing.T) {
	play(t, 1, func(s *scene) {
		release := s.holds("x1")
		s.holds("a1+b1")
		s.asks(s.Context(), "x", "1")
		a, b := s.asks(s.Context(), "a", "1"), s.asks(s.Context(), "b", "1")
		release()
		closed := make(chan struct{})
		waits := s.asks(s.Context(), "c", "1")
		go func() { s.close(); close(closed) }()
		synctest.Wait()
		<-closed
		s.want(waits, nil)
		s.want(a, context.Canceled)
		s.want(b, context.Canceled)
		s.want(s.asks(s.Context(), "d", "1"), nil) // as far as its database lets it
	})
}
