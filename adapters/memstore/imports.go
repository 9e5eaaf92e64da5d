package memstore

import (
	"context"
	"slices"
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

// imports is the ports.ImportRepository.
type imports struct{ calls calls }

func (r imports) AddUsers(ctx context.Context, added []domain.ImportedUser) ([]domain.User, error) {
	return ask(ctx, r.calls.write, func(v *view) (there []domain.User, err error) {
		for _, u := range added {
			if err := checkUser(u.User); err != nil {
				return nil, err
			}
			if err := domain.CheckText(string(u.Password)); err != nil {
				return nil, err
			}
		}
		for _, u := range added {
			if owner, ok := v.accounts.get(u.ID); ok {
				there = append(there, owner.user)
				continue
			}
			u.CreatedAt = milliseconds(u.CreatedAt)
			v.store(account{user: u.User, password: u.Password})
		}
		slices.SortFunc(there, func(a, b domain.User) int { return strings.Compare(string(a.ID), string(b.ID)) })
		return there, nil
	})
}

// AddDevices gives each account its devices before it stores the first.
func (r imports) AddDevices(ctx context.Context, added []domain.ImportedDevice) error {
	return r.calls.write(ctx, func(v *view) error {
		owners := map[domain.UserID]account{}
		for _, d := range added {
			err := domain.CheckText(string(d.UserID), string(d.ID), d.DisplayName, d.LastSeen.Address, d.LastSeen.UserAgent)
			if err != nil {
				return err
			}
			owner, ok := owners[d.UserID]
			if !ok {
				if owner, err = v.account(d.UserID); err != nil {
					return err
				}
			}
			if owners[d.UserID], err = v.withImported(owner, d); err != nil {
				return err
			}
		}
		for _, owner := range owners {
			v.store(owner)
		}
		for _, d := range added {
			if d.Session.ID != (domain.TokenHash{}) {
				v.sessions.set(d.Session.ID, deviceKey{user: d.UserID, id: d.ID})
			}
		}
		return nil
	})
}

// withImported returns the account with one more device, and its session.
func (v *view) withImported(owner account, d domain.ImportedDevice) (account, error) {
	i, ok := owner.find(d.ID)
	if _, taken := v.sessions.get(d.Session.ID); ok || taken {
		return account{}, domain.ErrExists
	}
	d.CreatedAt, d.LastSeen.At = milliseconds(d.CreatedAt), milliseconds(d.LastSeen.At)
	owner = owner.with(i, d.Device)
	owner.devices[i].session = d.Session // the slice is a new one, which nobody else has seen
	return owner, nil
}

func (r imports) AddThirdPartyIDs(ctx context.Context, added []domain.ThirdPartyID) ([]domain.ThirdPartyID, error) {
	return ask(ctx, r.calls.write, func(v *view) (taken []domain.ThirdPartyID, err error) {
		for _, id := range added {
			if err := domain.CheckText(string(id.User), string(id.Medium), id.Address); err != nil {
				return nil, err
			}
			if _, err := v.account(id.User); err != nil {
				return nil, err
			}
		}
		for _, id := range added {
			key := addressKey{id.Medium, id.Address}
			switch known, ok := v.addresses.get(key); {
			case !ok:
				id.ValidatedAt, id.AddedAt = milliseconds(id.ValidatedAt), milliseconds(id.AddedAt)
				v.addresses.set(key, id)
			case known.User != id.User:
				taken = append(taken, id)
			}
		}
		return taken, nil
	})
}

func (r imports) Progress(ctx context.Context, source string) (domain.ImportProgress, error) {
	return ask(ctx, r.calls.read, func(v *view) (domain.ImportProgress, error) {
		if err := domain.CheckText(source); err != nil {
			return domain.ImportProgress{}, err
		}
		progress, ok := v.progress.get(source)
		if !ok {
			return domain.ImportProgress{}, domain.ErrNotFound
		}
		return copied(progress), nil
	})
}

func (r imports) PutProgress(ctx context.Context, progress domain.ImportProgress) error {
	return r.calls.write(ctx, func(v *view) error {
		if err := domain.CheckText(progress.Source, progress.Next); err != nil {
			return err
		}
		v.progress.set(progress.Source, copied(progress))
		return nil
	})
}

func (r imports) DeleteProgress(ctx context.Context, source string) error {
	return r.calls.write(ctx, func(v *view) error {
		if err := domain.CheckText(source); err != nil {
			return err
		}
		v.progress.remove(source)
		return nil
	})
}

// copied is one that shares nothing with the other.
func copied(p domain.ImportProgress) domain.ImportProgress {
	p.Counts = p.Counts.Plus(domain.ImportCounts{})
	return p
}
