package contract

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// A call is one of the calls of a storage, with its name.
type call struct {
	name string
	do   func(context.Context, ports.Repositories) error
}

// writes are all calls that write. On a storage that is furnished each, after
// those before it, changes the picture.
var writes = []call{
	{"Users.Create", func(ctx context.Context, r ports.Repositories) error {
		return r.Users.Create(ctx, domain.User{ID: "@dora:example.org", CreatedAt: noon})
	}},
	{"Users.Update", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Users.Update(ctx, alice, func(u *domain.User) error { u.DisplayName = "Alice B."; return nil })
		return err
	}},
	{"Devices.Create", func(ctx context.Context, r ports.Repositories) error {
		return r.Devices.Create(ctx, domain.Device{UserID: bob, ID: "new", CreatedAt: noon})
	}},
	{"Devices.Rename", func(ctx context.Context, r ports.Repositories) error {
		return r.Devices.Rename(ctx, alice, "d", "phone")
	}},
	{"Devices.Delete", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Devices.Delete(ctx, alice, "e")
		return err
	}},
	{"Devices.DeleteAll", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Devices.DeleteAll(ctx, alice, "d")
		return err
	}},
	{"Sessions.SignIn", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Sessions.SignIn(ctx, login(bob, "phone", "bob phone"))
		return err
	}},
	{"Sessions.SignIn of an identity", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Sessions.SignIn(ctx, existing(loginBy(identity("bob"), bob, "phone", "bob phone")))
		return err
	}},
	{"Sessions.SignIn again", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Sessions.SignIn(ctx, login(alice, "d", "t"))
		return err
	}},
	{"Sessions.Refresh", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Sessions.Refresh(ctx, renewal("bob d", "bob d/2"))
		return err
	}},
	{"Sessions.Delete", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Sessions.Delete(ctx, session("bob phone"))
		return err
	}},
	{"Sessions.DeleteAll", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Sessions.DeleteAll(ctx, session("carol d"))
		return err
	}},
	{"Sessions.DeleteOfProvider", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Sessions.DeleteOfProvider(ctx, atCorp("bob tv"), "")
		return err
	}},
	{"Sightings.Record", func(ctx context.Context, r ports.Repositories) error {
		return r.Sightings.Record(ctx, []domain.Sighting{{User: bob, Device: "d", Seen: domain.Seen{At: noon}}})
	}},
	{"Passwords.Put", func(ctx context.Context, r ports.Repositories) error {
		return r.Passwords.Put(ctx, bob, "hash of bob's")
	}},
	{"Passwords.Replace", func(ctx context.Context, r ports.Repositories) error {
		return r.Passwords.Replace(ctx, alice, "hash of alice's", "another hash of alice's")
	}},
	{"ThirdPartyIDs.Create", func(ctx context.Context, r ports.Repositories) error {
		return r.ThirdPartyIDs.Create(ctx, address(bob, domain.Email, "another@example.org"))
	}},
	{"ThirdPartyIDs.Delete", func(ctx context.Context, r ports.Repositories) error {
		return r.ThirdPartyIDs.Delete(ctx, alice, domain.Phone, "4420")
	}},
	{"ThirdPartyIDs.DeleteAll", func(ctx context.Context, r ports.Repositories) error {
		return r.ThirdPartyIDs.DeleteAll(ctx, bob)
	}},
	{"Tickets.Create", func(ctx context.Context, r ports.Repositories) error {
		return r.Tickets.Create(ctx, domain.Ticket{Hash: token("t"), User: carol}, noon)
	}},
	{"Tickets.Spend", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Tickets.Spend(ctx, token("alice's"), noon)
		return err
	}},
	{"Tickets.DeleteAll", func(ctx context.Context, r ports.Repositories) error {
		return r.Tickets.DeleteAll(ctx, bob)
	}},
	{"Tickets.DeleteExpired", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Tickets.DeleteExpired(ctx, later(time.Hour))
		return err
	}},
	{"Interactions.Create", func(ctx context.Context, r ports.Repositories) error {
		return r.Interactions.Create(ctx, interaction("i"))
	}},
	{"Interactions.Update", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Interactions.Update(ctx, token("waiting"), noon, func(i *domain.Interaction) error { i.Done = true; return nil })
		return err
	}},
	{"Interactions.DeleteExpired", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Interactions.DeleteExpired(ctx, later(time.Hour))
		return err
	}},
	{"Interactions.DeleteAll", func(ctx context.Context, r ports.Repositories) error {
		return r.Interactions.DeleteAll(ctx, bob)
	}},
	{"RegistrationTokens.Create", func(ctx context.Context, r ports.Repositories) error {
		return r.RegistrationTokens.Create(ctx, domain.RegistrationToken{Token: "new"})
	}},
	{"RegistrationTokens.Update", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.RegistrationTokens.Update(ctx, "for.three", noon, func(t *domain.RegistrationToken) error { t.Completed++; return nil })
		return err
	}},
	{"KeySets.Put", func(ctx context.Context, r ports.Repositories) error {
		return r.KeySets.Put(ctx, keysURL, []byte("another document"), later(time.Hour))
	}},
	{"RegistrationTokens.Delete", func(ctx context.Context, r ports.Repositories) error {
		return r.RegistrationTokens.Delete(ctx, "for.all")
	}},
	{"Audit.Add", func(ctx context.Context, r ports.Repositories) error {
		return r.Audit.Add(ctx, []domain.AuditRecord{record("third", noon)})
	}},
	{"Audit.DeleteBefore", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Audit.DeleteBefore(ctx, later(time.Hour))
		return err
	}},
	{"ImportedTokens.Add", func(ctx context.Context, r ports.Repositories) error {
		return r.ImportedTokens.Add(ctx, []domain.ImportedToken{{Hash: token("t"), Session: session("alice d")}})
	}},
	{"ImportedTokens.DeleteEnded", func(ctx context.Context, r ports.Repositories) error {
		_, _, err := r.ImportedTokens.DeleteEnded(ctx, domain.TokenHash{})
		return err
	}},
	{"Imports.AddUsers", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Imports.AddUsers(ctx, importedUsers("@erin:example.org"))
		return err
	}},
	{"Imports.AddDevices", func(ctx context.Context, r ports.Repositories) error {
		return r.Imports.AddDevices(ctx, []domain.ImportedDevice{imported(bob, "imported", "imported")})
	}},
	{"Imports.AddThirdPartyIDs", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Imports.AddThirdPartyIDs(ctx, []domain.ThirdPartyID{address(bob, domain.Email, "imported@example.org")})
		return err
	}},
	{"Imports.PutProgress", func(ctx context.Context, r ports.Repositories) error {
		return r.Imports.PutProgress(ctx, domain.ImportProgress{Source: "t", Next: "m"})
	}},
	{"Imports.DeleteProgress", func(ctx context.Context, r ports.Repositories) error {
		return r.Imports.DeleteProgress(ctx, "t")
	}}, {"Outbox.Add", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Outbox.Add(ctx, notice(bob, "third"))
		return err
	}},
	{"Outbox.Delete", func(ctx context.Context, r ports.Repositories) error {
		list, err := r.Outbox.List(context.WithoutCancel(ctx), alice, 1)
		if err != nil || len(list) == 0 {
			return fmt.Errorf("no notice: %w", err)
		}
		return r.Outbox.Delete(ctx, list[0].ID)
	}},
	{"Leases.Take", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Leases.Take(ctx, bob, "one", noon, later(time.Minute))
		return err
	}},
	{"Leases.Put", func(ctx context.Context, r ports.Repositories) error {
		return r.Leases.Put(ctx, domain.Lease{User: alice, Holder: "one", Until: later(time.Minute), Known: true}, noon)
	}},
}
