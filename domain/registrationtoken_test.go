package domain_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestARegistrationTokenIsValidUntilItIsUsedUpOrExpires(t *testing.T) {
	now := time.UnixMilli(1000)
	for _, c := range []struct {
		name  string
		token domain.RegistrationToken
		want  bool
	}{
		{"no limits", domain.RegistrationToken{Pending: 100, Completed: 100}, true},
		{"one use left", domain.RegistrationToken{UsesAllowed: new(3), Pending: 1, Completed: 1}, true},
		{"the last use pending", domain.RegistrationToken{UsesAllowed: new(3), Pending: 1, Completed: 2}, false},
		{"used up", domain.RegistrationToken{UsesAllowed: new(3), Completed: 3}, false},
		{"fewer allowed than used", domain.RegistrationToken{UsesAllowed: new(1), Completed: 3}, false},
		{"no uses", domain.RegistrationToken{UsesAllowed: new(0)}, false},
		{"expires later", domain.RegistrationToken{Expires: now.Add(time.Millisecond)}, true},
		{"expires now", domain.RegistrationToken{Expires: now}, false},
		{"uses left, but expired", domain.RegistrationToken{UsesAllowed: new(3), Expires: now}, false},
	} {
		if got := c.token.Valid(now); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

// Matrix specification, client-server API, "Token-authenticated registration".
func TestRegistrationTokensFollowTheGrammar(t *testing.T) {
	for _, good := range []string{"a", "Aa0._~-", strings.Repeat("x", 64)} {
		if err := domain.CheckRegistrationToken(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", strings.Repeat("x", 65), "a b", "a\n", "é", "a/b", "a+b", "a=b", "a\x00", "\xff"} {
		if err := domain.CheckRegistrationToken(bad); !errors.Is(err, domain.ErrInvalidParam) {
			t.Errorf("%q: %v; want ErrInvalidParam", bad, err)
		}
	}
}
