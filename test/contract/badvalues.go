package contract

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

type storing func(context.Context, ports.Repositories) error

// valuesWith returns the calls that store a value, once for every text that it
// has, which is bad.
func valuesWith(bad string) map[string]storing {
	calls := map[string]storing{}
	addUsersWith(bad, calls)
	addDevicesWith(bad, calls)
	addSightingsWith(bad, calls)
	addAddressesWith(bad, calls)
	addInteractionsWith(bad, calls)
	addRecordsWith(bad, calls)
	addNoticesWith(bad, calls)
	addImportsWith(bad, calls)
	return calls
}

func addUsersWith(bad string, calls map[string]storing) {
	for name, change := range map[string]func(*domain.User){
		"name":   func(u *domain.User) { u.DisplayName = bad },
		"avatar": func(u *domain.User) { u.AvatarURL = bad },
		"id":     func(u *domain.User) { u.ID = domain.UserID(bad) },
	} {
		user := domain.User{ID: "@dora:example.org"}
		change(&user)
		calls["Users.Create "+name] = func(ctx context.Context, r ports.Repositories) error { return r.Users.Create(ctx, user) }
		if name == "id" {
			continue // the id that change gives is nobody's
		}
		calls["Users.Update "+name] = func(ctx context.Context, r ports.Repositories) error {
			_, err := r.Users.Update(ctx, alice, func(u *domain.User) error { change(u); return nil })
			return err
		}
	}
}

func addDevicesWith(bad string, calls map[string]storing) {
	for name, device := range map[string]domain.Device{
		"user":    {UserID: domain.UserID(bad), ID: "e"},
		"id":      {UserID: bob, ID: domain.DeviceID(bad)},
		"name":    {UserID: bob, ID: "e", DisplayName: bad},
		"address": {UserID: bob, ID: "e", LastSeen: domain.Seen{At: noon, Address: bad}},
		"agent":   {UserID: bob, ID: "e", LastSeen: domain.Seen{At: noon, UserAgent: bad}},
	} {
		calls["Devices.Create "+name] = func(ctx context.Context, r ports.Repositories) error { return r.Devices.Create(ctx, device) }
	}
}

func addSightingsWith(bad string, calls map[string]storing) {
	good := domain.Sighting{User: bob, Device: "d", Seen: domain.Seen{At: noon}}
	for name, sighting := range map[string]domain.Sighting{
		"user":    {User: domain.UserID(bad), Device: "d", Seen: good.Seen},
		"device":  {User: alice, Device: domain.DeviceID(bad), Seen: good.Seen},
		"address": {User: alice, Device: "d", Seen: domain.Seen{At: far, Address: bad}},
		"agent":   {User: alice, Device: "d", Seen: domain.Seen{At: far, UserAgent: bad}},
	} {
		calls["Record "+name] = func(ctx context.Context, r ports.Repositories) error {
			return r.Sightings.Record(ctx, []domain.Sighting{good, sighting})
		}
	}
}

func addAddressesWith(bad string, calls map[string]storing) {
	for name, id := range map[string]domain.ThirdPartyID{
		"user":    {User: domain.UserID(bad), Medium: domain.Email, Address: "new@example.org"},
		"medium":  {User: alice, Medium: domain.Medium(bad), Address: "new@example.org"},
		"address": {User: alice, Medium: domain.Email, Address: bad},
	} {
		calls["ThirdPartyIDs.Create "+name] = func(ctx context.Context, r ports.Repositories) error { return r.ThirdPartyIDs.Create(ctx, id) }
		calls["ThirdPartyIDs.Delete "+name] = func(ctx context.Context, r ports.Repositories) error {
			return r.ThirdPartyIDs.Delete(ctx, id.User, id.Medium, id.Address)
		}
	}
}

func addInteractionsWith(bad string, calls map[string]storing) {
	for name, change := range map[string]func(*domain.Interaction){
		"operation":          func(i *domain.Interaction) { i.Operation = bad },
		"user":               func(i *domain.Interaction) { i.User = domain.UserID(bad) },
		"params":             func(i *domain.Interaction) { i.Params = bad },
		"password":           func(i *domain.Interaction) { i.Password = domain.PasswordHash(bad) },
		"completed":          func(i *domain.Interaction) { i.Completed = append(i.Completed, bad) },
		"registration token": func(i *domain.Interaction) { i.RegistrationToken = bad },
		"accepted":           func(i *domain.Interaction) { i.Accepted = append(i.Accepted, bad) },
		"result":             func(i *domain.Interaction) { i.Result = domain.UserID(bad) },
	} {
		calls["Interactions.Create "+name] = func(ctx context.Context, r ports.Repositories) error {
			i := interaction("i")
			change(&i)
			return r.Interactions.Create(ctx, i)
		}
		calls["Interactions.Update "+name] = func(ctx context.Context, r ports.Repositories) error {
			_, err := r.Interactions.Update(ctx, token("waiting"), noon, func(i *domain.Interaction) error { change(i); return nil })
			return err
		}
	}
}

func addRecordsWith(bad string, calls map[string]storing) {
	for name, change := range map[string]func(*domain.AuditRecord){
		"id":         func(r *domain.AuditRecord) { r.ID = bad },
		"event":      func(r *domain.AuditRecord) { r.Event = domain.AuditEvent(bad) },
		"result":     func(r *domain.AuditRecord) { r.Result = domain.AuditResult(bad) },
		"reason":     func(r *domain.AuditRecord) { r.Reason = bad },
		"detail":     func(r *domain.AuditRecord) { r.Detail = bad },
		"login type": func(r *domain.AuditRecord) { r.LoginType = bad },
		"provider":   func(r *domain.AuditRecord) { r.Provider = bad },
		"key":        func(r *domain.AuditRecord) { r.KeyID = bad },
		"subject":    func(r *domain.AuditRecord) { r.Subject = bad },
		"user":       func(r *domain.AuditRecord) { r.User = domain.UserID(bad) },
		"device":     func(r *domain.AuditRecord) { r.Device = bad },
		"actor":      func(r *domain.AuditRecord) { r.Actor = bad },
		"address":    func(r *domain.AuditRecord) { r.Address = bad },
	} {
		r := record("r", noon)
		change(&r)
		calls["Audit.Add "+name] = func(ctx context.Context, rs ports.Repositories) error {
			return rs.Audit.Add(ctx, []domain.AuditRecord{record("good", noon), r})
		}
	}
}

func addNoticesWith(bad string, calls map[string]storing) {
	for name, change := range map[string]func(*domain.Notice){
		"user":   func(n *domain.Notice) { n.User = domain.UserID(bad) },
		"kind":   func(n *domain.Notice) { n.Kind = domain.NoticeKind(bad) },
		"device": func(n *domain.Notice) { n.Device = domain.DeviceID(bad) },
		"text":   func(n *domain.Notice) { n.Text = bad },
	} {
		n := notice(alice, "")
		change(&n)
		calls["Outbox.Add "+name] = func(ctx context.Context, r ports.Repositories) error {
			_, err := r.Outbox.Add(ctx, notice(alice, "good"), n)
			return err
		}
	}
}
