package memstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// registrationTokens is the ports.RegistrationTokenRepository.
type registrationTokens struct{ calls calls }

func (r registrationTokens) ByToken(ctx context.Context, token string, now time.Time) (domain.RegistrationToken, error) {
	return ask(ctx, r.calls.read, func(v *view) (domain.RegistrationToken, error) {
		return v.registrationToken(token, now)
	})
}

func (r registrationTokens) List(ctx context.Context, now time.Time) ([]domain.RegistrationToken, error) {
	return ask(ctx, r.calls.read, func(v *view) (list []domain.RegistrationToken, err error) {
		pending := v.pending(now)
		for _, t := range v.registrations.all() {
			list = append(list, storedRegistrationToken(t, pending[t.Token]))
		}
		slices.SortFunc(list, func(a, b domain.RegistrationToken) int { return cmp.Compare(a.Token, b.Token) })
		return list, nil
	})
}

func (r registrationTokens) Create(ctx context.Context, t domain.RegistrationToken) error {
	return r.calls.write(ctx, func(v *view) error {
		if err := domain.CheckText(t.Token); err != nil {
			return err
		}
		if _, ok := v.registrations.get(t.Token); ok {
			return domain.ErrExists
		}
		v.registrations.set(t.Token, storedRegistrationToken(t, 0))
		return nil
	})
}

func (r registrationTokens) Update(ctx context.Context, token string, now time.Time, change func(*domain.RegistrationToken) error) (domain.RegistrationToken, error) {
	return ask(ctx, r.calls.write, func(v *view) (domain.RegistrationToken, error) {
		t, err := v.registrationToken(token, now)
		if err != nil {
			return domain.RegistrationToken{}, err
		}
		pending := t.Pending
		if err := change(&t); err != nil {
			return domain.RegistrationToken{}, err
		}
		t.Token = token
		v.registrations.set(token, storedRegistrationToken(t, 0))
		return storedRegistrationToken(t, pending), nil
	})
}

func (r registrationTokens) Delete(ctx context.Context, token string) error {
	return r.calls.write(ctx, func(v *view) error {
		if err := domain.CheckText(token); err != nil {
			return err
		}
		if _, ok := v.registrations.get(token); !ok {
			return domain.ErrNotFound
		}
		v.registrations.remove(token)
		return nil
	})
}

// registrationToken returns a copy of one, with what is pending, or
// domain.ErrNotFound.
func (v *view) registrationToken(token string, now time.Time) (domain.RegistrationToken, error) {
	if err := domain.CheckText(token); err != nil {
		return domain.RegistrationToken{}, err
	}
	found, ok := v.registrations.get(token)
	if !ok {
		return domain.RegistrationToken{}, domain.ErrNotFound
	}
	return storedRegistrationToken(found, v.pending(now)[token]), nil
}

// pending counts the interactions of each registration token that are under way.
func (v *view) pending(now time.Time) map[string]int {
	n := map[string]int{}
	for _, i := range v.interactions.all() {
		if !i.Done && !domain.Expired(i.Expires, now) {
			n[i.RegistrationToken]++
		}
	}
	return n
}

// storedRegistrationToken is t as it would come back from a database: a copy.
func storedRegistrationToken(t domain.RegistrationToken, pending int) domain.RegistrationToken {
	if t.UsesAllowed != nil {
		t.UsesAllowed = new(*t.UsesAllowed)
	}
	t.Pending, t.Expires = pending, milliseconds(t.Expires)
	return t
}
