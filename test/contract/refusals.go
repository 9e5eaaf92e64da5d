package contract

import (
	"context"
	"errors"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

const nobody domain.UserID = "@nobody:example.org"

// exists are calls that find what they were to create.
var exists = []call{
	{"Users.Create", func(ctx context.Context, r ports.Repositories) error {
		return r.Users.Create(ctx, domain.User{ID: alice, Locked: true})
	}},
	{"Devices.Create", func(ctx context.Context, r ports.Repositories) error {
		return r.Devices.Create(ctx, domain.Device{UserID: alice, ID: "d", DisplayName: "other"})
	}},
	{"Devices.Create without a session", func(ctx context.Context, r ports.Repositories) error {
		return r.Devices.Create(ctx, domain.Device{UserID: alice, ID: "spare", DisplayName: "other"})
	}},
	{"ThirdPartyIDs.Create of another's", func(ctx context.Context, r ports.Repositories) error {
		return r.ThirdPartyIDs.Create(ctx, domain.ThirdPartyID{User: alice, Medium: domain.Email, Address: "bob@example.org"})
	}},
	{"ThirdPartyIDs.Create of one's own", func(ctx context.Context, r ports.Repositories) error {
		return r.ThirdPartyIDs.Create(ctx, domain.ThirdPartyID{User: alice, Medium: domain.Email, Address: "alice@example.org"})
	}},
	{"Tickets.Create", func(ctx context.Context, r ports.Repositories) error {
		return r.Tickets.Create(ctx, domain.Ticket{Hash: token("alice's"), User: bob}, noon)
	}},
	{"Interactions.Create", func(ctx context.Context, r ports.Repositories) error {
		return r.Interactions.Create(ctx, domain.Interaction{ID: token("waiting"), Operation: "other", Expires: far})
	}},
	{"RegistrationTokens.Create", func(ctx context.Context, r ports.Repositories) error {
		return r.RegistrationTokens.Create(ctx, domain.RegistrationToken{Token: "for.three"})
	}},
	{"Leases.Take of another's", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Leases.Take(ctx, alice, "two", noon, later(time.Minute))
		return err
	}},
}

// missing are calls that want what is not there.
var missing = []call{
	{"Users.Update", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Users.Update(ctx, nobody, func(*domain.User) error { return errShown })
		return err
	}},
	{"Devices.Create", func(ctx context.Context, r ports.Repositories) error {
		return r.Devices.Create(ctx, domain.Device{UserID: nobody, ID: "d"})
	}},
	{"Devices.Rename", func(ctx context.Context, r ports.Repositories) error { return r.Devices.Rename(ctx, bob, "e", "n") }},
	{"Devices.Rename of nobody's", func(ctx context.Context, r ports.Repositories) error {
		return r.Devices.Rename(ctx, nobody, "d", "n")
	}},
	{"Sessions.Refresh", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Sessions.Refresh(ctx, renewal("bob d/2", "bob d/3"))
		return err
	}},
	{"Sessions.Delete", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Sessions.Delete(ctx, session("other"))
		return err
	}},
	{"Sessions.DeleteAll", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Sessions.DeleteAll(ctx, session("other"))
		return err
	}},
	{"Passwords.Put", func(ctx context.Context, r ports.Repositories) error { return r.Passwords.Put(ctx, nobody, "h") }},
	{"Passwords.Put of none", func(ctx context.Context, r ports.Repositories) error { return r.Passwords.Put(ctx, nobody, "") }},
	{"Passwords.Replace", func(ctx context.Context, r ports.Repositories) error {
		return r.Passwords.Replace(ctx, alice, "another hash", "h")
	}},
	{"ThirdPartyIDs.Create", func(ctx context.Context, r ports.Repositories) error {
		return r.ThirdPartyIDs.Create(ctx, domain.ThirdPartyID{User: nobody, Medium: domain.Email, Address: "n@example.org"})
	}},
	{"ThirdPartyIDs.Delete", func(ctx context.Context, r ports.Repositories) error {
		return r.ThirdPartyIDs.Delete(ctx, alice, domain.Email, "other@example.org")
	}},
	{"ThirdPartyIDs.Delete of another's", func(ctx context.Context, r ports.Repositories) error {
		return r.ThirdPartyIDs.Delete(ctx, alice, domain.Email, "bob@example.org")
	}},
	{"Tickets.Create", func(ctx context.Context, r ports.Repositories) error {
		return r.Tickets.Create(ctx, domain.Ticket{Hash: token("t"), User: nobody}, noon)
	}},
	{"Tickets.Spend", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Tickets.Spend(ctx, token("t"), noon)
		return err
	}},
	{"Interactions.Update", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Interactions.Update(ctx, token("i"), noon, func(*domain.Interaction) error { return errShown })
		return err
	}},
	{"RegistrationTokens.Update", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.RegistrationTokens.Update(ctx, "other", noon, func(*domain.RegistrationToken) error { return errShown })
		return err
	}},
	{"RegistrationTokens.Delete", func(ctx context.Context, r ports.Repositories) error {
		return r.RegistrationTokens.Delete(ctx, "other")
	}},
	{"Leases.Put of another's", func(ctx context.Context, r ports.Repositories) error {
		return r.Leases.Put(ctx, domain.Lease{User: alice, Holder: "two", Known: true}, noon)
	}},
	{"Leases.Put of nobody's", func(ctx context.Context, r ports.Repositories) error {
		return r.Leases.Put(ctx, domain.Lease{User: carol, Holder: "one", Known: true}, noon)
	}},
}

// others are sign-ins of identities that may not have the user.
var others = []call{
	{"Sessions.SignIn to a user without links", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Sessions.SignIn(ctx, loginBy(identity("other"), alice, "d", "t"))
		return err
	}},
	{"Sessions.SignIn to another's user", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Sessions.SignIn(ctx, existing(loginBy(identity("other"), carol, "d", "t")))
		return err
	}},
}

// errShown is the error of a change function that is not to be called.
var errShown = errors.New("change is shown something")

var refusalPromises = []promise{
	{"what is there already is ErrExists, and stays as it is", func(t *trial) { t.wantAllRefused(exists, domain.ErrExists) }},
	{"what is another identity's is ErrOtherIdentity, and nothing is written", func(t *trial) { t.wantAllRefused(others, domain.ErrOtherIdentity) }},
	{"what is not there is ErrNotFound, and nothing is written", func(t *trial) { t.wantAllRefused(missing, domain.ErrNotFound) }},
}

// wantAllRefused wants all calls to return the error and to change nothing,
// also in one transaction, in which others take effect.
func (t *trial) wantAllRefused(calls []call, want error) {
	t.Helper()
	t.furnish()
	refused := func(t *trial) {
		for _, c := range calls {
			if err := c.do(t.Context(), t.Repositories); !errors.Is(err, want) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}
	t.wantUnchanged(func() { refused(t) })
	t.wantUnchanged(func() {
		t.wantError(t.transact(func(tx *trial) error { refused(tx); return nil }), nil)
	})
	err := t.transact(func(tx *trial) error { refused(tx); return tx.changeAll() })
	t.wantError(err, nil)
}
