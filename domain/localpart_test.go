package domain_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestLocalpartsOfNewUsers(t *testing.T) {
	for name, want := range map[string]string{
		"alice":      "",
		"a.b_c=d-/+": "",
		"_alice":     "User ID may not begin with _",
		"1234":       "Numeric user IDs are reserved for guest users.",
		"1234a":      "",
		"":           "User ID cannot be empty",
		"Alice":      "User ID can only contain characters a-z, 0-9, or '=_-./+'",
		"a b":        "User ID can only contain characters a-z, 0-9, or '=_-./+'",
		"a:b":        "User ID can only contain characters a-z, 0-9, or '=_-./+'",
		"a\x00":      "User ID can only contain characters a-z, 0-9, or '=_-./+'",
		"\u212a":     "User ID can only contain characters a-z, 0-9, or '=_-./+'",
	} {
		err := domain.CheckLocalpart(name)
		if err == nil {
			err = domain.CheckNewLocalpart(name)
		}
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: %v", name, err)
		case want != "" && (!errors.Is(err, domain.ErrInvalidUsername) || err.Error() != want):
			t.Errorf("%q: got %v, want %s", name, err, want)
		}
	}
}

func TestFoldingTouchesNothingButASCII(t *testing.T) {
	for in, want := range map[string]string{"AlIcE-Z": "alice-z", "\u212aA": "\u212aa", "É": "É", "": ""} {
		if got := domain.FoldLocalpart(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// The table is that of the Matrix specification, plain variant.
func TestEscapingFollowsTheSpecification(t *testing.T) {
	for in, want := range map[string]string{
		"Alice": "alice", "#": "=23", "á": "=c3=a1", "a=b": "a=3db", "A_b": "a_b", "cas_user!": "cas_user=21", "": "",
		"\x00": "=00", "\u212a": "=e2=84=aa",
	} {
		if got := domain.EscapeLocalpart(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestEscapingIsValidAndKeepsFoldedNamesApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		escaped := domain.EscapeLocalpart(a)
		if a != "" && domain.CheckLocalpart(escaped) != nil {
			t.Fatalf("%q becomes %q", a, escaped)
		}
		if same := domain.FoldLocalpart(a) == domain.FoldLocalpart(b); same != (escaped == domain.EscapeLocalpart(b)) {
			t.Fatalf("%q and %q become %q and %q", a, b, escaped, domain.EscapeLocalpart(b))
		}
	})
}
