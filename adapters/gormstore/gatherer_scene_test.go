package gormstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

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
