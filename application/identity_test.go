package application_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

var ofAlice = domain.Link{Provider: "corp", Subject: "1"}

// linked are claims of an identity.
func linked(localpart, subject string, existing bool) domain.Claims {
	return domain.Claims{Localpart: localpart, Register: true, Link: domain.Link{Provider: "corp", Subject: subject}, LinkExisting: existing}
}

func TestThePreviewKnowsWhomTheLinkMeans(t *testing.T) {
	for name, c := range map[string]struct {
		claims domain.Claims
		want   application.Outlook
		err    error
	}{
		"known":                     {linked("alice", "1", false), application.Outlook{User: domain.User{ID: alices}, Exists: true, Linked: true}, nil},
		"known, by another name":    {linked("bob", "1", true), application.Outlook{User: domain.User{ID: alices}, Exists: true, Linked: true}, nil},
		"new":                       {linked("carol", "3", false), application.Outlook{User: domain.User{ID: "@carol:example.org"}}, nil},
		"another's":                 {linked("alice", "2", true), application.Outlook{User: domain.User{ID: alices}, Exists: true}, domain.ErrOtherIdentity},
		"nobody's, and not for it":  {linked("bob", "2", false), application.Outlook{User: domain.User{ID: bobs}, Exists: true}, domain.ErrOtherIdentity},
		"nobody's, and for it":      {linked("bob", "2", true), application.Outlook{User: domain.User{ID: bobs}, Exists: true}, nil},
		"no identity but a name":    {domain.Claims{Localpart: "alice"}, application.Outlook{User: domain.User{ID: alices}, Exists: true}, nil},
		"no identity but a user id": {domain.Claims{User: alices}, application.Outlook{User: domain.User{ID: alices}, Exists: true}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDoor(says{claims: c.claims})
			in := domain.SignIn{Users: []domain.UserID{alices}, Create: true, Device: "d", SessionID: domain.TokenHash{1}, Link: ofAlice, At: at}
			if _, err := d.Sessions.SignIn(t.Context(), in); err != nil {
				t.Fatal(err)
			}
			if err := d.Users.Create(t.Context(), domain.User{ID: bobs, CreatedAt: at}); err != nil {
				t.Fatal(err)
			}
			got, err := d.preview.Do(t.Context(), c.claims)
			got.User.CreatedAt = time.Time{}
			if got != c.want || !errors.Is(err, c.err) {
				t.Errorf("the preview says %+v, %v", got, err)
			}
			result, err := d.login.Do(t.Context(), request())
			if !errors.Is(err, c.err) || err == nil && result.User.ID != c.want.User.ID {
				t.Errorf("the login says %+v, %v", result.User, err)
			}
		})
	}
}

// Logins that are refused for it cost the account's owner nothing.
func TestANamesakeKeepsNobodyOut(t *testing.T) {
	d := newDoor(says{claims: linked("alice", "2", false)})
	rates := map[domain.Limit]ratelimit.Rate{domain.LimitAccount: {PerSecond: 0.001, Burst: 1}}
	for _, limit := range []domain.Limit{domain.LimitAddress, domain.LimitFailed, domain.LimitRegistration, domain.LimitRefresh, domain.LimitLoginToken} {
		rates[limit] = ratelimit.Rate{PerSecond: 1, Burst: 100}
	}
	d.login.Limiter = ratelimit.NewMemory(rates, d.login.Now)
	in := domain.SignIn{Users: []domain.UserID{alices}, Create: true, Device: "d", SessionID: domain.TokenHash{1}, Link: ofAlice, At: at}
	if _, err := d.Sessions.SignIn(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	from := request()
	from.Address = "192.0.2.1"
	for range 3 {
		if _, err := d.login.Do(t.Context(), from); !errors.Is(err, domain.ErrOtherIdentity) {
			t.Errorf("the namesake: %v", err)
		}
	}
	d.login.Types = application.LoginTypes{{Name: "says", Verifier: says{claims: linked("alice", "1", false)}}}
	for i, want := range []error{nil, domain.ErrLimited} {
		if _, err := d.login.Do(t.Context(), from); !errors.Is(err, want) {
			t.Errorf("login %d of whose account it is: %v", i, err)
		}
	}
}

var errUsed = domain.Refuse(domain.ErrForbidden, "used", "It was used")

func onceUntil(until time.Time) domain.Proof {
	return domain.Proof{Once: domain.Once{Key: domain.TokenHash{1}, Until: until, Used: errUsed}}
}

func TestWhatIsGoodOnceIsUsedUpByALogin(t *testing.T) {
	claims := domain.Claims{Localpart: "alice", Register: true, Proof: onceUntil(at.Add(time.Minute))}
	d := newDoor(says{claims: claims})
	for i, want := range []error{nil, errUsed} {
		if _, err := d.preview.Do(t.Context(), claims); err != want {
			t.Errorf("preview %d: %v", i, err)
		}
		if _, err := d.login.Do(t.Context(), request()); !errors.Is(err, want) {
			t.Errorf("login %d: %v", i, err)
		}
	}
	devices, err := d.Devices.List(t.Context(), alices)
	if err != nil || len(devices) != 1 {
		t.Errorf("devices %v, %v", devices, err)
	}
}

func TestASessionEndsWhenItsClaimsOrTheRulesSay(t *testing.T) {
	for _, c := range []struct{ claims, rules, want time.Duration }{
		{0, 0, 0}, {time.Minute, 0, time.Minute}, {0, time.Hour, time.Hour}, {time.Minute, time.Hour, time.Minute}, {time.Hour, time.Minute, time.Minute},
	} {
		claims := domain.Claims{Localpart: "alice", Register: true}
		if c.claims > 0 {
			claims.SessionEnds = at.Add(c.claims)
		}
		d := newDoor(says{claims: claims})
		d.login.Rules.Session = c.rules
		if got, err := d.login.Do(t.Context(), request()); err != nil || got.ExpiresIn != c.want {
			t.Errorf("%v, %v: %v, %v; want %v", c.claims, c.rules, got.ExpiresIn, err, c.want)
		}
	}
}

// Other addresses than e-mail are nobody's business but the user's.
func TestTheAddressThatIsAlwaysSaidIsTheOnlyOneOfItsKind(t *testing.T) {
	claims := domain.Claims{Localpart: "alice", Profile: domain.Profile{Email: "new@example.org"}, Always: domain.ProfileFields{Email: true}}
	d := newDoor(says{claims: claims})
	if err := d.Users.Create(t.Context(), domain.User{ID: alices, CreatedAt: at}); err != nil {
		t.Fatal(err)
	}
	for medium, address := range map[domain.Medium]string{domain.Email: "old@example.org", domain.Phone: "4420123"} {
		if err := d.ThirdPartyIDs.Create(t.Context(), domain.ThirdPartyID{User: alices, Medium: medium, Address: address}); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if _, err := d.login.Do(t.Context(), request()); err != nil {
			t.Fatal(err)
		}
		list, err := d.ThirdPartyIDs.List(t.Context(), alices)
		var got []string
		for _, id := range list {
			got = append(got, id.Address)
		}
		if err != nil || !slices.Equal(got, []string{"new@example.org", "4420123"}) {
			t.Errorf("got %v, %v", got, err)
		}
	}
}
