package memstore

import (
	"crypto/sha256"

	"github.com/seed-31b6c987/doorward/domain"
)

// A deviceKey names a device.
type deviceKey struct {
	user domain.UserID
	id   domain.DeviceID
}

// A linkKey is domain.Link.Key.
type linkKey = [sha256.Size]byte

// An addressKey names an address elsewhere.
type addressKey struct {
	medium  domain.Medium
	address string
}

// tables are what is committed. What rows point to is never changed: the
// repositories copy it on the way in, and on the way out.
type tables struct {
	accounts      map[domain.UserID]account
	sessions      map[domain.TokenHash]deviceKey // by the hash of their ids
	links         map[linkKey]domain.UserID      // whose an identity elsewhere is
	addresses     map[addressKey]domain.ThirdPartyID
	tickets       map[domain.TokenHash]domain.Ticket
	interactions  map[domain.TokenHash]domain.Interaction
	registrations map[string]domain.RegistrationToken
	audit         map[string]domain.AuditRecord
	imported      map[domain.TokenHash]domain.ImportedToken
	progress      map[string]domain.ImportProgress // by the source
	keySets       map[string]keySet
	outbox        map[int64]domain.Notice
	lastNotice    map[lastNotice]int64
	leases        map[domain.UserID]domain.Lease
}

func newTables() *tables {
	return &tables{
		accounts:      map[domain.UserID]account{},
		sessions:      map[domain.TokenHash]deviceKey{},
		links:         map[linkKey]domain.UserID{},
		addresses:     map[addressKey]domain.ThirdPartyID{},
		tickets:       map[domain.TokenHash]domain.Ticket{},
		interactions:  map[domain.TokenHash]domain.Interaction{},
		registrations: map[string]domain.RegistrationToken{},
		audit:         map[string]domain.AuditRecord{},
		imported:      map[domain.TokenHash]domain.ImportedToken{},
		progress:      map[string]domain.ImportProgress{},
		keySets:       map[string]keySet{},
		outbox:        map[int64]domain.Notice{},
		lastNotice:    map[lastNotice]int64{},
		leases:        map[domain.UserID]domain.Lease{},
	}
}

// A view is the tables as one transaction sees them.
type view struct {
	accounts      layer[domain.UserID, account]
	sessions      layer[domain.TokenHash, deviceKey]
	links         layer[linkKey, domain.UserID]
	addresses     layer[addressKey, domain.ThirdPartyID]
	tickets       layer[domain.TokenHash, domain.Ticket]
	interactions  layer[domain.TokenHash, domain.Interaction]
	registrations layer[string, domain.RegistrationToken]
	audit         layer[string, domain.AuditRecord]
	imported      layer[domain.TokenHash, domain.ImportedToken]
	progress      layer[string, domain.ImportProgress]
	keySets       layer[string, keySet]
	outbox        layer[int64, domain.Notice]
	lastNotice    layer[lastNotice, int64]
	leases        layer[domain.UserID, domain.Lease]
}

func newView(t *tables) *view {
	return &view{
		accounts:      layer[domain.UserID, account]{committed: t.accounts},
		sessions:      layer[domain.TokenHash, deviceKey]{committed: t.sessions},
		links:         layer[linkKey, domain.UserID]{committed: t.links},
		addresses:     layer[addressKey, domain.ThirdPartyID]{committed: t.addresses},
		tickets:       layer[domain.TokenHash, domain.Ticket]{committed: t.tickets},
		interactions:  layer[domain.TokenHash, domain.Interaction]{committed: t.interactions},
		registrations: layer[string, domain.RegistrationToken]{committed: t.registrations},
		audit:         layer[string, domain.AuditRecord]{committed: t.audit},
		imported:      layer[domain.TokenHash, domain.ImportedToken]{committed: t.imported},
		progress:      layer[string, domain.ImportProgress]{committed: t.progress},
		keySets:       layer[string, keySet]{committed: t.keySets},
		outbox:        layer[int64, domain.Notice]{committed: t.outbox},
		lastNotice:    layer[lastNotice, int64]{committed: t.lastNotice},
		leases:        layer[domain.UserID, domain.Lease]{committed: t.leases},
	}
}

func (v *view) commit() {
	v.accounts.commit()
	v.sessions.commit()
	v.links.commit()
	v.addresses.commit()
	v.tickets.commit()
	v.interactions.commit()
	v.registrations.commit()
	v.audit.commit()
	v.imported.commit()
	v.progress.commit()
	v.keySets.commit()
	v.outbox.commit()
	v.lastNotice.commit()
	v.leases.commit()
}
