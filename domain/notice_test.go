package domain_test

import (
	"slices"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestWhatAHomeserverHearsOfAUserWhoChanges(t *testing.T) {
	ended := domain.User{Deactivated: true, DisplayName: "Alice", AvatarURL: "mxc://a"}
	erased := domain.User{Deactivated: true, Erased: true}
	for what, c := range map[string]struct {
		before, after domain.User
		want          []domain.NoticeKind
	}{
		"nothing":           {domain.User{Admin: true}, domain.User{Suspended: true}, nil},
		"another profile":   {domain.User{}, domain.User{DisplayName: "A", AvatarURL: "B"}, []domain.NoticeKind{domain.UserRenamed, domain.UserAvatarChanged}},
		"lock":              {domain.User{}, domain.User{Locked: true}, []domain.NoticeKind{domain.UserLocked}},
		"end of a lock":     {domain.User{Locked: true}, domain.User{}, []domain.NoticeKind{domain.UserUnlocked}},
		"deactivation":      {domain.User{DisplayName: "Alice", AvatarURL: "mxc://a"}, ended, []domain.NoticeKind{domain.UserDeactivated}},
		"erasure":           {domain.User{DisplayName: "Alice"}, erased, []domain.NoticeKind{domain.UserErased}},
		"erasure, later":    {ended, erased, []domain.NoticeKind{domain.UserErased}},
		"rename afterwards": {ended, domain.User{Deactivated: true, DisplayName: "B", AvatarURL: "mxc://a"}, []domain.NoticeKind{domain.UserRenamed}},
		"reactivation":      {ended, domain.User{DisplayName: "Alice", AvatarURL: "mxc://a"}, []domain.NoticeKind{domain.UserReactivated}},
		// A homeserver takes no profile of a user who is erased, and has forgotten it.
		"rename of an erased user": {erased, domain.User{Deactivated: true, Erased: true, DisplayName: "B", AvatarURL: "C"}, nil},
		"its reactivation": {
			domain.User{Deactivated: true, Erased: true, DisplayName: "B", AvatarURL: "C"}, domain.User{DisplayName: "B", AvatarURL: "C"},
			[]domain.NoticeKind{domain.UserReactivated, domain.UserRenamed, domain.UserAvatarChanged},
		},
		"reactivation under another name": {erased, domain.User{DisplayName: "B", Locked: true}, []domain.NoticeKind{domain.UserReactivated, domain.UserRenamed, domain.UserLocked}},
	} {
		c.after.ID = "@alice:example.org"
		var got []domain.NoticeKind
		for _, n := range c.before.ChangesTo(c.after) {
			if got = append(got, n.Kind); n.User != c.after.ID {
				t.Errorf("%s: it is of %s", what, n.User)
			}
			if n.Kind == domain.UserRenamed && n.Text != c.after.DisplayName || n.Kind == domain.UserAvatarChanged && n.Text != c.after.AvatarURL {
				t.Errorf("%s: %s says %q", what, n.Kind, n.Text)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", what, got, c.want)
		}
	}
}
