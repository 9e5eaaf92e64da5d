package gormstore

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// tickets is the ports.TicketRepository.
type tickets struct{ calls calls }

const createTicket = `
INSERT INTO tickets (user_id, expires_at, hash) VALUES (?, ?, ?)
ON CONFLICT (hash) DO UPDATE SET user_id = excluded.user_id, expires_at = excluded.expires_at
WHERE tickets.expires_at <= ?`

func (t tickets) Create(ctx context.Context, ticket domain.Ticket, now time.Time) error {
	if err := domain.CheckText(string(ticket.User)); err != nil {
		return err
	}
	return t.calls.transact(ctx, func(db *gorm.DB) error {
		if ticket.User != "" {
			if err := lockUser(db, ticket.User); err != nil {
				return err
			}
		}
		result := db.Exec(createTicket, text(ticket.User), millis(ticket.Expires), ticket.Hash[:], now.UnixMilli())
		return orIfNone(result, domain.ErrExists)
	})
}

func (t tickets) ByHash(ctx context.Context, hash domain.TokenHash, now time.Time) (domain.Ticket, error) {
	return oneTicket(ctx, t.calls.read, hash, func(db *gorm.DB) *gorm.DB {
		return db.Raw("SELECT user_id, expires_at FROM tickets WHERE hash = ? AND (expires_at IS NULL OR expires_at > ?)",
			hash[:], now.UnixMilli())
	})
}

func (t tickets) Spend(ctx context.Context, hash domain.TokenHash, now time.Time) (domain.Ticket, error) {
	return oneTicket(ctx, t.calls.write, hash, func(db *gorm.DB) *gorm.DB {
		return db.Raw("DELETE FROM tickets WHERE hash = ? AND (expires_at IS NULL OR expires_at > ?) RETURNING user_id, expires_at",
			hash[:], now.UnixMilli())
	})
}

// oneTicket runs a query for a ticket, or returns domain.ErrNotFound if it finds
// none.
func oneTicket(
	ctx context.Context, run func(context.Context, func(*gorm.DB) error) error,
	hash domain.TokenHash, query func(*gorm.DB) *gorm.DB,
) (domain.Ticket, error) {
	var user sql.NullString
	var expires sql.NullInt64
	err := run(ctx, func(db *gorm.DB) error { return scanOne(query(db), &user, &expires) })
	if err != nil {
		return domain.Ticket{}, err
	}
	return domain.Ticket{Hash: hash, User: domain.UserID(user.String), Expires: timeOf(expires)}, nil
}

func (t tickets) DeleteAll(ctx context.Context, user domain.UserID) error {
	if err := domain.CheckText(string(user)); err != nil {
		return err
	}
	return t.calls.write(ctx, func(db *gorm.DB) error {
		return db.Exec("DELETE FROM tickets WHERE user_id = ?", string(user)).Error
	})
}

func (t tickets) DeleteExpired(ctx context.Context, now time.Time) (int, error) {
	return deleteExpired(ctx, t.calls, oldestTicketsExpire, now.UnixMilli())
}
