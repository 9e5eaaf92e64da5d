package domain_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestServerNamesFollowTheGrammar(t *testing.T) {
	for _, good := range []string{
		"localhost", "example.org", "EXAMPLE.org:8448", "1.2.3.4", "1.2.3.4:80", "[::1]", "[1234:5678::abcd]:5678",
	} {
		if got, err := domain.ParseServerName(good); err != nil || string(got) != good {
			t.Errorf("%q: got %q, %v", good, got, err)
		}
	}
	for _, bad := range []string{
		"", ":80", "a:", "a:123456", "a:b", "ex ample", "ex/ample", "https://example.org", "[::1", "::1", "[1.2.3.4]",
		"[fe80::1%eth0]", "example.org:", "exämple.org", "a_b", "a\x00b", strings.Repeat("a", 231),
	} {
		if got, err := domain.ParseServerName(bad); !errors.Is(err, domain.ErrInvalidParam) {
			t.Errorf("%q: got %q, %v; want ErrInvalidParam", bad, got, err)
		}
	}
}

func TestUserIDsHaveAtMost255Bytes(t *testing.T) {
	longest := strings.Repeat("a", 255-len("@:localhost"))
	id, err := domain.NewUserID(longest, "localhost")
	if err != nil || len(id) != 255 {
		t.Errorf("255 bytes: got %d, %v", len(id), err)
	}
	_, err = domain.NewUserID(longest+"a", "localhost")
	if !errors.Is(err, domain.ErrInvalidUsername) || err.Error() != "User ID may not be longer than 255 characters" {
		t.Errorf("256 bytes: got %v", err)
	}
}

func TestUserIDsAreSplitAtTheFirstColon(t *testing.T) {
	id := domain.UserID("@a.b=c/d:[::1]:8448")
	if id.Localpart() != "a.b=c/d" || id.Server() != "[::1]:8448" {
		t.Errorf("got %q and %q", id.Localpart(), id.Server())
	}
}

// Matrix specification, appendices, "User Identifiers" and "Historical User IDs".
func TestUserIDsOfAnyServerFollowTheGrammar(t *testing.T) {
	for _, good := range []string{
		"@alice:example.org", "@a:b", "@Alice Smith!:EXAMPLE.org:8448", "@\u00e9:[::1]:80", "@@a:x", "@=_-./+:x",
		"@" + strings.Repeat("a", 252) + ":x",
	} {
		if got, err := domain.ParseUserID(good); err != nil || string(got) != good {
			t.Errorf("%q: got %q, %v", good, got, err)
		}
	}
	for _, bad := range []string{
		"", "@", ":", "@:", "alice", "@alice", "alice:x", "@alice:", "@:x", ":x", "@a:b:c", "@a:https://x", "@a:b c",
		"#a:x", " @a:x", "@a:x ", "@a\x00:x", "@a\xff:x", "@" + strings.Repeat("a", 253) + ":x",
	} {
		if got, err := domain.ParseUserID(bad); !errors.Is(err, domain.ErrInvalidParam) || got != "" {
			t.Errorf("%q: got %q, %v; want ErrInvalidParam", bad, got, err)
		}
	}
}

func TestAUserIDIsItsParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`@.*:[a-z.]+`)).Draw(t, "s")
		id, err := domain.ParseUserID(s)
		if whole := "@" + id.Localpart() + ":" + string(id.Server()); err == nil && whole != s {
			t.Fatalf("%q is made of %q", s, whole)
		}
	})
}

func TestDeactivatedComesBeforeLocked(t *testing.T) {
	for _, c := range []struct {
		user domain.User
		want error
	}{
		{domain.User{}, nil},
		{domain.User{Suspended: true, Guest: true, Erased: true}, nil},
		{domain.User{Locked: true}, domain.ErrUserLocked},
		{domain.User{Deactivated: true}, domain.ErrUserDeactivated},
		{domain.User{Locked: true, Deactivated: true}, domain.ErrUserDeactivated},
	} {
		if got := c.user.MayUse(); got != c.want {
			t.Errorf("%+v: got %v, want %v", c.user, got, c.want)
		}
	}
}

func TestADisplayNameHasSoManyCharacters(t *testing.T) {
	if err := domain.CheckDisplayName(strings.Repeat("\u2603", domain.MaxDisplayName)); err != nil {
		t.Error(err)
	}
	if err := domain.CheckDisplayName(strings.Repeat("x", domain.MaxDisplayName+1)); !errors.Is(err, domain.ErrTooLong) {
		t.Errorf("got %v", err)
	}
}
