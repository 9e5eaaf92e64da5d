package homeserver_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-31b6c987/doorward/test/homeserver"
)

const secret = "shared"

func start(t *testing.T, o homeserver.Options) *homeserver.Fake {
	t.Helper()
	o.Secret = secret
	f := homeserver.New(o)
	t.Cleanup(f.Close)
	return f
}

// A reply is what a homeserver answered.
type reply struct {
	status int
	kind   string // Content-Type
	body   map[string]any
}

func (r reply) errcode() string {
	code, _ := r.body["errcode"].(string)
	return code
}

// request sends a request; token "" sends none.
func request(t *testing.T, f *homeserver.Fake, method, path, token, body string) (reply, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, f.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return reply{}, err
	}
	r := reply{status: resp.StatusCode, kind: resp.Header.Get("Content-Type")}
	if len(text) > 0 && r.kind == "application/json" {
		if err := json.NewDecoder(bytes.NewReader(text)).Decode(&r.body); err != nil {
			t.Errorf("%s %s: %q", method, path, text)
		}
	}
	return r, nil
}

// call calls what a pattern such as "POST delete_user" names.
func call(t *testing.T, f *homeserver.Fake, pattern, body string) reply {
	t.Helper()
	method, name, _ := strings.Cut(pattern, " ")
	r, err := request(t, f, method, "/_synapse/mas/"+name, secret, body)
	if err != nil {
		t.Errorf("%s: %v", pattern, err)
	}
	return r
}

// A row is a call and how it is answered. alice is there, with the device A, bob
// with B, and Old, whose name has another case; gone was erased.
type row struct {
	pattern, body string
	status        int
	errcode       string
}

func hold(t *testing.T, kind homeserver.Kind, rows []row) {
	t.Helper()
	for _, c := range rows {
		f := start(t, homeserver.Options{Kind: kind})
		f.Put("alice", homeserver.User{DisplayName: "Alice", Devices: map[string]string{"A": "Phone"}})
		f.Put("bob", homeserver.User{Devices: map[string]string{"B": ""}})
		f.Put("Old", homeserver.User{})
		f.Put("gone", homeserver.User{})
		if r := call(t, f, "POST delete_user", `{"localpart":"gone","erase":true}`); r.status != 200 {
			t.Fatalf("erasing: %d", r.status)
		}
		r := call(t, f, c.pattern, c.body)
		if r.status != c.status || r.errcode() != c.errcode {
			t.Errorf("%s %.100s: got %d %s, want %d %s", c.pattern, c.body, r.status, r.errcode(), c.status, c.errcode)
		}
	}
}

func TestSynapseAnswersAsItDoes(t *testing.T) {
	l101, l256, l257, l1001 := strings.Repeat("ü", 101), strings.Repeat("ü", 256), strings.Repeat("ü", 257), strings.Repeat("x", 1001)
	hold(t, homeserver.Synapse, []row{
		{"POST provision_user", `{"localpart":"new"}`, 201, ""},
		{"POST provision_user", `{"localpart":"alice"}`, 200, ""},
		{"POST provision_user", `{"localpart":"a/b=c+d.e-f_g"}`, 201, ""},
		{"POST provision_user", `{"localpart":"New"}`, 400, "M_INVALID_USERNAME"},
		{"POST provision_user", `{"localpart":"ä"}`, 400, "M_INVALID_USERNAME"},
		{"POST provision_user", `{"localpart":"_new"}`, 400, "M_INVALID_USERNAME"},
		{"POST provision_user", `{"localpart":"123"}`, 400, "M_INVALID_USERNAME"},
		{"POST provision_user", `{"localpart":""}`, 400, "M_INVALID_USERNAME"},
		{"POST provision_user", `{"localpart":"` + strings.Repeat("x", 242) + `"}`, 201, ""},
		{"POST provision_user", `{"localpart":"` + strings.Repeat("x", 243) + `"}`, 400, "M_INVALID_USERNAME"},
		{"POST provision_user", `{"localpart":"old"}`, 400, "M_USER_IN_USE"},
		{"POST provision_user", `{"localpart":"new","set_displayname":"a","unset_displayname":true}`, 400, "M_INVALID_PARAM"},
		{"POST provision_user", `{"localpart":"new","set_avatar_url":null,"unset_avatar_url":false}`, 400, "M_INVALID_PARAM"},
		{"POST provision_user", `{"localpart":"new","set_emails":[],"unset_emails":false}`, 400, "M_INVALID_PARAM"},
		{"POST provision_user", `{"localpart":"alice","set_displayname":"` + l256 + `"}`, 200, ""},
		{"POST provision_user", `{"localpart":"alice","set_displayname":"` + l257 + `"}`, 400, "M_UNKNOWN"},
		{"POST provision_user", `{"localpart":"new","set_displayname":"` + l257 + `"}`, 201, ""},
		{"POST provision_user", `{"localpart":"new","set_avatar_url":"` + l1001 + `"}`, 400, "M_UNKNOWN"},
		{"POST provision_user", `{"localpart":"alice","set_avatar_url":"rubbish","locked":true,"set_emails":["a@b"]}`, 200, ""},
		{"POST provision_user", `{"localpart":"gone","locked":true}`, 200, ""},
		{"POST provision_user", `{"localpart":"gone","set_displayname":"a"}`, 500, "M_UNKNOWN"},
		{"POST provision_user", `{"localpart":"gone","unset_avatar_url":true}`, 500, "M_UNKNOWN"},
		{"POST provision_user", `{}`, 400, "M_MISSING_PARAM"},
		{"POST provision_user", `{"localpart":1}`, 400, "M_BAD_JSON"},
		{"POST provision_user", `{"localpart":"new","locked":"yes"}`, 400, "M_BAD_JSON"},
		{"POST provision_user", `{"localpart":"new","set_emails":"x"}`, 400, "M_BAD_JSON"},
		{"POST provision_user", `{"localpart":"new","set_emails":[1]}`, 400, "M_BAD_JSON"},
		{"POST provision_user", `{"localpart":"new","Locked":true}`, 400, "M_BAD_JSON"},
		{"POST provision_user", `[]`, 400, "M_BAD_JSON"},
		{"POST provision_user", `{`, 400, "M_NOT_JSON"},
		{"POST provision_user", ``, 400, "M_NOT_JSON"},
		{"GET provision_user", ``, 405, "M_UNRECOGNIZED"},
		{"POST no_such_call", `{}`, 404, ""},

		{"GET query_user?localpart=alice", ``, 200, ""},
		{"GET query_user?localpart=new", ``, 404, "M_NOT_FOUND"},
		{"GET query_user?localpart=", ``, 404, "M_NOT_FOUND"},
		{"GET query_user", ``, 400, "M_MISSING_PARAM"},
		{"GET is_localpart_available?localpart=new", ``, 200, ""},
		{"GET is_localpart_available?localpart=alice", ``, 400, "M_USER_IN_USE"},
		{"GET is_localpart_available?localpart=gone", ``, 400, "M_USER_IN_USE"},
		{"GET is_localpart_available?localpart=New", ``, 400, "M_INVALID_USERNAME"},
		{"GET is_localpart_available", ``, 400, "M_UNKNOWN"},

		{"POST upsert_device", `{"localpart":"alice","device_id":"N"}`, 201, ""},
		{"POST upsert_device", `{"localpart":"alice","device_id":"A","display_name":null}`, 200, ""},
		{"POST upsert_device", `{"localpart":"alice","device_id":""}`, 201, ""},
		{"POST upsert_device", `{"localpart":"alice","device_id":"` + strings.Repeat("x", 600) + `"}`, 201, ""},
		{"POST upsert_device", `{"localpart":"gone","device_id":"N"}`, 201, ""},
		{"POST upsert_device", `{"localpart":"new","device_id":"N"}`, 404, "M_NOT_FOUND"},
		{"POST upsert_device", `{"localpart":"alice","device_id":"N","display_name":"` + l101[2:] + `"}`, 201, ""},
		{"POST upsert_device", `{"localpart":"alice","device_id":"N","display_name":"` + l101 + `"}`, 400, "M_TOO_LARGE"},
		{"POST upsert_device", `{"localpart":"alice"}`, 400, "M_MISSING_PARAM"},
		{"POST upsert_device", `{}`, 400, "M_BAD_JSON"},
		{"POST delete_device", `{"localpart":"alice","device_id":"A"}`, 204, ""},
		{"POST delete_device", `{"localpart":"alice","device_id":"N"}`, 204, ""},
		{"POST delete_device", `{"localpart":"new","device_id":"N"}`, 404, "M_NOT_FOUND"},
		{"POST update_device_display_name", `{"localpart":"alice","device_id":"A","display_name":""}`, 200, ""},
		{"POST update_device_display_name", `{"localpart":"alice","device_id":"N","display_name":"a"}`, 404, "M_NOT_FOUND"},
		{"POST update_device_display_name", `{"localpart":"new","device_id":"A","display_name":"a"}`, 404, "M_NOT_FOUND"},
		{"POST update_device_display_name", `{"localpart":"alice","device_id":"A","display_name":"` + l101 + `"}`, 400, "M_TOO_LARGE"},
		{"POST update_device_display_name", `{"localpart":"alice","device_id":"A"}`, 400, "M_MISSING_PARAM"},
		{"POST sync_devices", `{"localpart":"alice","devices":["N","N"]}`, 200, ""},
		{"POST sync_devices", `{"localpart":"alice","devices":null}`, 400, "M_BAD_JSON"},
		{"POST sync_devices", `{"localpart":"new","devices":[]}`, 404, "M_NOT_FOUND"},

		{"POST set_displayname", `{"localpart":"alice","displayname":"A"}`, 200, ""},
		{"POST set_displayname", `{"localpart":"alice","displayname":"` + l257 + `"}`, 400, "M_UNKNOWN"},
		{"POST set_displayname", `{"localpart":"new","displayname":"A"}`, 404, "M_NOT_FOUND"},
		{"POST unset_displayname", `{"localpart":"alice"}`, 200, ""},
		{"POST unset_displayname", `{"localpart":"gone"}`, 500, "M_UNKNOWN"},
		{"POST allow_cross_signing_reset", `{"localpart":"alice"}`, 200, ""},
		{"POST allow_cross_signing_reset", `{"localpart":"new"}`, 404, "M_NOT_FOUND"},
		{"POST delete_user", `{"localpart":"alice","erase":false}`, 200, ""},
		{"POST delete_user", `{"localpart":"gone","erase":false}`, 200, ""},
		{"POST delete_user", `{"localpart":"alice"}`, 400, "M_MISSING_PARAM"},
		{"POST delete_user", `{"localpart":"new","erase":true}`, 404, "M_NOT_FOUND"},
		{"POST reactivate_user", `{"localpart":"gone"}`, 200, ""},
		{"POST reactivate_user", `{"localpart":"alice"}`, 200, ""},
		{"POST reactivate_user", `{"localpart":"new"}`, 404, "M_NOT_FOUND"},
	})
}

func TestPalpoAnswersOtherwise(t *testing.T) {
	hold(t, homeserver.Palpo, []row{
		{"POST provision_user", `{"localpart":"new"}`, 201, ""},
		{"POST provision_user", `{"localpart":""}`, 400, "M_INVALID_PARAM"},
		{"POST upsert_device", `{"localpart":"alice","device_id":"N"}`, 200, ""},
		{"POST delete_device", `{"localpart":"alice","device_id":"A"}`, 200, ""},
		{"POST delete_device", `{"localpart":"alice","device_id":"N"}`, 404, "M_NOT_FOUND"},
		{"POST delete_device", `{"localpart":"alice","device_id":"B"}`, 403, "M_FORBIDDEN"},
		{"POST update_device_display_name", `{"localpart":"alice","device_id":"N","display_name":"a"}`, 500, "M_UNKNOWN"},
		{"POST allow_cross_signing_reset", `{"localpart":"alice"}`, 404, "M_NOT_FOUND"},
		{"POST provision_user", `{"localpart":"gone","set_displayname":"a"}`, 200, ""},
	})
}

func TestTheSecret(t *testing.T) {
	for kind, want := range map[homeserver.Kind]string{homeserver.Synapse: "M_UNKNOWN", homeserver.Palpo: "M_FORBIDDEN"} {
		f := start(t, homeserver.Options{Kind: kind})
		for token, want := range map[string]reply{
			"": {status: 401, body: map[string]any{"errcode": "M_MISSING_TOKEN"}}, "wrong": {status: 403, body: map[string]any{"errcode": want}},
			"two words": {status: 401, body: map[string]any{"errcode": "M_MISSING_TOKEN"}},
		} {
			r, err := request(t, f, "POST", "/_synapse/mas/provision_user", token, `{"localpart":"new"}`)
			if err != nil || r.status != want.status || r.errcode() != want.errcode() {
				t.Errorf("%q: got %d %s, %v", token, r.status, r.errcode(), err)
			}
		}
		if users := f.Users(); len(users) > 0 {
			t.Errorf("made %v", users)
		}
	}
}

func TestWhatSynapseMakesOfUsers(t *testing.T) {
	f := start(t, homeserver.Options{})
	for _, step := range []struct {
		pattern, body string
		want          homeserver.User
	}{
		{"POST provision_user", `{"localpart":"u","unset_displayname":true,"set_emails":["a@b"]}`, homeserver.User{DisplayName: "u", Emails: []string{"a@b"}}},
		{"POST provision_user", `{"localpart":"u","unset_displayname":true,"unset_emails":true}`, homeserver.User{}},
		{"POST set_displayname", `{"localpart":"u","displayname":" U "}`, homeserver.User{DisplayName: "U"}},
		{"POST upsert_device", `{"localpart":"u","device_id":"D","display_name":"Phone"}`, homeserver.User{DisplayName: "U", Devices: map[string]string{"D": "Phone"}}},
		{"POST upsert_device", `{"localpart":"u","device_id":"D"}`, homeserver.User{DisplayName: "U", Devices: map[string]string{"D": "Phone"}}},
		{"POST sync_devices", `{"localpart":"u","devices":["D","E"]}`, homeserver.User{DisplayName: "U", Devices: map[string]string{"D": "Phone", "E": ""}}},
		{"POST update_device_display_name", `{"localpart":"u","device_id":"E","display_name":"e"}`, homeserver.User{DisplayName: "U", Devices: map[string]string{"D": "Phone", "E": "e"}}},
		{"POST delete_device", `{"localpart":"u","device_id":"D"}`, homeserver.User{DisplayName: "U", Devices: map[string]string{"E": "e"}}},
		{"POST provision_user", `{"localpart":"u","locked":true,"set_avatar_url":"mxc://a/b"}`, homeserver.User{DisplayName: "U", AvatarURL: "mxc://a/b", Locked: true, Devices: map[string]string{"E": "e"}}},
		{"POST delete_user", `{"localpart":"u","erase":false}`, homeserver.User{DisplayName: "U", AvatarURL: "mxc://a/b", Locked: true, Deactivated: true}},
		{"POST delete_user", `{"localpart":"u","erase":true}`, homeserver.User{Locked: true, Deactivated: true, Erased: true}},
		{"POST reactivate_user", `{"localpart":"u"}`, homeserver.User{Locked: true}},
		{"POST set_displayname", `{"localpart":"u","displayname":"U"}`, homeserver.User{DisplayName: "U", Locked: true}},
	} {
		if r := call(t, f, step.pattern, step.body); r.status/100 != 2 {
			t.Errorf("%s %s: status %d", step.pattern, step.body, r.status)
		}
		got, _ := f.User("u")
		if diff := cmp.Diff(step.want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(homeserver.User{})); diff != "" {
			t.Errorf("%s %s (-want +got)\n%s", step.pattern, step.body, diff)
		}
	}
}

func TestAnEmptyNameAtSynapseIsForEver(t *testing.T) {
	f := start(t, homeserver.Options{})
	if r := call(t, f, "POST provision_user", `{"localpart":"u","set_displayname":""}`); r.status != 201 {
		t.Errorf("new: %d", r.status)
	}
	if r := call(t, f, "POST provision_user", `{"localpart":"u","set_displayname":"U"}`); r.status != 500 {
		t.Errorf("later: %d", r.status)
	}
}

func TestOneOfTenCreatesAUser(t *testing.T) {
	f := start(t, homeserver.Options{})
	f.Together(10)
	var mu sync.Mutex
	var wg sync.WaitGroup
	answers := map[int]int{}
	for range 10 {
		wg.Go(func() {
			r := call(t, f, "POST provision_user", `{"localpart":"new"}`)
			mu.Lock()
			defer mu.Unlock()
			answers[r.status]++
		})
	}
	wg.Wait()
	if answers[201] != 1 || answers[400] != 9 {
		t.Errorf("got %v", answers)
	}
}

func TestQueryUser(t *testing.T) {
	f := start(t, homeserver.Options{ServerName: "hs.example"})
	f.Put("alice", homeserver.User{Suspended: true, Deactivated: true})
	want := map[string]any{"user_id": "@alice:hs.example", "display_name": nil, "avatar_url": nil, "is_suspended": true, "is_deactivated": true}
	if diff := cmp.Diff(want, call(t, f, "GET query_user?localpart=alice", "").body); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
