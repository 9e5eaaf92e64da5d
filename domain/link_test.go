package domain_test

import (
	"errors"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestWhichAccountAnIdentityMayTake(t *testing.T) {
	own := domain.Link{Provider: "corp", Issuer: "i", Subject: "Alice"}
	with := func(change func(*domain.Link)) []domain.Link {
		other := own
		change(&other)
		return []domain.Link{other}
	}
	for name, c := range map[string]struct {
		link             domain.Link
		has              []domain.Link
		closed, existing bool // whether it may, by whether existing accounts are linked
	}{
		"nobody's":                    {own, nil, false, true},
		"no identity, nobody's":       {domain.Link{}, nil, true, true},
		"no identity, somebody's":     {domain.Link{}, []domain.Link{own}, true, true},
		"its own":                     {own, []domain.Link{own}, true, true},
		"its own, spelled otherwise":  {own, with(func(l *domain.Link) { l.Subject = "aLICE" }), true, true},
		"another subject's":           {own, with(func(l *domain.Link) { l.Subject = "Alice2" }), false, false},
		"spelled beyond A to Z":       {own, with(func(l *domain.Link) { l.Subject = "al\u0131ce" }), false, false},
		"another issuer's":            {own, with(func(l *domain.Link) { l.Issuer = "I" }), false, false},
		"another provider's":          {own, with(func(l *domain.Link) { l.Provider = "CORP" }), false, false},
		"its own, and another's":      {own, append(with(func(l *domain.Link) { l.Subject = "bob" }), own), false, false},
		"its own, and another's last": {own, append([]domain.Link{own}, with(func(l *domain.Link) { l.Subject = "bob" })...), false, false},
	} {
		for existing, may := range map[bool]bool{false: c.closed, true: c.existing} {
			if err := c.link.MayTake(c.has, existing); (err == nil) != may || err != nil && !errors.Is(err, domain.ErrOtherIdentity) {
				t.Errorf("%s, existing %t: %v", name, existing, err)
			}
		}
	}
}
