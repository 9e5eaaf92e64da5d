package gormstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// A scene is a gatherer whose database does what the test says. Its goroutines
// run until all of them wait.
type scene struct {
	*testing.T
	*gatherer
	mu       sync.Mutex
	began    []string // what was written, in this order: "a" alone, "a+b" together
	obstacle map[string]func(context.Context) error
	answers  map[string]error
}

func play(t *testing.T, lanes int, test func(s *scene)) {
	synctest.Test(t, func(t *testing.T) {
		s := &scene{T: t, obstacle: map[string]func(context.Context) error{}, answers: map[string]error{}}
		s.gatherer = newGatherer(lanes, s.write)
		defer s.close()
		test(s)
	})
}

func (s *scene) write(ctx context.Context, group []*signInRequest) ([]outcome, error) {
	var name string
	for _, r := range group {
		name += "+" + r.DeviceName
	}
	if err := s.begin(ctx, name[1:]); err != nil {
		return nil, err
	}
	outcomes := make([]outcome, len(group))
	for i, r := range group {
		outcomes[i].signedIn.User.ID = r.Users[0]
	}
	return outcomes, nil
}

func (s *scene) alone(ctx context.Context, in domain.SignIn) (domain.SignedIn, error) {
	return domain.SignedIn{User: domain.User{ID: in.Users[0]}}, s.begin(ctx, in.DeviceName)
}

func (s *scene) begin(ctx context.Context, name string) error {
	s.mu.Lock()
	s.began = append(s.began, name)
	obstacle := s.obstacle[name]
	s.mu.Unlock()
	if obstacle == nil {
		return nil
	}
	return obstacle(ctx)
}

// holds makes what has the name wait until release is called.
func (s *scene) holds(name string) (release func()) {
	gate := make(chan struct{})
	s.obstacle[name] = func(ctx context.Context) error {
		select {
		case <-gate:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return func() { close(gate); synctest.Wait() }
}

// asks signs a user in, on a device. What is written is known by their name.
func (s *scene) asks(ctx context.Context, user, device string) (answer func() error) {
	done := make(chan error, 1)
	go func() {
		in := domain.SignIn{Users: []domain.UserID{domain.UserID(user)}, Device: domain.DeviceID(device), DeviceName: user + device}
		out, err := s.signIn(ctx, in, s.alone)
		if err == nil && out.User.ID != in.Users[0] {
			err = fmt.Errorf("signed in %s", out.User.ID)
		}
		done <- err
	}()
	synctest.Wait()
	return func() error {
		s.Helper()
		select {
		case err := <-done:
			return err
		default:
			return errWaits
		}
	}
}

var errWaits = errors.New("it still waits")

func (s *scene) wantBegan(want ...string) {
	s.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.began, want) {
		s.Errorf("written: %q, want %q", s.began, want)
	}
}

func (s *scene) want(answer func() error, want error) {
	s.Helper()
	if err := answer(); !errors.Is(err, want) {
		s.Errorf("got %v, want %v", err, want)
	}
}

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
		time.Sleep(patience)
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
		time.Sleep(callLimit)
		synctest.Wait()
		for _, answer := range []func() error{a, b, c, waits} {
			s.want(answer, domain.ErrUnavailable)
		}
		time.Sleep(callLimit)
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
