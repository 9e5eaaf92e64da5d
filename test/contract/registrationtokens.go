package contract

import (
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

var registrationTokenPromises = []promise{
	{"a registration token keeps all that it has, is found by its bytes, and also when it has expired", func(t *trial) {
		all := []domain.RegistrationToken{
			{Token: "A", UsesAllowed: new(0)},
			{Token: "B", UsesAllowed: new(1_000_000_000), Completed: 999_999_999, Expires: later(moment)},
			{Token: "_", Expires: noon.Add(-time.Hour), Completed: 7},
			{Token: "a"},
			{Token: "aB", UsesAllowed: new(1)},
			{Token: "aa"},
		}
		for _, i := range []int{4, 0, 5, 2, 1, 3} {
			t.wantNoRegistrationToken(all[i].Token)
			t.addRegistrationToken(all[i])
		}
		for _, want := range all {
			t.wantRegistrationToken(noon, want)
			t.wantRegistrationToken(far, want)
		}
		t.wantNoRegistrationToken("b")
		t.wantNoRegistrationToken("%")
		list, err := t.RegistrationTokens.List(t.Context(), far)
		t.wantError(err, nil)
		t.wantEqual(list, all)
	}},
	{"registration tokens' List is empty if there is none", func(t *trial) {
		list, err := t.RegistrationTokens.List(t.Context(), noon)
		t.wantError(err, nil)
		t.wantEqual(len(list), 0)
	}},
	{"what is pending is not stored but counted", func(t *trial) {
		t.addRegistrationToken(domain.RegistrationToken{Token: "x", Pending: 5})
		t.wantPending("x", noon, 0)
		stored := t.changeRegistrationToken("x", func(token *domain.RegistrationToken) { token.Pending = 5 })
		t.wantEqual(stored, domain.RegistrationToken{Token: "x"})
		t.wantPending("x", noon, 0)
	}},
	{"pending are the interactions that hold the token, are not done and have not expired", func(t *trial) {
		t.addRegistrationToken(domain.RegistrationToken{Token: "x"})
		t.addRegistrationToken(domain.RegistrationToken{Token: "X"})
		for name, i := range map[string]domain.Interaction{
			"for a minute":   {RegistrationToken: "x", Expires: later(time.Minute)},
			"for an hour":    {RegistrationToken: "x", Expires: later(time.Hour)},
			"for longer":     {RegistrationToken: "x", Expires: later(2 * time.Hour)},
			"done":           {RegistrationToken: "x", Expires: far, Done: true},
			"expired":        {RegistrationToken: "x", Expires: noon},
			"without one":    {Expires: far},
			"with another":   {RegistrationToken: "X", Expires: far},
			"of one unknown": {RegistrationToken: "y", Expires: far},
		} {
			i.ID = token(name)
			t.addInteraction(i)
		}
		t.wantPending("x", noon, 3)
		t.wantPending("X", noon, 1)
		t.wantPending("x", later(time.Minute-moment), 3)
		t.wantPending("x", later(time.Minute), 2)
		t.wantPending("x", later(time.Hour), 1)
		t.wantPending("x", far, 0)
		_, err := t.Interactions.DeleteExpired(t.Context(), later(time.Minute))
		t.wantError(err, nil)
		t.wantPending("x", noon, 2)
		t.changeInteraction("for an hour", func(i *domain.Interaction) { i.Done = true })
		t.wantPending("x", noon, 1)
		t.changeInteraction("for longer", func(i *domain.Interaction) { i.RegistrationToken = "" })
		t.wantPending("x", noon, 0)
		t.changeInteraction("without one", func(i *domain.Interaction) { i.RegistrationToken = "x" })
		t.wantPending("x", noon, 1)
	}},
	{"registration tokens' Update shows change one and keeps what it makes of it, but the token", func(t *trial) {
		before := domain.RegistrationToken{Token: "x"}
		t.addRegistrationToken(before)
		t.addRegistrationToken(domain.RegistrationToken{Token: "other", Completed: 9})
		t.addInteraction(domain.Interaction{ID: token("i"), RegistrationToken: "x", Expires: far})
		before.Pending = 1
		for _, want := range []domain.RegistrationToken{
			{UsesAllowed: new(3), Completed: 2, Expires: later(time.Hour)}, {UsesAllowed: new(0)}, {Completed: 1}, {},
		} {
			stored := t.changeRegistrationToken("x", func(token *domain.RegistrationToken) {
				t.wantEqual(*token, before)
				*token = want
				token.Token = "other"
			})
			want.Token, want.Pending = "x", 1
			t.wantEqual(stored, want)
			t.wantRegistrationToken(noon, want)
			before = want
		}
		t.wantRegistrationToken(noon, domain.RegistrationToken{Token: "other", Completed: 9})
	}},
	{"Update counts what is pending at its time, also of a token that has expired", func(t *trial) {
		t.addRegistrationToken(domain.RegistrationToken{Token: "x", Expires: noon})
		t.addInteraction(domain.Interaction{ID: token("i"), RegistrationToken: "x", Expires: later(time.Hour)})
		for now, want := range map[time.Time]int{later(time.Hour - moment): 1, later(time.Hour): 0} {
			stored, err := t.RegistrationTokens.Update(t.Context(), "x", now, func(token *domain.RegistrationToken) error {
				t.wantEqual(token.Pending, want)
				return nil
			})
			t.wantError(err, nil)
			t.wantEqual(stored, domain.RegistrationToken{Token: "x", Pending: want, Expires: noon})
		}
	}},
	{"registration tokens' Delete deletes one, once, and leaves interactions alone", func(t *trial) {
		t.addRegistrationToken(domain.RegistrationToken{Token: "x"})
		t.addRegistrationToken(domain.RegistrationToken{Token: "X"})
		i := domain.Interaction{ID: token("i"), RegistrationToken: "x", Expires: far}
		t.addInteraction(i)
		t.wantError(t.RegistrationTokens.Delete(t.Context(), "x"), nil)
		t.wantError(t.RegistrationTokens.Delete(t.Context(), "x"), domain.ErrNotFound)
		t.wantNoRegistrationToken("x")
		t.wantRegistrationToken(noon, domain.RegistrationToken{Token: "X"})
		t.wantInteraction(i, noon)
	}},
}

// wantRegistrationToken wants the token to be there at the time.
func (t *trial) wantRegistrationToken(now time.Time, want domain.RegistrationToken) {
	t.Helper()
	got, err := t.RegistrationTokens.ByToken(t.Context(), want.Token, now)
	t.wantError(err, nil)
	t.wantEqual(got, want)
}

func (t *trial) wantNoRegistrationToken(text string) {
	t.Helper()
	_, err := t.RegistrationTokens.ByToken(t.Context(), text, noon)
	t.wantError(err, domain.ErrNotFound)
}

// wantPending wants so many to be about to register with the token.
func (t *trial) wantPending(text string, now time.Time, want int) {
	t.Helper()
	one, err := t.RegistrationTokens.ByToken(t.Context(), text, now)
	t.wantError(err, nil)
	t.wantEqual(one.Pending, want)
	list, err := t.RegistrationTokens.List(t.Context(), now)
	t.wantError(err, nil)
	for _, other := range list {
		if other.Token == text {
			t.wantEqual(other.Pending, want)
		}
	}
}

// changeRegistrationToken updates one that must be there, at noon.
func (t *trial) changeRegistrationToken(text string, change func(*domain.RegistrationToken)) domain.RegistrationToken {
	t.Helper()
	stored, err := t.RegistrationTokens.Update(t.Context(), text, noon, func(token *domain.RegistrationToken) error {
		change(token)
		return nil
	})
	t.wantError(err, nil)
	return stored
}

// changeInteraction updates one that must be there, at noon.
func (t *trial) changeInteraction(name string, change func(*domain.Interaction)) {
	t.Helper()
	_, err := t.Interactions.Update(t.Context(), token(name), noon, func(i *domain.Interaction) error {
		change(i)
		return nil
	})
	t.wantError(err, nil)
}
