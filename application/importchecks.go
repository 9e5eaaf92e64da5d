package application

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// check returns those of the accounts that may be taken over, as they are to be
// stored, and counts the others.
func (i Import) check(accounts []domain.ForeignAccount) (good []domain.ForeignAccount, counts domain.ImportCounts) {
	counts.Seen = len(accounts)
	for _, a := range accounts {
		id, err := domain.ParseUserID(string(a.ID))
		switch {
		case err != nil:
			counts.Leave(domain.LeftUserInvalid, 1)
			continue
		case id.Server() != i.Server:
			counts.Leave(domain.LeftUserElsewhere, 1)
			continue
		}
		if a.Password != "" && !i.Verifiable(a.Password) {
			counts.Leave(domain.LeftPasswordUnknown, 1)
			a.Password = ""
		}
		a.DisplayName = storable(a.DisplayName)
		if a.AvatarURL = storable(a.AvatarURL); !strings.HasPrefix(a.AvatarURL, "mxc://") {
			a.AvatarURL = ""
		}
		a.Locked = a.Locked || a.Unapproved
		a.Admin = a.Admin && !a.Deactivated // as after a deactivation here: it does not revive with the account
		good = append(good, a)
	}
	return good, counts
}

// stored returns the user as it would come back from a store.
func stored(u domain.User) domain.User {
	u.CreatedAt = u.CreatedAt.Truncate(time.Millisecond).UTC()
	return u
}

// storable returns what can be stored of a text.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
}

// belongings are what new users have.
type belongings struct {
	devices   []domain.ImportedDevice
	tokens    []domain.ImportedToken
	addresses []domain.ThirdPartyID
}

// gather takes what an account has, as far as it may be taken over.
func (b *belongings) gather(a domain.ForeignAccount, canonical func(domain.Medium, string) (string, error), counts *domain.ImportCounts) {
	for _, d := range a.Devices {
		id, err := domain.ParseDeviceID(string(d.ID))
		if err != nil {
			counts.Leave(domain.LeftDeviceInvalid, 1)
			continue
		}
		d.UserID, d.ID, d.DisplayName, d.LastSeen = a.ID, id, storable(d.DisplayName), plausible(d.LastSeen)
		session, tokens := d.Session.TakeOver()
		b.devices = append(b.devices, domain.ImportedDevice{Device: d.Device, Session: session})
		b.tokens = append(b.tokens, tokens...)
		counts.Devices++
		counts.Leave(domain.LeftTokenReplaced, len(d.Session.Replaced))
		if len(tokens) > 0 {
			counts.Sessions++
		}
	}
	for _, address := range a.ThirdPartyIDs {
		text, err := canonical(address.Medium, address.Address)
		if err != nil {
			counts.Leave(domain.LeftAddressInvalid, 1)
			continue
		}
		address.User, address.Address = a.ID, text
		b.addresses = append(b.addresses, address)
		counts.ThirdPartyIDs++
	}
}

// plausible returns what can be stored of a sighting.
func plausible(seen domain.Seen) domain.Seen {
	address, err := netip.ParseAddr(seen.Address)
	if seen.Address = ""; err == nil {
		seen.Address = address.Unmap().String()
	}
	seen.UserAgent = cleaned(seen.UserAgent)
	return seen
}

// add adds what was gathered, and returns how many addresses are others'.
func (b *belongings) add(ctx context.Context, r ports.Repositories) (taken int, err error) {
	if err := r.Imports.AddDevices(ctx, b.devices); err != nil {
		return 0, err
	}
	if err := r.ImportedTokens.Add(ctx, b.tokens); err != nil {
		return 0, err
	}
	others, err := r.Imports.AddThirdPartyIDs(ctx, b.addresses)
	return len(others), err
}
