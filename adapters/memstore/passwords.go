package memstore

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// passwords is the ports.PasswordRepository.
type passwords struct{ calls calls }

func (p passwords) ByUser(ctx context.Context, user domain.UserID) (domain.PasswordHash, error) {
	return ask(ctx, p.calls.read, func(v *view) (domain.PasswordHash, error) {
		if err := domain.CheckText(string(user)); err != nil {
			return "", err
		}
		owner, _ := v.accounts.get(user)
		if owner.password == "" {
			return "", domain.ErrNotFound
		}
		return owner.password, nil
	})
}

func (p passwords) Put(ctx context.Context, user domain.UserID, hash domain.PasswordHash) error {
	return p.calls.write(ctx, func(v *view) error {
		if err := domain.CheckText(string(user), string(hash)); err != nil {
			return err
		}
		owner, err := v.account(user)
		if err != nil {
			return err
		}
		owner.password = hash
		v.store(owner)
		return nil
	})
}

func (p passwords) Replace(ctx context.Context, user domain.UserID, old, hash domain.PasswordHash) error {
	return p.calls.write(ctx, func(v *view) error {
		if err := domain.CheckText(string(user), string(old), string(hash)); err != nil {
			return err
		}
		owner, _ := v.accounts.get(user)
		if owner.password == "" || owner.password != old {
			return domain.ErrNotFound
		}
		owner.password = hash
		v.store(owner)
		return nil
	})
}
