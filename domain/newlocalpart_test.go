package domain_test

import (
	"errors"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestAMadeUpNameMayBeAUsers(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		name := domain.NewLocalpart()
		if err := errors.Join(domain.CheckLocalpart(name), domain.CheckNewLocalpart(name)); err != nil || len(name) != 11 || name[5] != '-' {
			t.Fatalf("%q: %v", name, err)
		}
		seen[name] = true
	}
	if len(seen) < 999 {
		t.Errorf("of 1000 names %d differ", len(seen))
	}
}

func TestTheNameOfAGuestIsANumberThatNobodyElseMayHave(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		name := domain.NewGuestLocalpart()
		if err := domain.CheckLocalpart(name); err != nil || len(name) != 16 {
			t.Fatalf("%q: %v", name, err)
		}
		if err := domain.CheckNewLocalpart(name); !errors.Is(err, domain.ErrInvalidUsername) {
			t.Fatalf("%q as somebody else's name: %v", name, err)
		}
		seen[name] = true
	}
	if len(seen) != 1000 {
		t.Errorf("of 1000 names %d differ", len(seen))
	}
}
