package contract

import (
	"errors"
	"fmt"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

var reservationPromises = []promise{
	{"of 20 who show a registration token for 3 at once 3 get it, and others when those are gone", func(t *trial) {
		t.addRegistrationToken(domain.RegistrationToken{Token: "x", UsesAllowed: new(3)})
		ends := later(time.Hour)
		t.addInteractions(40, later(2*time.Hour))
		t.wantEqual(t.reserved(0, noon, ends), 3)
		t.wantPending("x", noon, 3)
		t.wantEqual(t.reserved(20, ends.Add(-moment), ends), 0)
		t.wantEqual(t.reserved(20, ends, ends.Add(time.Hour)), 3)
		t.wantPending("x", ends, 3)
	}},
	{"20 who register at once with a registration token are all counted", func(t *trial) {
		t.addRegistrationToken(domain.RegistrationToken{Token: "x", UsesAllowed: new(20)})
		t.addInteractions(20, far)
		t.wantEqual(t.reserved(0, noon, far), 20)
		errs := together(20, func(i int) error {
			return t.transact(func(tx *trial) error {
				_, errToken := tx.RegistrationTokens.Update(t.Context(), "x", noon, func(token *domain.RegistrationToken) error {
					token.Completed++
					return nil
				})
				_, errDone := tx.Interactions.Update(t.Context(), token(fmt.Sprint(i)), noon, func(i *domain.Interaction) error {
					i.Done = true
					return nil
				})
				return errors.Join(errToken, errDone)
			})
		})
		t.wantError(errors.Join(errs...), nil)
		t.wantRegistrationToken(noon, domain.RegistrationToken{Token: "x", UsesAllowed: new(20), Completed: 20})
	}},
	{"of 20 concurrent Creates of one registration token exactly one succeeds", func(t *trial) {
		errs := together(20, func(int) error {
			return t.RegistrationTokens.Create(t.Context(), domain.RegistrationToken{Token: "x"})
		})
		t.wantOneSuccess(errs, domain.ErrExists)
	}},
}

// addInteractions adds n interactions, named by their numbers.
func (t *trial) addInteractions(n int, expires time.Time) {
	t.Helper()
	for i := range n {
		t.addInteraction(domain.Interaction{ID: token(fmt.Sprint(i)), CreatedAt: noon, Expires: expires})
	}
}

// reserved lets 20 interactions, beginning with one, show the registration token
// "x" at once, and reserve it for a time if it is valid. It returns how many did.
func (t *trial) reserved(first int, now, until time.Time) (n int) {
	t.Helper()
	errs := together(20, func(i int) error {
		return t.transact(func(tx *trial) error {
			_, err := tx.RegistrationTokens.Update(t.Context(), "x", now, func(token *domain.RegistrationToken) error {
				if !token.Valid(now) {
					return errOwn
				}
				return nil
			})
			if err != nil {
				return err
			}
			_, err = tx.Interactions.Update(t.Context(), token(fmt.Sprint(first+i)), now, func(i *domain.Interaction) error {
				i.RegistrationToken, i.Expires = "x", until
				return nil
			})
			return err
		})
	})
	for _, err := range errs {
		if err == nil {
			n++
			continue
		}
		t.wantError(err, errOwn)
	}
	return n
}
