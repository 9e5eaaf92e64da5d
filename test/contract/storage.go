package contract

import (
	"slices"
	"strings"
	"testing"
	"time"

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
		userPromises, userUpdatePromises, userListPromises, textPromises, badTextPromises, valuePromises,
		signInPromises, linkPromises, devicePromises, deviceChangePromises, sightingPromises, sessionPromises, providerSessionPromises,
		refreshPromises, refreshEndPromises, lifetimePromises, expiryPromises,
		passwordPromises, thirdPartyIDPromises, ticketPromises, interactionPromises, registrationTokenPromises, auditPromises, keySetPromises,
		importPromises, importedTokenPromises, importProgressPromises,
		outboxPromises, duePromises, leasePromises, deadSessionPromises,
		transactionPromises, refusalPromises, updatePromises, contextPromises,
		concurrencyPromises, linkRacePromises, refreshRacePromises, racePromises, reservationPromises, userLockPromises,
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

// session is the hash of the id of the session of the token of that name. A login
// opens a session of its own name; tokens to which it is refreshed have that name,
// a slash, and what tells them apart.
func session(name string) domain.TokenHash {
	id, _, _ := strings.Cut(name, "/")
	return domain.SessionID("session of " + id).Hash()
}

// key is the key of the access token of that name.
func key(name string) domain.TokenKey {
	return domain.TokenKey{Session: session(name), Token: token(name)}
}

// login is a sign-in that creates the user if need be.
func login(user domain.UserID, device domain.DeviceID, access string) domain.SignIn {
	return domain.SignIn{
		Users: []domain.UserID{user}, Create: true, Device: device,
		SessionID: session(access), Pair: domain.Pair{Access: token(access)}, At: noon,
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
