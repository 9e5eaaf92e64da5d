package password

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/adapters/identifier"
	"github.com/seed-31b6c987/doorward/domain"
)

// An account is whom a client means.
type account struct {
	user domain.UserID // empty: nobody
	// name is the same for all identifiers that mean the user; those that mean
	// nobody have one, too.
	name string
}

func (v Verifier) find(ctx context.Context, id identifier.Identifier) (account, error) {
	switch id.Type {
	case identifier.User:
		return v.byName(ctx, id.User)
	case identifier.Phone:
		address, err := v.Phone(id.Country, id.Number)
		if err != nil {
			return account{}, err
		}
		return v.byAddress(ctx, domain.Phone, address)
	}
	medium := domain.Medium(id.Medium)
	address, err := v.Canonical(medium, id.Address)
	if err != nil {
		return account{}, err
	}
	return v.byAddress(ctx, medium, address)
}

func (v Verifier) byName(ctx context.Context, name string) (account, error) {
	id, exists, err := identifier.FindUser(ctx, v.Users, name, v.Server)
	if err != nil {
		return account{}, err
	}
	meant := account{name: string(id)}
	if exists {
		meant.user = id
	}
	return meant, nil
}

func (v Verifier) byAddress(ctx context.Context, medium domain.Medium, address string) (account, error) {
	found, err := v.ThirdPartyIDs.ByAddress(ctx, medium, address)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return account{name: string(medium) + ":" + address}, nil
	case err != nil:
		return account{}, err
	}
	return account{user: found.User, name: string(found.User)}, nil
}
