package contract

import (
	"errors"
	"sync"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-31b6c987/doorward/domain"
)

// wantNobody wants the user not to be there.
func (t *trial) wantNobody(id domain.UserID) {
	t.Helper()
	_, err := t.Users.ByID(t.Context(), id)
	t.wantError(err, domain.ErrNotFound)
}

// wantDevices wants the user to have exactly these devices, in this order.
func (t *trial) wantDevices(user domain.UserID, want ...domain.DeviceID) {
	t.Helper()
	list, err := t.Devices.List(t.Context(), user)
	if err != nil {
		t.Fatal(err)
	}
	var got []domain.DeviceID
	for _, device := range list {
		got = append(got, device.ID)
	}
	t.wantEqual(got, want)
}

// wantBearer wants the token to be that of the user's device.
func (t *trial) wantBearer(access string, user domain.UserID, device domain.DeviceID) {
	t.Helper()
	bearer, err := t.Sessions.ByAccessToken(t.Context(), key(access), noon)
	if err != nil {
		t.Fatalf("token %s: %v", access, err)
	}
	if bearer.User.ID != user || bearer.Device != device || bearer.Stale {
		t.Fatalf("token %s is that of %s, device %s; stale: %t", access, bearer.User.ID, bearer.Device, bearer.Stale)
	}
}

// wantDead wants the tokens to be nobody's.
func (t *trial) wantDead(tokens ...string) {
	t.Helper()
	for _, access := range tokens {
		if _, err := t.Sessions.ByAccessToken(t.Context(), key(access), noon); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("token %s is somebody's: %v", access, err)
		}
	}
}

func (t *trial) isLive(access string) bool {
	t.Helper()
	bearer, err := t.Sessions.ByAccessToken(t.Context(), key(access), noon)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil && !bearer.Stale
}

func (t *trial) wantError(err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

// wantEqual wants two values not to differ.
func (t *trial) wantEqual(got, want any) {
	t.Helper()
	if diff := difference(want, got); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
}

// difference says how two values differ; empty: not at all. No list is as good
// as an empty one.
func difference(want, got any) string { return cmp.Diff(want, got, cmpopts.EquateEmpty()) }

// wantPanic wants do to panic with errOwn.
func (t *trial) wantPanic(do func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := recover(); got != any(errOwn) {
			t.Errorf("recovered %v", got)
		}
	}()
	do()
}

// together calls do n times at once and returns the errors.
func together(n int, do func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = do(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}
