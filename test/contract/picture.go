package contract

import (
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// A picture is all that a storage holds at noon of what the tests put there.
type picture struct {
	Users              []domain.User
	Devices            []domain.Device
	Links              []domain.Link
	Bearers            map[string]domain.Bearer // by access token
	Passwords          map[domain.UserID]domain.PasswordHash
	ThirdPartyIDs      []domain.ThirdPartyID
	Tickets            map[string]domain.Ticket
	Interactions       map[string]domain.Interaction
	RegistrationTokens []domain.RegistrationToken
	Audit              []domain.AuditRecord
	ImportedTokens     map[string]domain.ImportedToken
	Imports            map[string]domain.ImportProgress
	KeySets            map[string]string // by URL
	Notices            []domain.Notice
	Backlog            domain.Backlog
	Leases             []domain.Lease
}

// What is found by a hash is in the picture if it has one of these names.
var (
	picturedTokens       = []string{"alice d", "alice e", "bob d", "bob d/2", "bob phone", "carol d", "t"}
	picturedTickets      = []string{"alice's", "alice's, for an hour", "bob's", "nobody's", "t"}
	picturedInteractions = []string{"waiting", "waiting for an hour", "i"}
	picturedImports      = []string{"alice d", "ended", "t"}
)

// picture takes a picture.
func (t *trial) picture() picture {
	t.Helper()
	ctx := t.Context()
	p := picture{
		Bearers:      map[string]domain.Bearer{},
		Passwords:    map[domain.UserID]domain.PasswordHash{},
		Tickets:      map[string]domain.Ticket{},
		Interactions: map[string]domain.Interaction{},

		ImportedTokens: map[string]domain.ImportedToken{},
		Imports:        map[string]domain.ImportProgress{},
		KeySets:        map[string]string{},
	}
	var err error
	p.Users, _, err = t.Users.List(ctx, domain.UserQuery{Limit: 1000})
	t.wantError(err, nil)
	for _, user := range p.Users {
		devices, errDevices := t.Devices.List(ctx, user.ID)
		p.Devices = append(p.Devices, devices...)
		ids, errIDs := t.ThirdPartyIDs.List(ctx, user.ID)
		p.ThirdPartyIDs = append(p.ThirdPartyIDs, ids...)
		links, errLinks := t.Links.List(ctx, user.ID)
		p.Links = append(p.Links, links...)
		notices, errNotices := t.Outbox.List(ctx, user.ID, 1000)
		p.Notices = append(p.Notices, notices...)
		lease, errLease := t.Leases.ByUser(ctx, user.ID)
		p.Leases = append(p.Leases, lease)
		t.wantError(errors.Join(errDevices, errIDs, errLinks, errNotices, errLease), nil)
		hash, err := t.Passwords.ByUser(ctx, user.ID)
		picturedIn(t, p.Passwords, user.ID, hash, err)
	}
	for _, name := range picturedTokens {
		bearer, err := t.Sessions.ByAccessToken(ctx, key(name), noon)
		picturedIn(t, p.Bearers, name, bearer, err)
	}
	for _, name := range picturedTickets {
		ticket, err := t.Tickets.ByHash(ctx, token(name), noon)
		picturedIn(t, p.Tickets, name, ticket, err)
	}
	for _, name := range picturedInteractions {
		i, err := t.Interactions.ByID(ctx, token(name), noon)
		picturedIn(t, p.Interactions, name, i, err)
	}
	for _, name := range picturedImports {
		imported, err := t.ImportedTokens.ByHash(ctx, token(name))
		picturedIn(t, p.ImportedTokens, name, imported, err)
		progress, err := t.Imports.Progress(ctx, name)
		picturedIn(t, p.Imports, name, progress, err)
	}
	document, fetchedAt, err := t.KeySets.ByURL(ctx, keysURL)
	picturedIn(t, p.KeySets, keysURL, fetchedAt.String()+" "+string(document), err)
	p.RegistrationTokens, err = t.RegistrationTokens.List(ctx, noon)
	t.wantError(err, nil)
	p.Backlog, err = t.Outbox.Backlog(ctx)
	t.wantError(err, nil)
	p.Audit, err = t.Audit.List(ctx, domain.AuditQuery{Limit: 1000})
	t.wantError(err, nil)
	return p
}

// picturedIn puts what was found into the picture.
func picturedIn[K comparable, V any](t *trial, all map[K]V, name K, found V, err error) {
	t.Helper()
	if errors.Is(err, domain.ErrNotFound) {
		return
	}
	t.wantError(err, nil)
	all[name] = found
}

// transact does all in one transaction.
func (t *trial) transact(do func(tx *trial) error) error {
	return t.storage.InTransaction(t.Context(), func(tx ports.Repositories) error {
		return do(&trial{T: t.T, Repositories: tx, storage: t.storage})
	})
}

// wantUnchanged wants the storage to hold what it held before do, and to work.
func (t *trial) wantUnchanged(do func()) {
	t.Helper()
	before := t.picture()
	do()
	t.wantEqual(t.picture(), before)
	t.signIn(login("@after:example.org", "d", "after"))
	t.wantBearer("after", "@after:example.org", "d")
	_, err := t.Sessions.Delete(t.Context(), session("after"))
	t.wantError(err, nil)
}
