package memstore

import (
	"context"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// deadSessions is the ports.DeadSessionRepository.
type deadSessions struct{ calls calls }

// List looks at all at once.
func (d deadSessions) List(ctx context.Context, _ domain.TokenHash, now time.Time) (dead []domain.TokenHash, next domain.TokenHash, err error) {
	dead, err = ask(ctx, d.calls.read, func(v *view) (dead []domain.TokenHash, err error) {
		for id := range v.sessions.all() {
			owner, i, err := v.holder(id)
			if err == nil && owner.devices[i].session.Dead(now) {
				dead = append(dead, id)
			}
		}
		return dead, nil
	})
	return dead, domain.TokenHash{}, err
}
