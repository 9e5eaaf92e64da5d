package synapse_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-31b6c987/doorward/domain"
)

const alice = "@alice:example.org"

func at(millis int64) time.Time { return time.UnixMilli(millis).UTC() }

// want wants the database to hold these accounts.
func (h *homeserver) want(want ...domain.ForeignAccount) {
	h.Helper()
	got, _ := h.all()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		h.Errorf("-want +got:\n%s", diff)
	}
}

func (h *homeserver) addAlice() {
	h.Helper()
	h.insert("users", "name", alice, "creation_ts", 1500000000)
}

func aliceWith(devices ...domain.ForeignDevice) domain.ForeignAccount {
	return domain.ForeignAccount{
		ImportedUser: domain.ImportedUser{User: domain.User{ID: alice, CreatedAt: at(1500000000000)}}, Devices: devices,
	}
}

func TestUsersKeepAllThatTheyHave(t *testing.T) {
	onBoth(t, func(h *homeserver) {
		h.insert("users", "name", alice, "creation_ts", 1500000000, "password_hash", "$2b$hash", "admin", 1, "locked", true,
			"suspended", true, "approved", true, "is_guest", 1, "deactivated", 1, "appservice_id", "irc")
		h.insert("profiles", "user_id", "alice", "displayname", "Alice", "avatar_url", "mxc://a/b")
		h.insert("erased_users", "user_id", alice)
		h.insert("users", "name", "@bob:example.org", "approved", false)
		h.insert("profiles", "user_id", "alice:example.org", "displayname", "somebody else")
		h.want(domain.ForeignAccount{ImportedUser: domain.ImportedUser{
			User: domain.User{
				ID: alice, DisplayName: "Alice", AvatarURL: "mxc://a/b", CreatedAt: at(1500000000000),
				Admin: true, Guest: true, Locked: true, Suspended: true, Deactivated: true, Erased: true,
			},
			Password: "$2b$hash",
		}}, domain.ForeignAccount{
			ImportedUser: domain.ImportedUser{User: domain.User{ID: "@bob:example.org", CreatedAt: at(0)}}, Unapproved: true,
		})
	})
}

func TestDevicesAndAddressesAreTheirUsers(t *testing.T) {
	onBoth(t, func(h *homeserver) {
		h.addAlice()
		h.insert("users", "name", "@bob:example.org")
		h.insert("devices", "user_id", alice, "device_id", "PHONE", "display_name", "Phone", "last_seen", 1600000000123, "ip", "192.0.2.1", "user_agent", "curl")
		h.insert("devices", "user_id", alice, "device_id", "key", "hidden", true)
		h.insert("devices", "user_id", "@bob:example.org", "device_id", "PHONE")
		h.insert("devices", "user_id", "@another:example.org", "device_id", "PHONE")
		h.insert("user_threepids", "user_id", alice, "medium", "email", "address", "Alice@x.example", "validated_at", 1500000000001, "added_at", 1500000000002)
		h.insert("user_threepids", "user_id", "@zoe:example.org", "medium", "email", "address", "z@x.example", "validated_at", 1, "added_at", 2)
		a := aliceWith(domain.ForeignDevice{Device: domain.Device{
			ID: "PHONE", DisplayName: "Phone", CreatedAt: at(1500000000000),
			LastSeen: domain.Seen{At: at(1600000000123), Address: "192.0.2.1", UserAgent: "curl"},
		}})
		a.ThirdPartyIDs = []domain.ThirdPartyID{{
			Medium: "email", Address: "Alice@x.example", ValidatedAt: at(1500000000001), AddedAt: at(1500000000002),
		}}
		a.Left = map[domain.LeftOut]int{domain.LeftDeviceHidden: 1}
		h.want(a, domain.ForeignAccount{
			ImportedUser: domain.ImportedUser{User: domain.User{ID: "@bob:example.org", CreatedAt: at(0)}},
			Devices:      []domain.ForeignDevice{{Device: domain.Device{ID: "PHONE", CreatedAt: at(0)}}},
		})
		unowned, err := h.open().Unowned(h.Context())
		h.must(err)
		want := map[domain.LeftOut]int{domain.LeftDeviceOfNobody: 1, domain.LeftTokenOfNobody: 0, domain.LeftAddressOfNobody: 1}
		if diff := cmp.Diff(want, unowned); diff != "" {
			h.Error(diff)
		}
	})
}

// The newest access token of a device is the one that its client uses.
func TestTokensMakeSessions(t *testing.T) {
	for _, c := range []struct {
		name string
		add  func(h *homeserver)
		want domain.ForeignSession
	}{
		{"one that never expires", func(h *homeserver) {
			h.insert("access_tokens", "id", 1, "user_id", alice, "device_id", "PHONE", "token", "syt_1", "used", true)
		}, domain.ForeignSession{Access: "syt_1", Confirmed: true}},
		{"several", func(h *homeserver) {
			h.insert("access_tokens", "id", 3, "user_id", alice, "device_id", "PHONE", "token", "syt_3", "valid_until_ms", 1600000000000)
			h.insert("access_tokens", "id", 2, "user_id", alice, "device_id", "PHONE", "token", "syt_2")
			h.insert("access_tokens", "id", 9, "user_id", alice, "device_id", "TABLET", "token", "syt_9")
		}, domain.ForeignSession{Access: "syt_3", AccessExpires: at(1600000000000), Replaced: []string{"syt_2"}}},
		{"refreshed, and the answer was used", func(h *homeserver) {
			h.insert("refresh_tokens", "id", 1, "user_id", alice, "device_id", "PHONE", "token", "syr_1", "expiry_ts", 1700000000000, "ultimate_session_expiry_ts", 1800000000000)
			h.insert("access_tokens", "id", 1, "user_id", alice, "device_id", "PHONE", "token", "syt_1", "refresh_token_id", 1, "used", true)
		}, domain.ForeignSession{
			Access: "syt_1", Confirmed: true, Refresh: "syr_1", RefreshExpires: at(1700000000000), Ends: at(1800000000000),
		}},
		{"refreshed, and nobody used the answer", func(h *homeserver) {
			h.insert("refresh_tokens", "id", 2, "user_id", alice, "device_id", "PHONE", "token", "syr_2")
			h.insert("refresh_tokens", "id", 1, "user_id", alice, "device_id", "PHONE", "token", "syr_1", "expiry_ts", 1700000000000, "next_token_id", 2)
			h.insert("access_tokens", "id", 1, "user_id", alice, "device_id", "PHONE", "token", "syt_1", "refresh_token_id", 1, "used", true)
			h.insert("access_tokens", "id", 2, "user_id", alice, "device_id", "PHONE", "token", "syt_2", "refresh_token_id", 2, "used", false)
		}, domain.ForeignSession{
			Access: "syt_2", Refresh: "syr_2", PreviousRefresh: "syr_1", PreviousRefreshExpires: at(1700000000000), Replaced: []string{"syt_1"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			onBoth(t, func(h *homeserver) {
				h.addAlice()
				h.insert("devices", "user_id", alice, "device_id", "PHONE")
				c.add(h)
				h.want(aliceWith(domain.ForeignDevice{Device: domain.Device{ID: "PHONE", CreatedAt: at(1500000000000)}, Session: c.want}))
			})
		})
	}
}

func TestTokensThatAreNoSessionsAreCounted(t *testing.T) {
	onBoth(t, func(h *homeserver) {
		h.addAlice()
		h.insert("devices", "user_id", alice, "device_id", "PHONE")
		h.insert("access_tokens", "id", 1, "user_id", alice, "token", "syt_1")
		h.insert("access_tokens", "id", 2, "user_id", alice, "device_id", "PHONE", "token", "syt_2", "puppets_user_id", "@bob:example.org")
		h.insert("access_tokens", "id", 3, "user_id", "@bob:example.org", "device_id", "PHONE", "token", "syt_3")
		want := aliceWith(domain.ForeignDevice{Device: domain.Device{ID: "PHONE", CreatedAt: at(1500000000000)}})
		want.Left = map[domain.LeftOut]int{domain.LeftTokenNoDevice: 1, domain.LeftTokenPuppet: 1}
		h.want(want)
	})
}

func TestALoginTellsTheAgeOfItsDevice(t *testing.T) {
	onBoth(t, func(h *homeserver) {
		h.addAlice()
		h.insert("devices", "user_id", alice, "device_id", "PHONE")
		h.insert("access_tokens", "id", 1, "user_id", alice, "device_id", "PHONE", "token", "syt_1", "last_validated", 1550000000000)
		h.want(aliceWith(domain.ForeignDevice{
			Device:  domain.Device{ID: "PHONE", CreatedAt: at(1550000000000)},
			Session: domain.ForeignSession{Access: "syt_1"},
		}))
	})
}

func TestAllUsersAreReadOnceSomeAtATime(t *testing.T) {
	onBoth(t, func(h *homeserver) {
		h.must(h.db.Fill(h.Context(), 1200, "example.org"))
		seen := map[domain.UserID]bool{}
		accounts, batches := h.all()
		for _, a := range accounts {
			if seen[a.ID] || len(a.Devices) != 3 || len(a.ThirdPartyIDs) != 1 || a.Left[domain.LeftDeviceHidden] != 3 {
				h.Fatalf("%+v", a)
			}
			seen[a.ID] = true
		}
		if n, err := h.open().Count(h.Context()); len(seen) != 1200 || n != 1200 || err != nil || batches != 3 {
			h.Errorf("%d users, of %d, in %d batches: %v", len(seen), n, batches, err)
		}
	})
}

// Programs that log in anew whenever they start have such.
func TestUsersWithManyDevicesAreReadAlone(t *testing.T) {
	onBoth(t, func(h *homeserver) {
		const many = 5003
		h.must(h.db.Fill(h.Context(), 20, "example.org"))
		for i := range 2 {
			h.must(h.db.Exec(h.Context(), fmt.Sprintf(`INSERT INTO devices (user_id, device_id, last_seen)
				WITH RECURSIVE n (i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < %d)
				SELECT '@user%d:example.org', 'D' || i, i FROM n`, many, 5+i)))
		}
		accounts, batches := h.all()
		if len(accounts) != 20 || batches < 3 {
			h.Fatalf("%d users in %d batches", len(accounts), batches)
		}
		for _, a := range accounts {
			if a.ID != "@user5:example.org" && a.ID != "@user6:example.org" {
				if len(a.Devices) != 3 {
					h.Errorf("%s has %d devices", a.ID, len(a.Devices))
				}
				continue
			}
			// The hidden ones were never seen.
			if n := len(a.Devices); n != 5000 || a.Left[domain.LeftDeviceBeyondLimit] != many+6-5000 || a.Devices[n-1].LastSeen.At.Before(at(7)) {
				h.Errorf("%s has %d devices, the last of %v, and %v", a.ID, n, a.Devices[n-1].LastSeen.At, a.Left)
			}
		}
	})
}
