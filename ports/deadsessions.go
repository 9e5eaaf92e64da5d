package ports

import (
	"context"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// A DeadSessionRepository finds sessions that none of their tokens can use or renew
// any more ([domain.Session.Dead]). Their devices are still there.
type DeadSessionRepository interface {
	// List looks at some sessions, those after a hash in an order of its own, at the
	// first after the zero hash. It returns those that are dead at the time, and
	// after which hash to go on; zero: there are no more.
	List(ctx context.Context, after domain.TokenHash, now time.Time) (dead []domain.TokenHash, next domain.TokenHash, err error)
}
