package contract

import (
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

const carol domain.UserID = "@carol:example.org"

// furnish puts something of everything into the storage.
func (t *trial) furnish() {
	t.Helper()
	t.create(everything(alice), domain.User{ID: bob, CreatedAt: noon}, domain.User{ID: carol, CreatedAt: noon})
	t.signIn(login(alice, "d", "alice d"))
	t.signIn(login(alice, "e", "alice e"))
	t.addDevice(alice, "spare")
	t.signIn(refreshable(bob, "d", "bob d"))
	t.signIn(from("bob tv", login(bob, "tv", "bob tv")))
	t.signIn(existing(loginBy(identity("carol"), carol, "d", "carol d")))
	t.sighted(domain.Sighting{User: alice, Device: "d", Seen: domain.Seen{At: noon, Address: "192.0.2.1", UserAgent: "a"}})
	t.setPassword(alice, "hash of alice's")
	t.addAddress(address(alice, domain.Email, "alice@example.org"))
	t.addAddress(address(alice, domain.Phone, "4420"))
	t.addAddress(address(bob, domain.Email, "bob@example.org"))
	for _, ticket := range []domain.Ticket{
		{Hash: token("alice's"), User: alice},
		{Hash: token("alice's, for an hour"), User: alice, Expires: later(time.Hour)},
		{Hash: token("bob's"), User: bob, Expires: later(24 * time.Hour)},
		{Hash: token("nobody's")},
	} {
		t.addTicket(ticket)
	}
	t.addInteraction(interaction("waiting"))
	short := interaction("waiting for an hour")
	short.Expires = later(time.Hour)
	t.addInteraction(short)
	t.addRegistrationToken(domain.RegistrationToken{Token: "for.three", UsesAllowed: new(3), Completed: 1, Expires: later(time.Hour)})
	t.addRegistrationToken(domain.RegistrationToken{Token: "for.all"})
	t.addRecords(record("first", noon), record("second", later(time.Hour)))
	t.wantError(t.ImportedTokens.Add(t.Context(), []domain.ImportedToken{
		{Hash: token("alice d"), Session: session("alice d")}, {Hash: token("ended"), Session: session("ended")},
	}), nil)
	t.wantError(t.Imports.PutProgress(t.Context(), domain.ImportProgress{Source: "t", Next: "n"}), nil)
	t.putDocument(keysURL, `{"keys":[]}`, noon)
	t.addNotices(notice(alice, "first"), notice(bob, ""), notice(alice, "second"))
	t.take(alice, "one", noon, later(time.Minute))
}

// interaction is one of which everything is said, and that does not expire soon.
func interaction(name string) domain.Interaction {
	return domain.Interaction{
		ID: token(name), Operation: "POST /_matrix/client/v3/register", User: alice,
		Params: `{"username": "dora","n":1.0,"nul":"\u0000"}`, Password: "hash of the parameters'",
		Completed: []string{"m.login.dummy", `a "quoted", [odd] one`, ""}, RegistrationToken: "for.three",
		Accepted: []string{"terms 1.2", "ß"}, CreatedAt: noon, Expires: later(24 * time.Hour),
		Result: bob,
	}
}

// address is an address of a user.
func address(user domain.UserID, medium domain.Medium, text string) domain.ThirdPartyID {
	return domain.ThirdPartyID{User: user, Medium: medium, Address: text, ValidatedAt: noon, AddedAt: later(time.Second)}
}

func (t *trial) sighted(sightings ...domain.Sighting) {
	t.Helper()
	t.wantError(t.Sightings.Record(t.Context(), sightings), nil)
}

func (t *trial) setPassword(user domain.UserID, hash domain.PasswordHash) {
	t.Helper()
	t.wantError(t.Passwords.Put(t.Context(), user, hash), nil)
}

func (t *trial) addAddress(id domain.ThirdPartyID) {
	t.Helper()
	t.wantError(t.ThirdPartyIDs.Create(t.Context(), id), nil)
}

func (t *trial) addTicket(ticket domain.Ticket) {
	t.Helper()
	t.wantError(t.Tickets.Create(t.Context(), ticket, noon), nil)
}

func (t *trial) addInteraction(i domain.Interaction) {
	t.Helper()
	t.wantError(t.Interactions.Create(t.Context(), i), nil)
}

func (t *trial) addRegistrationToken(token domain.RegistrationToken) {
	t.Helper()
	t.wantError(t.RegistrationTokens.Create(t.Context(), token), nil)
}
