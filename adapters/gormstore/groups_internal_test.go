package gormstore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/domain"
	server "github.com/seed-31b6c987/doorward/test/postgres"
)

func TestAGroupOnPostgreSQLDoesWhatItsMembersDoAlone(t *testing.T) {
	open := func(t *testing.T) *Store { return opened(t)(OpenPostgres(t.Context(), Options{URL: server.Open(t)})) }
	groupsAndSingles(t, open, (*Store).writeGroup)
}

func TestAGroupOnSQLiteDoesWhatItsMembersDoAlone(t *testing.T) {
	open := func(t *testing.T) *Store {
		return opened(t)(OpenSQLite(t.Context(), Options{URL: "sqlite:" + filepath.Join(t.TempDir(), "x")}))
	}
	groupsAndSingles(t, open, (*Store).writeGroupOnSQLite)
}

type writeFunc func(*Store, context.Context, []*signInRequest) ([]outcome, error)

// groupsAndSingles signs in random groups on one database, and the same one by one
// on another, in the order in which those of the group took effect. All answers
// are to be the same, and what is stored afterwards.
func groupsAndSingles(t *testing.T, open func(*testing.T) *Store, write writeFunc) {
	together, apart := open(t), open(t)
	random := rand.New(rand.NewPCG(1, 2))
	seen := map[string]int{}
	for round := range 200 {
		if round%5 == 0 {
			empty(t, together, random.Uint64())
			empty(t, apart, 0)
			copyUsers(t, together, apart)
		}
		var group []*signInRequest
		taken := map[[2]string]bool{} // as the gatherer does
		for i := range 2 + random.IntN(30) {
			r := newSignInRequest(t.Context(), randomSignIn(random, round, i))
			first, last := [2]string{string(r.Users[0]), string(r.Device)}, [2]string{string(r.last()), string(r.Device)}
			if !taken[first] && !taken[last] {
				group = append(group, r)
				taken[first], taken[last] = true, true
			}
		}
		for _, e := range inGroups(t, together, write, group) {
			out, err := apart.Repositories().Sessions.SignIn(t.Context(), e.SignIn)
			if diff := cmp.Diff(answer(out, err), answer(e.out, e.err)); diff != "" {
				t.Fatalf("round %d: %+v\nalone (-), in a group (+)\n%s", round, e.SignIn, diff)
			}
			seen[fmt.Sprint(e.err, out.Created, out.NewDevice, len(e.Users), e.key != nil, e.how)]++
		}
		if diff := cmp.Diff(stored(t, apart), stored(t, together)); diff != "" {
			t.Fatalf("round %d: alone (-), in groups (+)\n%s", round, diff)
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d kinds of sign-ins: %v", len(seen), seen)
	}
}

// An effect is what a sign-in was answered.
type effect struct {
	*signInRequest
	out domain.SignedIn
	err error
	how way
}

// inGroups writes until all are answered, and returns the answers in the order in
// which they took effect.
func inGroups(t *testing.T, s *Store, write writeFunc, group []*signInRequest) (effects []effect) {
	t.Helper()
	var alone []*signInRequest
	for len(group) > 0 {
		outcomes, err := write(s, t.Context(), group)
		if err != nil {
			t.Fatal(err)
		}
		var again []*signInRequest
		for i, r := range group { // whom there is no user for is told so before others are created
			if errors.Is(outcomes[i].err, domain.ErrNotFound) {
				effects = append(effects, effect{r, outcomes[i].signedIn, outcomes[i].err, answered})
			}
		}
		for i, r := range group {
			switch outcomes[i].way {
			case answered:
				if !errors.Is(outcomes[i].err, domain.ErrNotFound) {
					effects = append(effects, effect{r, outcomes[i].signedIn, outcomes[i].err, answered})
				}
			case inAnotherGroup:
				again = append(again, r)
			case byItself:
				alone = append(alone, r)
			}
		}
		if len(again) == len(group) {
			t.Fatalf("a group of %d, of which none was written", len(group))
		}
		group = again
	}
	for _, r := range alone {
		out, err := s.Repositories().Sessions.SignIn(t.Context(), r.SignIn)
		effects = append(effects, effect{r, out, err, byItself})
	}
	return effects
}

func answer(out domain.SignedIn, err error) string {
	for _, known := range []error{domain.ErrNotFound, domain.ErrOtherIdentity, domain.ErrUserLocked, domain.ErrUserDeactivated} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return fmt.Sprintf("%+v, %v", out, err)
}

// randomSignIn is one of few users, identities, devices and addresses: they meet.
func randomSignIn(random *rand.Rand, round, i int) domain.SignIn {
	pick := func(n int) int { return random.IntN(n) }
	name := fmt.Sprint("session ", round, " ", i)
	user := pick(16)
	in := domain.SignIn{
		Users: []domain.UserID{domain.UserID(fmt.Sprint("@u", user))}, Create: pick(4) > 0,
		Profile:   domain.Profile{DisplayName: name, Email: []string{"", "a@x", "b@x"}[pick(3)], Admin: pick(2) == 0},
		Device:    domain.DeviceID(fmt.Sprint(pick(4))),
		SessionID: domain.SessionID(name).Hash(), Pair: domain.Pair{Access: domain.Token(name).Hash()},
		// Clocks differ.
		At: time.UnixMilli(int64(1000 + round*10 + pick(40))),
	}
	if pick(3) == 0 {
		in.Users = []domain.UserID{domain.UserID(fmt.Sprint("@U", user)), in.Users[0]}
	}
	if pick(2) == 0 {
		in.Link = domain.Link{Provider: "p", Subject: fmt.Sprint([]int{user, pick(8)}[pick(2)])}
		in.LinkExisting = pick(2) == 0
	}
	if pick(4) > 0 {
		in.Seen = domain.Seen{At: in.At, Address: name, UserAgent: "of " + name}
	}
	if pick(2) == 0 {
		in.Refresh, in.SessionEnds = domain.Token("r"+name).Hash(), in.At.Add(time.Hour)
	}
	return in
}
