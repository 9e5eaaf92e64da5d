package domain_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestNewTokensHaveTheirShapeAndDiffer(t *testing.T) {
	shape := regexp.MustCompile(`^dwa_[0-9A-Za-z]{71}$`)
	session := domain.NewSessionID()
	seen := map[domain.TokenHash]bool{}
	for range 1000 {
		token := domain.NewToken(domain.AccessToken, session)
		parsed, err := domain.ParseToken(domain.AccessToken, string(token))
		if err != nil || parsed != token || !shape.MatchString(string(token)) || seen[token.Hash()] {
			t.Fatalf("%d characters, %v", len(token), err)
		}
		seen[token.Hash()] = true
	}
}

func TestNewSessionsHaveTheirShapeAndDiffer(t *testing.T) {
	shape := regexp.MustCompile(`^[0-9A-Za-z]{22}$`)
	seen := map[domain.TokenHash]bool{}
	for range 1000 {
		id := domain.NewSessionID()
		if !shape.MatchString(string(id)) || seen[id.Hash()] {
			t.Fatalf("%d characters", len(id))
		}
		seen[id.Hash()] = true
	}
}

func TestEveryKindOfTokenNamesItsSession(t *testing.T) {
	session := domain.NewSessionID()
	for _, kind := range kinds {
		token := domain.NewToken(kind, session)
		want := domain.TokenKey{Session: session.Hash(), Token: token.Hash()}
		if token.Session() != session || token.Key() != want || want.Session == want.Token {
			t.Errorf("%s: a token of %q has key %x", kind, token.Session(), token.Key())
		}
	}
}

func TestATokenOfOneKindIsNoneOfAnother(t *testing.T) {
	for _, kind := range kinds {
		for _, other := range kinds {
			_, err := domain.ParseToken(other, string(domain.NewToken(kind, domain.NewSessionID())))
			if (err == nil) != (kind == other) {
				t.Errorf("a token of kind %s as one of %s: %v", kind, other, err)
			}
		}
	}
}

var kinds = []domain.TokenKind{
	domain.AccessToken, domain.RefreshToken, domain.LoginToken, domain.OpenIDToken,
	domain.AdminToken, domain.InteractionToken, domain.NonceToken,
}

func TestRubbishIsNoToken(t *testing.T) {
	token := string(domain.NewToken(domain.AccessToken, domain.NewSessionID()))
	flip := func(i int) string {
		flipped := []byte(token)
		flipped[i] ^= 1
		return string(flipped)
	}
	for name, s := range map[string]string{
		"empty": "", "prefix only": "dwa_", "another kind": strings.Replace(token, "dwa_", "dwr_", 1),
		"cut": token[:len(token)-1], "longer": token + "0",
		"another session": flip(4), "another body": flip(40), "another sum": flip(len(token) - 1),
		"upper-case prefix": strings.Replace(token, "dwa_", "DWA_", 1), "huge": strings.Repeat("a", 100_000),
	} {
		if _, err := domain.ParseToken(domain.AccessToken, s); err != domain.ErrUnknownToken {
			t.Errorf("%s: got %v, want ErrUnknownToken", name, err)
		}
	}
}

func BenchmarkNewToken(b *testing.B) {
	session := domain.NewSessionID()
	b.ReportAllocs()
	for b.Loop() {
		domain.NewToken(domain.AccessToken, session)
	}
}

func BenchmarkParseToken(b *testing.B) {
	token := string(domain.NewToken(domain.AccessToken, domain.NewSessionID()))
	b.ReportAllocs()
	for b.Loop() {
		domain.ParseToken(domain.AccessToken, token)
	}
}
