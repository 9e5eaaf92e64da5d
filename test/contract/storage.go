package contract

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// A promise is one of the things that the comments in ports promise.
type promise struct {
	name string
	test func(*trial)
}

// Storage tests a [ports.Storage]. open returns an empty one for each test and
// closes it with t.Cleanup. Run it with the race detector, too.
func Storage(t *testing.T, open func(t *testing.T) ports.Storage) {
	for _, p := range slices.Concat(
		userPromises, textPromises, signInPromises, devicePromises, sessionPromises,
		transactionPromises, contextPromises, concurrencyPromises,
		refreshPromises, lifetimePromises, refreshRacePromises,
	) {
		t.Run(p.name, func(t *testing.T) {
			storage := open(t)
			p.test(&trial{T: t, Repositories: storage.Repositories(), storage: storage})
		})
	}
}

// A trial is one test of one storage.
type trial struct {
	*testing.T
	ports.Repositories
	storage ports.Storage
}

const (
	alice domain.UserID = "@alice:example.org"
	bob   domain.UserID = "@bob:example.org"
)

// noon is a time that every storage keeps exactly.
var noon = time.Date(2026, 5, 4, 12, 0, 0, 123e6, time.UTC)

// token is the hash of the token of that name.
func token(name string) domain.TokenHash { return domain.Token(name).Hash() }

// login is a sign-in that creates the user if need be.
func login(user domain.UserID, device domain.DeviceID, access string) domain.SignIn {
	return domain.SignIn{
		Users: []domain.UserID{user}, Create: true, Device: device, Pair: domain.Pair{Access: token(access)}, At: noon,
	}
}

// create makes users.
func (t *trial) create(users ...domain.User) {
	t.Helper()
	for _, user := range users {
		if err := t.Users.Create(t.Context(), user); err != nil {
			t.Fatal(err)
		}
	}
}

// signIn signs in and wants success.
func (t *trial) signIn(in domain.SignIn) domain.SignedIn {
	t.Helper()
	out, err := t.Sessions.SignIn(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// user returns the user, who must be there.
func (t *trial) user(id domain.UserID) domain.User {
	t.Helper()
	user, err := t.Users.ByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return user
}

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
	bearer, err := t.Sessions.ByAccessToken(t.Context(), token(access), noon)
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
		if _, err := t.Sessions.ByAccessToken(t.Context(), token(access), noon); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("token %s is somebody's: %v", access, err)
		}
	}
}

func (t *trial) isLive(access string) bool {
	t.Helper()
	bearer, err := t.Sessions.ByAccessToken(t.Context(), token(access), noon)
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

func (t *trial) wantEqual(got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
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
