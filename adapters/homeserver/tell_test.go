package homeserver_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/homeserver"
	"github.com/seed-31b6c987/doorward/domain"
	fake "github.com/seed-31b6c987/doorward/test/homeserver"
)

// telling are the calls that each notice becomes, exactly as they are sent.
var telling = []struct {
	kind   domain.NoticeKind
	device domain.DeviceID
	text   string
	name   string
	body   string
}{
	{kind: domain.UserRenamed, text: "Al <ice>", name: "provision_user", body: `{"localpart":"alice","set_displayname":"Al \u003cice\u003e"}`},
	{kind: domain.UserRenamed, name: "provision_user", body: `{"localpart":"alice","unset_displayname":true}`},
	{kind: domain.UserAvatarChanged, text: "mxc://a/b", name: "provision_user", body: `{"localpart":"alice","set_avatar_url":"mxc://a/b"}`},
	{kind: domain.UserAvatarChanged, name: "provision_user", body: `{"localpart":"alice","unset_avatar_url":true}`},
	{kind: domain.UserLocked, name: "provision_user", body: `{"localpart":"alice","locked":true}`},
	{kind: domain.UserUnlocked, name: "provision_user", body: `{"localpart":"alice","locked":false}`},
	{kind: domain.DeviceCreated, device: "D", text: "Phone", name: "upsert_device", body: `{"localpart":"alice","device_id":"D","display_name":"Phone"}`},
	{kind: domain.DeviceCreated, device: "D", name: "upsert_device", body: `{"localpart":"alice","device_id":"D"}`},
	{kind: domain.DeviceRenamed, device: "D", text: "Tablet", name: "update_device_display_name", body: `{"localpart":"alice","device_id":"D","display_name":"Tablet"}`},
	{kind: domain.DeviceRenamed, device: "D", name: "update_device_display_name", body: `{"localpart":"alice","device_id":"D","display_name":""}`},
	{kind: domain.DeviceDeleted, device: "D", name: "delete_device", body: `{"localpart":"alice","device_id":"D"}`},
	{kind: domain.CrossSigningAllowed, name: "allow_cross_signing_reset", body: `{"localpart":"alice"}`},
	{kind: domain.UserDeactivated, name: "delete_user", body: `{"localpart":"alice","erase":false}`},
	{kind: domain.UserReactivated, name: "reactivate_user", body: `{"localpart":"alice"}`},
	{kind: domain.UserErased, name: "delete_user", body: `{"localpart":"alice","erase":true}`},
}

func TestEveryNoticeIsSentAsTheContractHasIt(t *testing.T) {
	onEveryKind(t, func(t *testing.T, c *homeserver.Client, f *fake.Fake) {
		f.Put("alice", fake.User{CrossSigning: true})
		for _, n := range telling {
			f.Forget()
			err := c.Tell(t.Context(), domain.Notice{User: alice, Kind: n.kind, Device: n.device, Text: n.text})
			wantError(t, string(n.kind), err, nil)
			want := []fake.Call{{Name: n.name, Localpart: "alice", DeviceID: string(n.device), Body: n.body}}
			if diff := cmp.Diff(want, f.Calls()); diff != "" {
				t.Errorf("%s (-want +got)\n%s", n.kind, diff)
			}
		}
	})
}

func TestWhatTheHomeserverWasToldIsSo(t *testing.T) {
	onEveryKind(t, func(t *testing.T, c *homeserver.Client, f *fake.Fake) {
		f.Put("alice", fake.User{})
		long := strings.Repeat("x", domain.MaxDeviceName+1)
		for _, step := range []struct {
			notice domain.Notice
			want   fake.User
		}{
			{domain.Notice{Kind: domain.DeviceCreated, Device: "A B", Text: long}, fake.User{Devices: map[string]string{"A B": long[1:]}}},
			{domain.Notice{Kind: domain.DeviceCreated, Device: "C"}, fake.User{Devices: map[string]string{"A B": long[1:], "C": ""}}},
			{domain.Notice{Kind: domain.DeviceRenamed, Device: "C", Text: "Phone"}, fake.User{Devices: map[string]string{"A B": long[1:], "C": "Phone"}}},
			{domain.Notice{Kind: domain.DeviceDeleted, Device: "A B"}, fake.User{Devices: map[string]string{"C": "Phone"}}},
			{domain.Notice{Kind: domain.UserLocked}, fake.User{Locked: true, Devices: map[string]string{"C": "Phone"}}},
			{domain.Notice{Kind: domain.UserUnlocked}, fake.User{Devices: map[string]string{"C": "Phone"}}},
			{domain.Notice{Kind: domain.UserRenamed, Text: "Alice"}, fake.User{DisplayName: "Alice", Devices: map[string]string{"C": "Phone"}}},
			{domain.Notice{Kind: domain.UserDeactivated}, fake.User{DisplayName: "Alice", Deactivated: true}},
			{domain.Notice{Kind: domain.UserReactivated}, fake.User{DisplayName: "Alice"}},
			{domain.Notice{Kind: domain.UserErased}, fake.User{Deactivated: true, Erased: true}},
		} {
			tell(t, c, step.notice)
			wantUser(t, string(step.notice.Kind), f, step.want)
		}
	})
}

func TestTellingOfAUserWhomTheHomeserverDoesNotKnow(t *testing.T) {
	onEveryKind(t, func(t *testing.T, c *homeserver.Client, f *fake.Fake) {
		for _, n := range telling {
			if n.name == "provision_user" {
				continue // it creates the user
			}
			err := c.Tell(t.Context(), domain.Notice{User: alice, Kind: n.kind, Device: n.device, Text: n.text})
			wantError(t, string(n.kind), err, domain.ErrNotFound)
		}
		wantError(t, "all devices", c.SyncDevices(t.Context(), alice, nil), domain.ErrNotFound)
		wantError(t, "locked", c.Tell(t.Context(), domain.Notice{User: alice, Kind: domain.UserLocked}), nil)
		if u, _ := f.User("alice"); !u.Locked {
			t.Error("whoever is locked did not become known")
		}
	})
}

// The homeserver answers the same for a device that is not there.
func TestWhatIsNotThereNeedsNoChange(t *testing.T) {
	onEveryKind(t, func(t *testing.T, c *homeserver.Client, f *fake.Fake) {
		f.Put("alice", fake.User{})
		tell(t, c, domain.Notice{Kind: domain.DeviceDeleted, Device: "GONE"})
		tell(t, c, domain.Notice{Kind: domain.CrossSigningAllowed})
	})
	c, f := connected(t, fake.Synapse) // at Palpo it is status 500
	f.Put("alice", fake.User{})
	tell(t, c, domain.Notice{Kind: domain.DeviceRenamed, Device: "GONE", Text: "Phone"})
}

func TestADeviceOfAnotherUserAtPalpo(t *testing.T) {
	c, f := connected(t, fake.Palpo)
	f.Put("alice", fake.User{})
	f.Put("bob", fake.User{Devices: map[string]string{"D": ""}})
	err := c.Tell(t.Context(), domain.Notice{User: alice, Kind: domain.DeviceDeleted, Device: "D"})
	wantError(t, "bob's device", err, domain.ErrHomeserverRefused)
	if got := f.Devices("bob"); len(got) != 1 {
		t.Errorf("bob has %v", got)
	}
}

func TestReactivationIsDoneIfTheUserIsActive(t *testing.T) {
	onEveryKind(t, func(t *testing.T, c *homeserver.Client, f *fake.Fake) {
		reactivated := domain.Notice{User: alice, Kind: domain.UserReactivated}
		f.Put("alice", fake.User{Deactivated: true})
		f.Fail("reactivate_user", 1, fake.Status(500))
		wantError(t, "she still is deactivated", c.Tell(t.Context(), reactivated), domain.ErrHomeserverAway)
		f.Put("alice", fake.User{})
		f.Fail("reactivate_user", 1, fake.Status(500))
		wantError(t, "she is active", c.Tell(t.Context(), reactivated), nil)
		f.Fail("", 0, fake.Status(502))
		wantError(t, "nobody knows", c.Tell(t.Context(), reactivated), domain.ErrHomeserverAway)
	})
}

func TestTheDevicesBecomeExactlyThose(t *testing.T) {
	onEveryKind(t, func(t *testing.T, c *homeserver.Client, f *fake.Fake) {
		f.Put("alice", fake.User{Devices: map[string]string{"A": "Phone", "B": ""}})
		for _, want := range [][]domain.DeviceID{{"A", "C"}, {"A", "C"}, {}, nil} {
			wantError(t, "sync", c.SyncDevices(t.Context(), alice, want), nil)
			got := map[domain.DeviceID]bool{}
			for _, d := range f.Devices("alice") {
				got[domain.DeviceID(d)] = true
			}
			for _, d := range want {
				if !got[d] {
					t.Errorf("%s is missing", d)
				}
			}
			if len(got) != len(want) {
				t.Errorf("got %v, want %v", got, want)
			}
		}
	})
}

func TestDeviceIDsThatTheHomeserverTakesAndTripsOver(t *testing.T) {
	c, f := connected(t, fake.Synapse)
	f.Put("alice", fake.User{})
	for _, id := range []domain.DeviceID{"", domain.DeviceID(strings.Repeat("ü", domain.MaxDeviceID+1))} {
		err := c.Tell(t.Context(), domain.Notice{User: alice, Kind: domain.DeviceCreated, Device: id})
		wantError(t, "created", err, domain.ErrHomeserverRefused)
		wantError(t, "all", c.SyncDevices(t.Context(), alice, []domain.DeviceID{"A", id}), domain.ErrHomeserverRefused)
	}
	if calls := names(f); len(calls) > 0 {
		t.Errorf("it was called: %v", calls)
	}
	tell(t, c, domain.Notice{Kind: domain.DeviceCreated, Device: domain.DeviceID(strings.Repeat("ü", domain.MaxDeviceID))})
}

func TestWhatCannotBeTold(t *testing.T) {
	c, f := connected(t, fake.Synapse)
	for _, kind := range []domain.NoticeKind{domain.UserCreated, "", "user_moved"} {
		wantError(t, string(kind), c.Tell(t.Context(), domain.Notice{User: alice, Kind: kind}), domain.ErrHomeserverRefused)
	}
	if calls := names(f); len(calls) > 0 {
		t.Errorf("it was called: %v", calls)
	}
}
