package memstore

import (
	"crypto/sha256"
	"maps"

	"github.com/seed-31b6c987/doorward/domain"
)

// An account is a user with its devices, in the order of their ids. The slice
// is never changed, only replaced: readers may hold it.
type account struct {
	user    domain.User
	devices []device
}

// A device is a device with the tokens that it is signed in with.
type device struct {
	domain.Device
	session domain.Session
}

// A deviceKey names a device.
type deviceKey struct {
	user domain.UserID
	id   domain.DeviceID
}

// A linkKey is domain.Link.Key.
type linkKey = [sha256.Size]byte

// A link says whose an identity elsewhere is.
type link struct {
	domain.Link
	user domain.UserID
}

// tables are what is committed.
type tables struct {
	accounts map[domain.UserID]account
	tokens   map[domain.TokenHash]deviceKey // of all kinds
	links    map[linkKey]link
}

func newTables() *tables {
	return &tables{
		accounts: map[domain.UserID]account{},
		tokens:   map[domain.TokenHash]deviceKey{},
		links:    map[linkKey]link{},
	}
}

// A view is the tables as one transaction sees them.
type view struct {
	accounts layer[domain.UserID, account]
	tokens   layer[domain.TokenHash, deviceKey]
	links    layer[linkKey, link]
}

func newView(t *tables) *view {
	return &view{
		accounts: layer[domain.UserID, account]{committed: t.accounts},
		tokens:   layer[domain.TokenHash, deviceKey]{committed: t.tokens},
		links:    layer[linkKey, link]{committed: t.links},
	}
}

func (v *view) commit() {
	v.accounts.commit()
	v.tokens.commit()
	v.links.commit()
}

// A layer is a table as one transaction sees it: the committed rows, and over
// them its own.
type layer[K comparable, V any] struct {
	committed map[K]V
	put       map[K]V
	deleted   map[K]struct{}
}

func (l *layer[K, V]) get(key K) (V, bool) {
	if row, ok := l.put[key]; ok {
		return row, true
	}
	if _, ok := l.deleted[key]; ok {
		var none V
		return none, false
	}
	row, ok := l.committed[key]
	return row, ok
}

func (l *layer[K, V]) set(key K, row V) {
	if l.put == nil {
		l.put = map[K]V{}
	}
	l.put[key] = row
}

func (l *layer[K, V]) remove(key K) {
	if l.deleted == nil {
		l.deleted = map[K]struct{}{}
	}
	delete(l.put, key)
	l.deleted[key] = struct{}{}
}

func (l *layer[K, V]) commit() {
	for key := range l.deleted {
		delete(l.committed, key)
	}
	maps.Copy(l.committed, l.put)
}
