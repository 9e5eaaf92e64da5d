package application

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Whether the user of a change is there before.
type presence int

const (
	there presence = iota
	perhapsThere
	notThere
)

// Change changes a user who exists: all of it or nothing. It returns
// [domain.ErrNotFound], [domain.ErrForbidden] if the bearer would shut itself
// out, [domain.ErrWeakPassword], [domain.ErrInvalidParam], [domain.ErrTooLong],
// or [domain.ErrAddressInUse].
func (a Administer) Change(ctx context.Context, by domain.Bearer, user domain.UserID, c AccountChange) (Account, error) {
	account, _, err := a.apply(ctx, by, user, c, there)
	return account, err
}

// Put is [Administer.Change] that creates a user who does not exist, for which it
// may return [domain.ErrInvalidUsername] or [domain.ErrExclusive].
func (a Administer) Put(ctx context.Context, by domain.Bearer, user domain.UserID, c AccountChange) (account Account, created bool, err error) {
	return a.apply(ctx, by, user, c, perhapsThere)
}

// Create is [Administer.Put] for a user who does not exist; for one who does, it
// returns [domain.ErrExists].
func (a Administer) Create(ctx context.Context, by domain.Bearer, user domain.UserID, c AccountChange) (Account, error) {
	account, _, err := a.apply(ctx, by, user, c, notThere)
	return account, err
}

func (a Administer) apply(ctx context.Context, by domain.Bearer, user domain.UserID, c AccountChange, is presence) (account Account, created bool, err error) {
	if err := c.check(by, user); err != nil {
		return Account{}, false, err
	}
	hash, err := a.hash(ctx, c.Password)
	if err != nil {
		return Account{}, false, err
	}
	now := a.Now().Truncate(time.Millisecond)
	err = a.Storage.InTransaction(ctx, func(r ports.Repositories) error {
		var was domain.User
		if was, created, err = a.changeOrCreate(ctx, r, user, c, is, now); err != nil {
			return err
		}
		if err := c.applyRest(ctx, r, by, was, hash, now); err != nil {
			return err
		}
		account, err = accountWithin(ctx, r, user)
		return err
	})
	if err != nil {
		return Account{}, false, absentUser(err)
	}
	return account, created, nil
}

// hash returns the hash of a new password, empty if there is none, or
// [domain.ErrWeakPassword].
func (a Administer) hash(ctx context.Context, password *string) (domain.PasswordHash, error) {
	if password == nil {
		return "", nil
	}
	if err := a.Hasher.CheckNew(*password); err != nil {
		return "", err
	}
	return a.Hasher.Hash(ctx, *password)
}

// changeOrCreate does to the user itself what is asked for, and returns what the
// user was before.
func (a Administer) changeOrCreate(ctx context.Context, r ports.Repositories, user domain.UserID, c AccountChange, is presence, now time.Time) (was domain.User, created bool, err error) {
	change := func() error {
		_, err := r.Users.Update(ctx, user, func(u *domain.User) error {
			was = *u
			return c.applyTo(u)
		})
		return err
	}
	if is != notThere {
		if err = change(); !errors.Is(err, domain.ErrNotFound) || is == there {
			return was, false, err
		}
	}
	if err := a.mayCreate(user); err != nil {
		return domain.User{}, false, err
	}
	was = domain.User{ID: user, CreatedAt: now}
	fresh := was
	if err := c.applyTo(&fresh); err != nil {
		return domain.User{}, false, err
	}
	err = r.Users.Create(ctx, fresh)
	if errors.Is(err, domain.ErrExists) && is != notThere {
		// Somebody else created the user since we looked.
		return was, false, change()
	}
	return was, true, err
}

// applyRest changes what belongs to the user, who is locked by now, and was as
// given.
func (c AccountChange) applyRest(ctx context.Context, r ports.Repositories, by domain.Bearer, was domain.User, hash domain.PasswordHash, now time.Time) error {
	user := was.ID
	if c.Deactivated != nil && *c.Deactivated {
		return deactivate(ctx, r, user, c.Erase)
	}
	if c.Deactivated != nil && was.Deactivated {
		// Nothing revives, whoever deactivated the account, and however.
		if err := r.Passwords.Put(ctx, user, ""); err != nil {
			return err
		}
		if err := endSessions(ctx, r, user); err != nil {
			return err
		}
	}
	if c.ThirdPartyIDs != nil {
		if err := replaceAddresses(ctx, r.ThirdPartyIDs, user, *c.ThirdPartyIDs, now); err != nil {
			return err
		}
	}
	if c.Password == nil {
		return nil
	}
	if err := r.Passwords.Put(ctx, user, hash); err != nil || c.KeepSessions {
		return err
	}
	var but []domain.DeviceID
	if by.User.ID == user && by.Device != "" {
		but = append(but, by.Device)
	}
	return endSessions(ctx, r, user, but...)
}

// replaceAddresses makes the addresses all that the user has. Those that it has
// already stay what they are.
func replaceAddresses(ctx context.Context, r ports.ThirdPartyIDRepository, user domain.UserID, addresses []domain.ThirdPartyID, now time.Time) error {
	same := func(a domain.ThirdPartyID) func(domain.ThirdPartyID) bool {
		return func(b domain.ThirdPartyID) bool { return a.Medium == b.Medium && a.Address == b.Address }
	}
	has, err := r.List(ctx, user)
	if err != nil {
		return err
	}
	for _, old := range has {
		if slices.ContainsFunc(addresses, same(old)) {
			continue
		}
		if err := r.Delete(ctx, user, old.Medium, old.Address); err != nil {
			return err
		}
	}
	for i, a := range addresses {
		if slices.ContainsFunc(has, same(a)) || slices.ContainsFunc(addresses[:i], same(a)) {
			continue
		}
		err := r.Create(ctx, domain.ThirdPartyID{
			User: user, Medium: a.Medium, Address: a.Address, ValidatedAt: now, AddedAt: now,
		})
		if errors.Is(err, domain.ErrExists) {
			err = domain.ErrAddressInUse
		}
		if err != nil {
			return err
		}
	}
	return nil
}
