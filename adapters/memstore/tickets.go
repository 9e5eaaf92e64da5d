package memstore

import (
	"context"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// tickets is the ports.TicketRepository.
type tickets struct{ calls calls }

func (t tickets) Create(ctx context.Context, ticket domain.Ticket, now time.Time) error {
	return t.calls.write(ctx, func(v *view) error {
		if err := domain.CheckText(string(ticket.User)); err != nil {
			return err
		}
		if ticket.User != "" {
			if _, err := v.account(ticket.User); err != nil {
				return err
			}
		}
		if _, err := v.ticket(ticket.Hash, now); err == nil {
			return domain.ErrExists
		}
		ticket.Expires = milliseconds(ticket.Expires)
		v.tickets.set(ticket.Hash, ticket)
		return nil
	})
}

func (t tickets) ByHash(ctx context.Context, hash domain.TokenHash, now time.Time) (domain.Ticket, error) {
	return ask(ctx, t.calls.read, func(v *view) (domain.Ticket, error) {
		return v.ticket(hash, now)
	})
}

func (t tickets) Spend(ctx context.Context, hash domain.TokenHash, now time.Time) (domain.Ticket, error) {
	return ask(ctx, t.calls.write, func(v *view) (domain.Ticket, error) {
		spent, err := v.ticket(hash, now)
		if err != nil {
			return domain.Ticket{}, err
		}
		v.tickets.remove(hash)
		return spent, nil
	})
}

func (t tickets) DeleteAll(ctx context.Context, user domain.UserID) error {
	return t.calls.write(ctx, func(v *view) error {
		if err := domain.CheckText(string(user)); err != nil {
			return err
		}
		// Nobody is no user: those of nobody stay.
		v.tickets.removeAll(func(t domain.Ticket) bool { return t.User == user && user != "" })
		return nil
	})
}

func (t tickets) DeleteExpired(ctx context.Context, now time.Time) (int, error) {
	return ask(ctx, t.calls.write, func(v *view) (int, error) {
		return v.tickets.removeAll(func(t domain.Ticket) bool { return domain.Expired(t.Expires, now) }), nil
	})
}

// ticket returns one that has not expired at the time, or domain.ErrNotFound.
func (v *view) ticket(hash domain.TokenHash, now time.Time) (domain.Ticket, error) {
	found, ok := v.tickets.get(hash)
	if !ok || domain.Expired(found.Expires, now) {
		return domain.Ticket{}, domain.ErrNotFound
	}
	return found, nil
}
