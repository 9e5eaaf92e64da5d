package domain_test

import (
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestLinksHaveDifferentKeysWhereverTheTextIsCut(t *testing.T) {
	seen := map[[32]byte]domain.Link{}
	for _, l := range []domain.Link{
		{}, {Provider: "ab"}, {Provider: "a", Issuer: "b"}, {Issuer: "ab"}, {Provider: "a", Subject: "b"}, {Subject: "ab"},
	} {
		if other, twice := seen[l.Key()]; twice {
			t.Errorf("%+v and %+v have one key", l, other)
		}
		seen[l.Key()] = l
	}
}
