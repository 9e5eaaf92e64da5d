package domain_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestAProfileRenewsTheFieldsThatAreChosen(t *testing.T) {
	before := domain.User{ID: "@a:x", DisplayName: "A", AvatarURL: "mxc://x/a", Admin: true, Locked: true}
	said := domain.Profile{DisplayName: "B", AvatarURL: "mxc://x/b", Email: "b@x"}
	all := domain.ProfileFields{DisplayName: true, AvatarURL: true, Email: true, Admin: true}
	for _, c := range []struct {
		profile domain.Profile
		fields  domain.ProfileFields
		want    domain.User
	}{
		{said, domain.ProfileFields{}, before},
		{said, all, domain.User{ID: "@a:x", DisplayName: "B", AvatarURL: "mxc://x/b", Locked: true}},
		{said, domain.ProfileFields{AvatarURL: true}, domain.User{ID: "@a:x", DisplayName: "A", AvatarURL: "mxc://x/b", Admin: true, Locked: true}},
		{domain.Profile{}, domain.ProfileFields{DisplayName: true, AvatarURL: true, Email: true}, before},
		{domain.Profile{}, all, domain.User{ID: "@a:x", DisplayName: "A", AvatarURL: "mxc://x/a", Locked: true}},
	} {
		if got := c.profile.Renew(before, c.fields); got != c.want {
			t.Errorf("%+v, %+v: got %+v", c.profile, c.fields, got)
		}
	}
	if got := (domain.Profile{Admin: true}).Renew(domain.User{Guest: true}, all); got.Admin {
		t.Error("a guest administers")
	}
}

// Client-server API, "Matrix Content (MXC) URIs".
func TestAvatarsAreMXCURIs(t *testing.T) {
	for url, good := range map[string]bool{
		"mxc://example.org/aZ09_-": true, "mxc://[::1]:8448/a": true, "mxc://e/" + strings.Repeat("a", 992): true,
		"": false, "mxc://": false, "mxc:///a": false, "mxc://e": false, "mxc://e/": false, "mxc://e/a/b": false, "mxc://e/a?b": false,
		"mxc://e/ä": false, "mxc://e e/a": false, "MXC://e/a": false, " mxc://e/a": false, "https://e/a": false,
		"mxc://e/" + strings.Repeat("a", 993): false,
	} {
		if err := domain.CheckAvatarURL(url); (err == nil) != good || !good && !errors.Is(err, domain.ErrInvalidParam) {
			t.Errorf("%.40s: %v", url, err)
		}
	}
}
