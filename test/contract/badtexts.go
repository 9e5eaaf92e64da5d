package contract

import (
	"context"
	"errors"
	"maps"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

var badTextPromises = []promise{
	{"texts that a database cannot hold are ErrInvalidParam, and nothing is written", func(t *trial) {
		t.furnish()
		t.wantUnchanged(func() {
			for _, bad := range []string{"a\x00b", "\x00", "a\xff", "\xed\xa0\x80"} {
				t.wantInvalid(bad)
			}
		})
	}},
	{"texts that a database cannot hold do not spoil a transaction", func(t *trial) {
		t.furnish()
		err := t.transact(func(tx *trial) error { tx.wantInvalid("a\x00b"); return tx.changeAll() })
		t.wantError(err, nil)
	}},
}

// wantInvalid wants every call that takes a text to refuse this one.
func (t *trial) wantInvalid(bad string) {
	t.Helper()
	for name, call := range callsWith(t.Context(), t.Repositories, bad) {
		if err := call(); !errors.Is(err, domain.ErrInvalidParam) {
			t.Errorf("%s with %q: %v", name, bad, err)
		}
	}
}

// callsWith returns every call that takes a text, with a bad one.
func callsWith(ctx context.Context, r ports.Repositories, bad string) map[string]func() error {
	calls := lookupsWith(ctx, r, bad)
	maps.Copy(calls, changesWith(ctx, r, bad))
	for name, in := range signInsWith(bad) {
		calls["SignIn "+name] = func() error { _, err := r.Sessions.SignIn(ctx, in); return err }
	}
	for name, store := range valuesWith(bad) {
		calls[name] = func() error { return store(ctx, r) }
	}
	return calls
}

// lookupsWith returns the calls that look for something by a bad text.
func lookupsWith(ctx context.Context, r ports.Repositories, bad string) map[string]func() error {
	user := domain.UserID(bad)
	return map[string]func() error{
		"Users.ByID":         func() error { _, err := r.Users.ByID(ctx, user); return err },
		"Users.List":         func() error { _, _, err := r.Users.List(ctx, domain.UserQuery{Text: bad, Limit: 1}); return err },
		"Devices.ByID user":  func() error { _, err := r.Devices.ByID(ctx, user, "d"); return err },
		"Devices.ByID id":    func() error { _, err := r.Devices.ByID(ctx, alice, domain.DeviceID(bad)); return err },
		"Devices.List":       func() error { _, err := r.Devices.List(ctx, user); return err },
		"Passwords.ByUser":   func() error { _, err := r.Passwords.ByUser(ctx, user); return err },
		"ByAddress medium":   func() error { _, err := r.ThirdPartyIDs.ByAddress(ctx, domain.Medium(bad), "a"); return err },
		"ByAddress address":  func() error { _, err := r.ThirdPartyIDs.ByAddress(ctx, domain.Email, bad); return err },
		"ThirdPartyIDs.List": func() error { _, err := r.ThirdPartyIDs.List(ctx, user); return err },
		"Links.Owner": func() error {
			_, err := r.Links.Owner(ctx, domain.Link{Provider: "p", Subject: bad})
			return err
		},
		"Links.List":                 func() error { _, err := r.Links.List(ctx, user); return err },
		"Outbox.List":                func() error { _, err := r.Outbox.List(ctx, user, 1); return err },
		"Leases.ByUser":              func() error { _, err := r.Leases.ByUser(ctx, user); return err },
		"KeySets.ByURL":              func() error { _, _, err := r.KeySets.ByURL(ctx, bad); return err },
		"RegistrationTokens.ByToken": func() error { _, err := r.RegistrationTokens.ByToken(ctx, bad, noon); return err },
		"Audit.List user":            func() error { _, err := r.Audit.List(ctx, domain.AuditQuery{User: user, Limit: 1}); return err },
		"Audit.List event": func() error {
			_, err := r.Audit.List(ctx, domain.AuditQuery{Event: domain.AuditEvent(bad), Limit: 1})
			return err
		},
	}
}

// changesWith returns the calls that change or delete something, with a bad text.
func changesWith(ctx context.Context, r ports.Repositories, bad string) map[string]func() error {
	user, device, hash := domain.UserID(bad), domain.DeviceID(bad), domain.PasswordHash(bad)
	return map[string]func() error{
		"Users.Update id":           func() error { _, err := r.Users.Update(ctx, user, lock); return err },
		"Rename user":               func() error { return r.Devices.Rename(ctx, user, "d", "n") },
		"Rename device":             func() error { return r.Devices.Rename(ctx, alice, device, "n") },
		"Rename name":               func() error { return r.Devices.Rename(ctx, alice, "d", bad) },
		"Devices.Delete user":       func() error { _, err := r.Devices.Delete(ctx, user, "d"); return err },
		"Devices.Delete device":     func() error { _, err := r.Devices.Delete(ctx, alice, "d", device); return err },
		"Sessions.DeleteOfProvider": func() error { _, err := r.Sessions.DeleteOfProvider(ctx, token("t"), user); return err },
		"Devices.DeleteAll user":    func() error { _, err := r.Devices.DeleteAll(ctx, user); return err },
		"Devices.DeleteAll but":     func() error { _, err := r.Devices.DeleteAll(ctx, alice, "d", device); return err },
		"Put user":                  func() error { return r.Passwords.Put(ctx, user, "h") },
		"Put hash":                  func() error { return r.Passwords.Put(ctx, alice, hash) },
		"Replace user":              func() error { return r.Passwords.Replace(ctx, user, "h", "i") },
		"Replace hash":              func() error { return r.Passwords.Replace(ctx, alice, "hash of alice's", hash) },
		"ThirdPartyIDs.DeleteAll":   func() error { return r.ThirdPartyIDs.DeleteAll(ctx, user) },
		"Tickets.Create":            func() error { return r.Tickets.Create(ctx, domain.Ticket{Hash: token("t"), User: user}, noon) },
		"Leases.Take user":          func() error { _, err := r.Leases.Take(ctx, user, "one", noon, later(moment)); return err },
		"Leases.Take holder":        func() error { _, err := r.Leases.Take(ctx, carol, bad, noon, later(moment)); return err },
		"Leases.Put user":           func() error { return r.Leases.Put(ctx, domain.Lease{User: user, Holder: "one"}, noon) },
		"Leases.Put holder":         func() error { return r.Leases.Put(ctx, domain.Lease{User: alice, Holder: bad}, noon) },
		"Tickets.DeleteAll":         func() error { return r.Tickets.DeleteAll(ctx, user) },
		"RegistrationTokens.Create": func() error {
			return r.RegistrationTokens.Create(ctx, domain.RegistrationToken{Token: bad})
		},
		"RegistrationTokens.Update": func() error {
			_, err := r.RegistrationTokens.Update(ctx, bad, noon, func(*domain.RegistrationToken) error { return nil })
			return err
		},
		"KeySets.Put":               func() error { return r.KeySets.Put(ctx, bad, []byte("document"), noon) },
		"RegistrationTokens.Delete": func() error { return r.RegistrationTokens.Delete(ctx, bad) },
	}
}

// signInsWith returns a sign-in for every text that one has, which is bad.
func signInsWith(bad string) map[string]domain.SignIn {
	with := func(change func(*domain.SignIn)) domain.SignIn {
		in := login("@dora:example.org", "d", "t")
		change(&in)
		return in
	}
	return map[string]domain.SignIn{
		"user":        with(func(in *domain.SignIn) { in.Users = []domain.UserID{domain.UserID(bad)} }),
		"second user": with(func(in *domain.SignIn) { in.Users = []domain.UserID{alice, domain.UserID(bad)} }),
		"name":        with(func(in *domain.SignIn) { in.DisplayName = bad }),
		"avatar":      with(func(in *domain.SignIn) { in.AvatarURL = bad }),
		"address":     with(func(in *domain.SignIn) { in.Email = bad }),
		"device":      with(func(in *domain.SignIn) { in.Device = domain.DeviceID(bad) }),
		"device name": with(func(in *domain.SignIn) { in.DeviceName = bad }),
		"seen from":   with(func(in *domain.SignIn) { in.Seen.Address = bad }),
		"agent":       with(func(in *domain.SignIn) { in.Seen.UserAgent = bad }),
		"provider":    with(func(in *domain.SignIn) { in.Link.Provider = bad }),
		"issuer":      with(func(in *domain.SignIn) { in.Link.Issuer = bad }),
		"subject":     with(func(in *domain.SignIn) { in.Link.Subject = bad }),
	}
}
