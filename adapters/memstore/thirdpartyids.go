package memstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/seed-31b6c987/doorward/domain"
)

// thirdPartyIDs is the ports.ThirdPartyIDRepository.
type thirdPartyIDs struct{ calls calls }

func (t thirdPartyIDs) ByAddress(ctx context.Context, medium domain.Medium, address string) (domain.ThirdPartyID, error) {
	return ask(ctx, t.calls.read, func(v *view) (domain.ThirdPartyID, error) {
		if err := domain.CheckText(string(medium), address); err != nil {
			return domain.ThirdPartyID{}, err
		}
		id, ok := v.addresses.get(addressKey{medium, address})
		if !ok {
			return domain.ThirdPartyID{}, domain.ErrNotFound
		}
		return id, nil
	})
}

func (t thirdPartyIDs) List(ctx context.Context, user domain.UserID) ([]domain.ThirdPartyID, error) {
	return ask(ctx, t.calls.read, func(v *view) (list []domain.ThirdPartyID, err error) {
		if err := domain.CheckText(string(user)); err != nil {
			return nil, err
		}
		for _, id := range v.addresses.all() {
			if id.User == user {
				list = append(list, id)
			}
		}
		slices.SortFunc(list, func(a, b domain.ThirdPartyID) int {
			return cmp.Or(cmp.Compare(a.Medium, b.Medium), cmp.Compare(a.Address, b.Address))
		})
		return list, nil
	})
}

func (t thirdPartyIDs) Create(ctx context.Context, id domain.ThirdPartyID) error {
	return t.calls.write(ctx, func(v *view) error {
		if err := domain.CheckText(string(id.User), string(id.Medium), id.Address); err != nil {
			return err
		}
		if _, err := v.account(id.User); err != nil {
			return err
		}
		key := addressKey{id.Medium, id.Address}
		if _, ok := v.addresses.get(key); ok {
			return domain.ErrExists
		}
		id.ValidatedAt, id.AddedAt = milliseconds(id.ValidatedAt), milliseconds(id.AddedAt)
		v.addresses.set(key, id)
		return nil
	})
}

func (t thirdPartyIDs) Delete(ctx context.Context, user domain.UserID, medium domain.Medium, address string) error {
	return t.calls.write(ctx, func(v *view) error {
		if err := domain.CheckText(string(user), string(medium), address); err != nil {
			return err
		}
		key := addressKey{medium, address}
		if id, ok := v.addresses.get(key); !ok || id.User != user {
			return domain.ErrNotFound
		}
		v.addresses.remove(key)
		return nil
	})
}

func (t thirdPartyIDs) DeleteAll(ctx context.Context, user domain.UserID) error {
	return t.calls.write(ctx, func(v *view) error {
		if err := domain.CheckText(string(user)); err != nil {
			return err
		}
		v.addresses.removeAll(func(id domain.ThirdPartyID) bool { return id.User == user })
		return nil
	})
}
