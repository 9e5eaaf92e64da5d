package password_test

import (
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/password"
)

func BenchmarkHash(b *testing.B) {
	h := password.NewHasher()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Hash(b.Context(), "correct horse"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	h := password.NewHasher()
	hash, err := h.Hash(b.Context(), "correct horse")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if ok, _, err := h.Verify(b.Context(), "correct horse", hash); !ok {
			b.Fatal(err)
		}
	}
}
