package domain_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestNewTokensHaveTheirShapeAndDiffer(t *testing.T) {
	shape := regexp.MustCompile(`^dwa_[0-9A-Za-z]{49}$`)
	seen := map[domain.TokenHash]bool{}
	for range 1000 {
		token := domain.NewToken(domain.AccessToken)
		parsed, err := domain.ParseToken(domain.AccessToken, string(token))
		if err != nil || parsed != token || !shape.MatchString(string(token)) || seen[token.Hash()] {
			t.Fatalf("%d characters, %v", len(token), err)
		}
		seen[token.Hash()] = true
	}
}

func TestRubbishIsNoToken(t *testing.T) {
	token := string(domain.NewToken(domain.AccessToken))
	flipped := []byte(token)
	if flipped[20]++; flipped[20] > 'z' {
		flipped[20] = '0'
	}
	for name, s := range map[string]string{
		"empty": "", "prefix only": "dwa_", "another kind": strings.Replace(token, "dwa_", "dwr_", 1),
		"cut": token[:len(token)-1], "longer": token + "0", "flipped": string(flipped),
		"upper-case prefix": strings.Replace(token, "dwa_", "DWA_", 1), "huge": strings.Repeat("a", 100_000),
	} {
		if _, err := domain.ParseToken(domain.AccessToken, s); err != domain.ErrUnknownToken {
			t.Errorf("%s: got %v, want ErrUnknownToken", name, err)
		}
	}
}

func BenchmarkNewToken(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		domain.NewToken(domain.AccessToken)
	}
}

func BenchmarkParseToken(b *testing.B) {
	token := string(domain.NewToken(domain.AccessToken))
	b.ReportAllocs()
	for b.Loop() {
		domain.ParseToken(domain.AccessToken, token)
	}
}
