package memstore_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/domain"
)

// BenchmarkSignIn signs in 1,000 users on a device that they have.
func BenchmarkSignIn(b *testing.B) {
	sessions := memstore.New().Repositories().Sessions
	var n atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := sessions.SignIn(b.Context(), login(n.Add(1))); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkByAccessToken asks for the tokens of 1,000 users.
func BenchmarkByAccessToken(b *testing.B) {
	sessions := memstore.New().Repositories().Sessions
	for i := range int64(1000) {
		if _, err := sessions.SignIn(b.Context(), login(i)); err != nil {
			b.Fatal(err)
		}
	}
	var n atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			in := login(n.Add(1) % 1000)
			key := domain.TokenKey{Session: in.SessionID, Token: in.Access}
			if _, err := sessions.ByAccessToken(b.Context(), key, time.UnixMilli(0)); err != nil {
				b.Error(err)
			}
		}
	})
}

func login(i int64) domain.SignIn {
	return domain.SignIn{
		Users: []domain.UserID{domain.UserID(fmt.Sprintf("@user%d:example.org", i%1000))}, Create: true,
		Device: "d", SessionID: domain.SessionID(fmt.Sprint(i)).Hash(), Pair: domain.Pair{Access: domain.Token(fmt.Sprint(i)).Hash()},
	}
}
