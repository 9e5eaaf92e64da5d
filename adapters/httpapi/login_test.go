package httpapi_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

func TestFlowsAreTheLoginTypesInTheirOrder(t *testing.T) {
	d := newDoor(func(a *httpapi.API) {
		a.Login.Types = application.LoginTypes{{Name: "z.new"}, {Name: "a.old"}}
	})
	a := d.do(t, "GET", loginPath, `{}`, "Authorization: Bearer rubbish")
	if want := `{"flows":[{"type":"z.new"},{"type":"a.old"}]}`; a.status != 200 || a.text != want {
		t.Errorf("%d %s, want 200 %s", a.status, a.text, want)
	}
}

func TestFlowsAreAListEvenIfThereAreNone(t *testing.T) {
	d := newDoor(func(a *httpapi.API) { a.Login.Types = nil })
	if a := d.do(t, "GET", loginPath, ""); a.text != `{"flows":[]}` {
		t.Errorf("%s", a.text)
	}
}

func TestLoginAnswersASessionThatWorks(t *testing.T) {
	d := newDoor()
	a := d.do(t, "POST", loginPath,
		`{"type":"org.example.badge","token":"badge of alice","device_id":"PHONE"}`,
		"Content-Type: application/x-www-form-urlencoded")
	if a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.text)
	}
	token, _ := a.body["access_token"].(string)
	want := map[string]any{
		"user_id": "@alice:example.org", "device_id": "PHONE", "home_server": "example.org", "access_token": token,
	}
	if diff := cmp.Diff(want, a.body); diff != "" {
		t.Errorf("login (-want +got):\n%s", diff)
	}
	who := d.do(t, "GET", whoamiPath, "", "Authorization: Bearer "+token)
	if want := `{"user_id":"@alice:example.org","device_id":"PHONE","is_guest":false}`; who.text != want {
		t.Errorf("whoami %s, want %s", who.text, want)
	}
}

func TestLoginTellsWhereTheHomeserverIs(t *testing.T) {
	d := newDoor(func(a *httpapi.API) { a.Settings.PublicBaseURL = "https://matrix.example.org/" })
	a := d.do(t, "POST", loginPath, `{"type":"org.example.badge","token":"badge of alice"}`)
	want := map[string]any{"m.homeserver": map[string]any{"base_url": "https://matrix.example.org/"}}
	if diff := cmp.Diff(want, a.body["well_known"]); diff != "" {
		t.Errorf("well_known (-want +got):\n%s", diff)
	}
}

func TestLoginMakesADeviceIfNoneIsNamed(t *testing.T) {
	d := newDoor()
	for _, body := range []string{
		`{"type":"org.example.badge","token":"badge of alice"}`,
		`{"type":"org.example.badge","token":"badge of alice","device_id":null,"initial_device_display_name":null,"refresh_token":null}`,
	} {
		a := d.do(t, "POST", loginPath, body)
		if id, _ := a.body["device_id"].(string); a.status != http.StatusOK || id == "" {
			t.Errorf("%s: %d %s", body, a.status, a.text)
		}
	}
}

func TestLoginPassesTheDeviceNameOn(t *testing.T) {
	d := newDoor()
	d.do(t, "POST", loginPath,
		`{"type":"org.example.badge","token":"badge of alice","device_id":"D","initial_device_display_name":"Phone"}`)
	device, err := d.store.Repositories().Devices.ByID(t.Context(), "@alice:example.org", "D")
	if err != nil || device.DisplayName != "Phone" {
		t.Errorf("device %+v, %v", device, err)
	}
}

func TestARefreshTokenIsGivenToWhoeverAsksForOne(t *testing.T) {
	d := newDoor()
	for wish, want := range map[string]bool{
		`"refresh_token":true`:                                                true,
		`"refresh_token":false`:                                               false,
		`"refresh_token":null`:                                                false,
		`"org.matrix.msc2918.refresh_token":true`:                             true,
		`"refresh_token":false,"org.matrix.msc2918.refresh_token":true`:       true,
		`"refresh_token":true,"org.matrix.msc2918.refresh_token":false`:       true,
		`"org.matrix.msc2918.refresh_token":false,"unstable.refresh_token":1`: false,
	} {
		a := d.do(t, "POST", loginPath, `{"type":"org.example.badge","token":"badge of alice",`+wish+`}`)
		if _, given := a.body["refresh_token"]; a.status != http.StatusOK || given != want {
			t.Errorf("%s: %d %s", wish, a.status, a.text)
		}
	}
}

func TestTheVerifierSeesWhatIsNotTheDevices(t *testing.T) {
	seen := make(chan domain.Credential, 1)
	d := newDoor(func(a *httpapi.API) { a.Login.Types[0].Verifier = badges{seen} })
	d.do(t, "POST", loginPath, `{"type":"org.example.badge","token":"badge of alice","device_id":"D",
		"initial_device_display_name":"N","refresh_token":true,
		"identifier":{"type":"m.id.user"},"pin":1e3,"nothing":null,"Token":"other","DEVICE_ID":["x",null]}`)
	if len(seen) == 0 {
		t.Fatal("it sees nothing")
	}
	token := "badge of alice"
	want := domain.Credential{Type: "org.example.badge", Token: &token, Extra: map[string]any{
		"identifier": map[string]any{"type": "m.id.user"},
		"pin":        json.Number("1e3"),
		"Token":      "other",
		"DEVICE_ID":  []any{"x", nil},
	}}
	if diff := cmp.Diff(want, <-seen); diff != "" {
		t.Errorf("credential (-want +got):\n%s", diff)
	}
}

func TestANullTokenIsNoToken(t *testing.T) {
	a := newDoor().do(t, "POST", loginPath, `{"type":"org.example.badge","token":null}`)
	if a.status != 403 || a.body["error"] != "Show your badge" {
		t.Errorf("%d %s", a.status, a.text)
	}
}

func TestLoginReadsNothingFromTheQuery(t *testing.T) {
	a := newDoor().do(t, "POST", loginPath+"?type=org.example.badge&token=badge+of+alice", `{}`)
	if a.status != 400 || a.errcode() != "M_MISSING_PARAM" {
		t.Errorf("%d %s", a.status, a.text)
	}
}
