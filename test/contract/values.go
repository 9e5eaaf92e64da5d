package contract

import (
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

var valuePromises = []promise{
	{"what a caller does to an interaction that it gave or got changes nothing stored", func(t *trial) {
		t.createUsers(alice, bob)
		want := interaction("i")
		spoil := func(i *domain.Interaction) {
			for j := range i.Completed {
				i.Completed[j] = "spoilt"
			}
			for j := range i.Accepted {
				i.Accepted[j] = "spoilt"
			}
		}
		given := interaction("i")
		t.addInteraction(given)
		spoil(&given)
		t.wantInteraction(want, noon)

		got, err := t.Interactions.ByID(t.Context(), token("i"), noon)
		t.wantError(err, nil)
		spoil(&got)
		t.wantInteraction(want, noon)

		var shown *domain.Interaction
		given = interaction("i")
		got, err = t.Interactions.Update(t.Context(), token("i"), noon, func(i *domain.Interaction) error {
			i.Completed, i.Accepted = given.Completed, given.Accepted
			shown = i
			return nil
		})
		t.wantError(err, nil)
		t.wantEqual(got, want)
		spoil(&given)
		spoil(&got)
		spoil(shown)
		shown.Operation, shown.Done = "spoilt", true
		t.wantInteraction(want, noon)
	}},
	{"what a caller does to a registration token that it gave or got changes nothing stored", func(t *trial) {
		want := domain.RegistrationToken{Token: "x", UsesAllowed: new(3)}
		uses := new(3)
		t.addRegistrationToken(domain.RegistrationToken{Token: "x", UsesAllowed: uses})
		*uses = 99
		t.wantRegistrationToken(noon, want)

		got, err := t.RegistrationTokens.ByToken(t.Context(), "x", noon)
		t.wantError(err, nil)
		*got.UsesAllowed = 99
		t.wantRegistrationToken(noon, want)

		list, err := t.RegistrationTokens.List(t.Context(), noon)
		t.wantError(err, nil)
		*list[0].UsesAllowed = 99
		t.wantRegistrationToken(noon, want)

		var shown *domain.RegistrationToken
		uses = new(3)
		got = t.changeRegistrationToken("x", func(token *domain.RegistrationToken) { shown, token.UsesAllowed = token, uses })
		t.wantEqual(got, want)
		*uses, *got.UsesAllowed, shown.Completed = 99, 99, 99
		t.wantRegistrationToken(noon, want)
	}},
	{"what a caller does to lists that it got changes nothing stored", func(t *trial) {
		t.furnish()
		t.wantUnchanged(func() {
			taken := t.picture()
			clear(taken.Users)
			devices, err := t.Devices.List(t.Context(), alice)
			t.wantError(err, nil)
			clear(devices)
			ids, err := t.ThirdPartyIDs.List(t.Context(), alice)
			t.wantError(err, nil)
			clear(ids)
			clear(taken.RegistrationTokens)
		})
	}},
	{"what change is shown of a user is the user's no more when Update has returned", func(t *trial) {
		t.createUsers(alice)
		var shown *domain.User
		t.change(alice, func(u *domain.User) error { shown = u; return nil })
		shown.Locked = true
		t.wantEqual(t.user(alice).Locked, false)
	}},
	{"all times are kept to the millisecond", func(t *trial) {
		odd := noon.In(time.FixedZone("east", 5*3600)).Add(999 * time.Microsecond)
		seen := domain.Seen{At: odd}
		t.create(domain.User{ID: alice, CreatedAt: odd})
		t.wantError(t.Devices.Create(t.Context(), domain.Device{UserID: alice, ID: "d", CreatedAt: odd, LastSeen: seen}), nil)
		t.addDevice(alice, "e")
		t.sighted(domain.Sighting{User: alice, Device: "e", Seen: seen})
		t.addAddress(domain.ThirdPartyID{User: alice, Medium: domain.Email, Address: "a", ValidatedAt: odd, AddedAt: odd})
		t.addTicket(domain.Ticket{Hash: token("t"), Expires: odd.Add(moment)})
		t.addInteraction(domain.Interaction{ID: token("i"), CreatedAt: odd, Expires: odd.Add(moment)})
		t.addRegistrationToken(domain.RegistrationToken{Token: "x", Expires: odd})
		later := later(moment)

		t.wantEqual(t.device(alice, "d"), domain.Device{UserID: alice, ID: "d", CreatedAt: noon, LastSeen: domain.Seen{At: noon}})
		t.wantEqual(t.device(alice, "e").LastSeen.At, noon)
		t.wantAddresses(alice, domain.ThirdPartyID{User: alice, Medium: domain.Email, Address: "a", ValidatedAt: noon, AddedAt: noon})
		t.wantTicket(domain.Ticket{Hash: token("t"), Expires: later}, odd)
		t.wantInteraction(domain.Interaction{ID: token("i"), CreatedAt: noon, Expires: later}, odd)
		t.wantRegistrationToken(noon, domain.RegistrationToken{Token: "x", Expires: noon})

		stored, err := t.Interactions.Update(t.Context(), token("i"), odd, func(i *domain.Interaction) error {
			i.CreatedAt, i.Expires = odd, odd.Add(2*moment)
			return nil
		})
		t.wantError(err, nil)
		t.wantEqual(stored, domain.Interaction{ID: token("i"), CreatedAt: noon, Expires: later.Add(moment)})
		one := t.changeRegistrationToken("x", func(token *domain.RegistrationToken) { token.Expires = odd.Add(moment) })
		t.wantEqual(one.Expires, later)
	}},
	{"a zero time comes back as one", func(t *trial) {
		t.create(domain.User{ID: alice})
		t.wantError(t.Devices.Create(t.Context(), domain.Device{UserID: alice, ID: "d"}), nil)
		t.addAddress(domain.ThirdPartyID{User: alice, Medium: domain.Email, Address: "a"})
		t.wantEqual(t.device(alice, "d"), domain.Device{UserID: alice, ID: "d"})
		t.wantAddresses(alice, domain.ThirdPartyID{User: alice, Medium: domain.Email, Address: "a"})
	}},
}
