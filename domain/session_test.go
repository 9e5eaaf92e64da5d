package domain_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/domain"
)

// Who has just signed in has the answer: nothing is left to confirm.
func TestASignInOpensAConfirmedSession(t *testing.T) {
	end := start.Add(time.Second)
	got := domain.SignIn{SessionID: session, Pair: old, SessionEnds: end}.Session()
	want := domain.Session{ID: session, Pair: old.Until(end), Confirmed: true, Ends: end}
	if diff := cmp.Diff(want, got); diff != "" || got.RefreshExpires != end {
		t.Error(diff)
	}
}

func TestASignInIsOfOneOrTwoUsers(t *testing.T) {
	for n, want := range []bool{false, true, true, false} {
		users := []domain.UserID{"@a:x", "@b:x", "@c:x"}[:n]
		if err := (domain.SignIn{Users: users}).Check(); (err == nil) != want {
			t.Errorf("%d users: %v", n, err)
		}
	}
}

func TestTextsThatNotEveryStoreCanKeep(t *testing.T) {
	if err := domain.CheckText("", "ascii", "☃", "\ufffd", "\x01\n\x7f"); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"\x00", "a\x00b", "\xff", "a\xed\xa0\x80"} {
		if err := domain.CheckText("good", bad, "good"); !errors.Is(err, domain.ErrInvalidParam) {
			t.Errorf("%q: %v", bad, err)
		}
		for i, in := range []domain.SignIn{
			{Users: []domain.UserID{domain.UserID(bad)}},
			{Users: []domain.UserID{"@a:x", domain.UserID(bad)}},
			{Profile: domain.Profile{DisplayName: bad}}, {Profile: domain.Profile{AvatarURL: bad}}, {Profile: domain.Profile{Email: bad}},
			{Device: domain.DeviceID(bad)}, {DeviceName: bad},
			{Link: domain.Link{Provider: bad}}, {Link: domain.Link{Issuer: bad}}, {Link: domain.Link{Subject: bad}},
		} {
			if in.Users == nil {
				in.Users = []domain.UserID{"@a:x"}
			}
			if err := in.Check(); !errors.Is(err, domain.ErrInvalidParam) {
				t.Errorf("sign-in %d with %q: %v", i, bad, err)
			}
		}
	}
}
