package contract

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// reads are all calls that only read.
var reads = []call{
	{"Users.ByID", func(ctx context.Context, r ports.Repositories) error { _, err := r.Users.ByID(ctx, alice); return err }},
	{"Users.List", func(ctx context.Context, r ports.Repositories) error {
		_, _, err := r.Users.List(ctx, domain.UserQuery{Limit: 10})
		return err
	}},
	{"Devices.ByID", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Devices.ByID(ctx, alice, "d")
		return err
	}},
	{"Devices.List", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Devices.List(ctx, alice)
		return err
	}},
	{"Sessions.ByAccessToken", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Sessions.ByAccessToken(ctx, key("alice d"), noon)
		return err
	}},
	{"Links.Owner", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Links.Owner(ctx, identity("carol"))
		return err
	}},
	{"Links.List", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Links.List(ctx, carol)
		return err
	}},
	{"Passwords.ByUser", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Passwords.ByUser(ctx, alice)
		return err
	}},
	{"ThirdPartyIDs.ByAddress", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.ThirdPartyIDs.ByAddress(ctx, domain.Email, "alice@example.org")
		return err
	}},
	{"ThirdPartyIDs.List", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.ThirdPartyIDs.List(ctx, alice)
		return err
	}},
	{"Tickets.ByHash", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Tickets.ByHash(ctx, token("alice's"), noon)
		return err
	}},
	{"Interactions.ByID", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Interactions.ByID(ctx, token("waiting"), noon)
		return err
	}},
	{"RegistrationTokens.ByToken", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.RegistrationTokens.ByToken(ctx, "for.three", noon)
		return err
	}},
	{"KeySets.ByURL", func(ctx context.Context, r ports.Repositories) error {
		_, _, err := r.KeySets.ByURL(ctx, keysURL)
		return err
	}},
	{"RegistrationTokens.List", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.RegistrationTokens.List(ctx, noon)
		return err
	}},
	{"Audit.List", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Audit.List(ctx, domain.AuditQuery{Limit: 10})
		return err
	}},
	{"ImportedTokens.ByHash", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.ImportedTokens.ByHash(ctx, token("alice d"))
		return err
	}},
	{"ImportedTokens.Any", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.ImportedTokens.Any(ctx)
		return err
	}},
	{"Imports.Progress", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Imports.Progress(ctx, "t")
		return err
	}}, {"Outbox.List", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Outbox.List(ctx, alice, 10)
		return err
	}},
	{"Outbox.Due", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Outbox.Due(ctx, noon, 10)
		return err
	}},
	{"Outbox.Backlog", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Outbox.Backlog(ctx)
		return err
	}},
	{"Leases.ByUser", func(ctx context.Context, r ports.Repositories) error {
		_, err := r.Leases.ByUser(ctx, alice)
		return err
	}},
	{"DeadSessions.List", func(ctx context.Context, r ports.Repositories) error {
		_, _, err := r.DeadSessions.List(ctx, domain.TokenHash{}, noon)
		return err
	}},
}
