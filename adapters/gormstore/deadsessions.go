package gormstore

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// deadSessions is the ports.DeadSessionRepository.
type deadSessions struct{ calls calls }

// sessionsAtOnce is how many sessions List looks at.
const sessionsAtOnce = 1000

const sessionsAfter = `
SELECT ` + sessionColumns + ` FROM devices d WHERE d.session_hash > ? ORDER BY d.session_hash LIMIT ?`

// List walks the index of session_hash. What a session is good for is decided by
// domain.Session.Dead, not here.
func (d deadSessions) List(ctx context.Context, after domain.TokenHash, now time.Time) (dead []domain.TokenHash, next domain.TokenHash, err error) {
	var rows []sessionRow
	err = d.calls.read(ctx, func(db *gorm.DB) error {
		rows = nil
		return db.Raw(sessionsAfter, after[:], sessionsAtOnce).Scan(&rows).Error
	})
	if err != nil {
		return nil, domain.TokenHash{}, err
	}
	for _, row := range rows {
		if session := row.session(); session.Dead(now) {
			dead = append(dead, session.ID)
		}
	}
	if len(rows) == sessionsAtOnce {
		next = hashOf(rows[len(rows)-1].SessionHash)
	}
	return dead, next, nil
}
