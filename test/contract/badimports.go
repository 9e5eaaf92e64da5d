package contract

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// addImportsWith adds the calls that import a value.
func addImportsWith(bad string, calls map[string]storing) {
	for name, change := range map[string]func(*domain.ImportedUser){
		"id":       func(u *domain.ImportedUser) { u.ID = domain.UserID(bad) },
		"name":     func(u *domain.ImportedUser) { u.DisplayName = bad },
		"avatar":   func(u *domain.ImportedUser) { u.AvatarURL = bad },
		"password": func(u *domain.ImportedUser) { u.Password = domain.PasswordHash(bad) },
	} {
		users := importedUsers("@dora:example.org", "@erin:example.org")
		change(&users[1])
		calls["AddUsers "+name] = func(ctx context.Context, r ports.Repositories) error {
			_, err := r.Imports.AddUsers(ctx, users)
			return err
		}
	}
	for name, change := range map[string]func(*domain.Device){
		"user":    func(d *domain.Device) { d.UserID = domain.UserID(bad) },
		"id":      func(d *domain.Device) { d.ID = domain.DeviceID(bad) },
		"name":    func(d *domain.Device) { d.DisplayName = bad },
		"address": func(d *domain.Device) { d.LastSeen.Address = bad },
		"agent":   func(d *domain.Device) { d.LastSeen.UserAgent = bad },
	} {
		devices := []domain.ImportedDevice{imported(bob, "e", "e"), imported(bob, "f", "f")}
		change(&devices[1].Device)
		calls["AddDevices "+name] = func(ctx context.Context, r ports.Repositories) error { return r.Imports.AddDevices(ctx, devices) }
	}
	for name, id := range map[string]domain.ThirdPartyID{
		"user":    address(domain.UserID(bad), domain.Email, "new@example.org"),
		"medium":  address(bob, domain.Medium(bad), "new@example.org"),
		"address": address(bob, domain.Email, bad),
	} {
		calls["AddThirdPartyIDs "+name] = func(ctx context.Context, r ports.Repositories) error {
			_, err := r.Imports.AddThirdPartyIDs(ctx, []domain.ThirdPartyID{address(bob, domain.Phone, "4422"), id})
			return err
		}
	}
	for name, progress := range map[string]domain.ImportProgress{
		"source": {Source: bad}, "next": {Source: "s", Next: bad},
	} {
		calls["PutProgress "+name] = func(ctx context.Context, r ports.Repositories) error { return r.Imports.PutProgress(ctx, progress) }
	}
	calls["Progress"] = func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Imports.Progress(ctx, bad)
		return err
	}
	calls["DeleteProgress"] = func(ctx context.Context, r ports.Repositories) error { return r.Imports.DeleteProgress(ctx, bad) }
}
