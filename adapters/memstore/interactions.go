package memstore

import (
	"context"
	"slices"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// interactions is the ports.InteractionRepository.
type interactions struct{ calls calls }

func (r interactions) Create(ctx context.Context, i domain.Interaction) error {
	return r.calls.write(ctx, func(v *view) error {
		if err := checkInteraction(i); err != nil {
			return err
		}
		if _, ok := v.interactions.get(i.ID); ok {
			return domain.ErrExists
		}
		v.interactions.set(i.ID, storedInteraction(i))
		return nil
	})
}

func (r interactions) ByID(ctx context.Context, id domain.TokenHash, now time.Time) (domain.Interaction, error) {
	return ask(ctx, r.calls.read, func(v *view) (domain.Interaction, error) {
		return v.interaction(id, now)
	})
}

func (r interactions) Update(ctx context.Context, id domain.TokenHash, now time.Time, change func(*domain.Interaction) error) (domain.Interaction, error) {
	return ask(ctx, r.calls.write, func(v *view) (domain.Interaction, error) {
		i, err := v.interaction(id, now)
		if err != nil {
			return domain.Interaction{}, err
		}
		if err := change(&i); err != nil {
			return domain.Interaction{}, err
		}
		i.ID = id
		if err := checkInteraction(i); err != nil {
			return domain.Interaction{}, err
		}
		v.interactions.set(id, storedInteraction(i))
		return storedInteraction(i), nil
	})
}

func (r interactions) DeleteAll(ctx context.Context, user domain.UserID) error {
	return r.calls.write(ctx, func(v *view) error {
		if err := domain.CheckText(string(user)); err != nil {
			return err
		}
		v.interactions.removeAll(func(i domain.Interaction) bool {
			return user != "" && (i.User == user || i.Result == user)
		})
		return nil
	})
}

func (r interactions) DeleteExpired(ctx context.Context, now time.Time) (int, error) {
	return ask(ctx, r.calls.write, func(v *view) (int, error) {
		return v.interactions.removeAll(func(i domain.Interaction) bool { return domain.Expired(i.Expires, now) }), nil
	})
}

// interaction returns a copy of one that has not expired at the time, or
// domain.ErrNotFound.
func (v *view) interaction(id domain.TokenHash, now time.Time) (domain.Interaction, error) {
	found, ok := v.interactions.get(id)
	if !ok || domain.Expired(found.Expires, now) {
		return domain.Interaction{}, domain.ErrNotFound
	}
	return storedInteraction(found), nil
}

// storedInteraction is i as it would come back from a database: a copy.
func storedInteraction(i domain.Interaction) domain.Interaction {
	i.Completed, i.Accepted = slices.Clone(i.Completed), slices.Clone(i.Accepted)
	i.CreatedAt, i.Expires = milliseconds(i.CreatedAt), milliseconds(i.Expires)
	return i
}

func checkInteraction(i domain.Interaction) error {
	texts := []string{i.Operation, string(i.User), i.Params, string(i.Password), i.RegistrationToken, string(i.Result)}
	return domain.CheckText(slices.Concat(texts, i.Completed, i.Accepted)...)
}
