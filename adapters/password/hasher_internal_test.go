package password

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/seed-31b6c987/doorward/domain"
)

// counted makes a Hasher that counts what it computes with the current
// parameters.
func counted() (*Hasher, *atomic.Int64) {
	h, count := NewHasher(), new(atomic.Int64)
	h.derive = func(password, salt []byte, passes, memory uint32, threads uint8, size uint32) []byte {
		if (parameters{memory, passes, threads}) == current && size == keySize {
			count.Add(1)
		}
		return argon2.IDKey(password, salt, passes, memory, threads, size)
	}
	return h, count
}

func TestHashesThatAreNotAsNewOnesAreOutdated(t *testing.T) {
	h := NewHasher()
	for _, c := range []struct {
		parameters
		salt, key int
		want      bool
	}{
		{current, 16, 32, false},
		{current, 8, 32, true},
		{current, 16, 16, true},
		{parameters{19455, 2, 1}, 16, 32, true},
		{parameters{19457, 2, 1}, 16, 32, true},
		{parameters{19456, 3, 1}, 16, 32, true},
		{parameters{19456, 2, 2}, 16, 32, true},
	} {
		stored := argon2idHash{parameters: c.parameters, salt: random(c.salt)}
		stored.key = h.key("correct horse", stored, c.key)
		ok, outdated, err := h.Verify(t.Context(), "correct horse", domain.PasswordHash(stored.String()))
		if !ok || outdated != c.want || err != nil {
			t.Errorf("%+v: %v, %v, %v", c, ok, outdated, err)
		}
	}
}

func TestWhatIsAbsurdlyLongIsNotHashed(t *testing.T) {
	h, count := counted()
	for _, size := range []int{0, maxPassword + 1} {
		if _, _, err := h.Verify(t.Context(), string(make([]byte, size)), ""); err != nil || count.Load() != 0 {
			t.Errorf("of %d bytes: %d computations, %v", size, count.Load(), err)
		}
	}
}

// blocked makes a Hasher whose computations take until the function is called.
func blocked() (h *Hasher, running *atomic.Int64, release func()) {
	h, running = NewHasher(), new(atomic.Int64)
	gate := make(chan struct{})
	h.derive = func(_, _ []byte, _, _ uint32, _ uint8, size uint32) []byte {
		running.Add(1)
		defer running.Add(-1)
		<-gate
		return make([]byte, size)
	}
	return h, running, func() { close(gate) }
}

func TestNoMorePasswordsAreHashedAtATimeThanThereAreCores(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, running, release := blocked()
		var all sync.WaitGroup
		var failed atomic.Int64
		for range 3 * cap(h.turns) {
			all.Go(func() {
				if _, err := h.Hash(t.Context(), "correct horse"); err != nil {
					failed.Add(1)
				}
			})
		}
		synctest.Wait()
		if got := running.Load(); got != int64(runtime.GOMAXPROCS(0)) {
			t.Errorf("%d at a time, on %d cores", got, runtime.GOMAXPROCS(0))
		}
		release()
		all.Wait()
		if failed.Load() != 0 {
			t.Errorf("%d failed", failed.Load())
		}
	})
}

func TestAPasswordWaitsForItsTurnForFourSecondsAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _, release := blocked()
		defer release()
		for range cap(h.turns) {
			go h.Hash(t.Context(), "correct horse")
		}
		synctest.Wait()
		begun := time.Now()
		_, err := h.Hash(t.Context(), "correct horse")
		if waited := time.Since(begun); !errors.Is(err, domain.ErrUnavailable) || waited != 4*time.Second {
			t.Errorf("after %v: %v", waited, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, _, err = h.Verify(ctx, "correct horse", "")
		if waited := time.Since(begun); !errors.Is(err, context.DeadlineExceeded) || waited != 5*time.Second {
			t.Errorf("after %v: %v", waited, err)
		}
	})
}
