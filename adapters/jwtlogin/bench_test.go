package jwtlogin_test

import (
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
)

func BenchmarkVerify(b *testing.B) {
	for _, alg := range []string{"HS256", "RS256", "ES256", "EdDSA"} {
		b.Run(alg, func(b *testing.B) {
			p := signedBy(alg, keyFor(alg))
			p.Issuers, p.Audiences = []string{"https://corp.example"}, []string{"matrix"}
			v := newVerifier(b, p)
			token := must(jwtlogin.Sign(alg, keyFor(alg), "k1", claims(map[string]any{
				"iss": "https://corp.example", "aud": []string{"matrix"}, "exp": epoch + 300, "iat": epoch,
				"jti": "0b5cbbf0-6c1f-4a55-8f3a-3bb2f0d8ce4a",
			})))
			b.SetBytes(int64(len(token)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := verify(v, token); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
