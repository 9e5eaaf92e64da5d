package homeserver_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/test/homeserver"
)

const whoami = "/_matrix/client/v3/account/whoami"

// A door says whose tokens are.
type door struct {
	mu     sync.Mutex
	status int
	says   string
	asked  []string
	hold   chan struct{} // answers wait until it is closed; nil: they do not
}

func (d *door) will(status int, says string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.status, d.says = status, says
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	d.mu.Lock()
	d.asked = append(d.asked, fmt.Sprintf("%s %s %s %q %q", r.Method, r.URL.Path, body, r.Header.Get("Authorization"), r.Header.Get("X-Mas-Supports-Device-Id")))
	status, says, hold := d.status, d.says, d.hold
	d.mu.Unlock()
	if hold != nil {
		<-hold
	}
	w.WriteHeader(status)
	io.WriteString(w, says)
}

// opened starts a homeserver with a door, at which alice has the devices D and E.
func opened(t *testing.T, kind homeserver.Kind) (*homeserver.Fake, *door, func(time.Duration)) {
	t.Helper()
	d := &door{}
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	var mu sync.Mutex
	now := time.Unix(1_700_000_000, 0)
	f := start(t, homeserver.Options{Kind: kind, Door: server.URL + "/", Now: func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}})
	f.Put("alice", homeserver.User{Devices: map[string]string{"D": "Phone", "E": ""}})
	return f, d, func(passes time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(passes)
	}
}

// active is an answer of the door about alice's device D, with more members.
func active(more string) string {
	return `{"active":true,"username":"alice","scope":"urn:matrix:client:api:* urn:matrix:client:device:D","device_id":"D"` + more + `}`
}

func ask(t *testing.T, f *homeserver.Fake, token string, wantStatus int, wantErrcode string) reply {
	t.Helper()
	r, err := request(t, f, "GET", whoami, token, "")
	if err != nil || r.status != wantStatus || r.errcode() != wantErrcode {
		t.Errorf("whoami: got %d %s, want %d %s (%v)", r.status, r.errcode(), wantStatus, wantErrcode, err)
	}
	return r
}

func TestWhatTheDoorIsAsked(t *testing.T) {
	for kind, want := range map[homeserver.Kind]string{
		homeserver.Synapse: `POST /oauth2/introspect token=a%2Bb&token_type_hint=access_token "Bearer shared" "1"`,
		homeserver.Palpo:   `POST /oauth2/introspect token=a%2Bb "Bearer shared" ""`,
	} {
		f, d, _ := opened(t, kind)
		d.will(200, active(""))
		got := ask(t, f, "a+b", 200, "").body
		if diff := cmp.Diff(map[string]any{"user_id": "@alice:example.org", "device_id": "D", "is_guest": false}, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if diff := cmp.Diff([]string{want}, d.asked); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

func TestWhatSynapseMakesOfTheAnswer(t *testing.T) {
	const api = "urn:matrix:client:api:*"
	scoped := func(scope string) string { return `{"active":true,"username":"alice","scope":"` + scope + `"}` }
	for says, want := range map[string]row{
		`{"active":false}`: {status: 401, errcode: "M_UNKNOWN_TOKEN"},
		active(`,"sub":"x","expires_in":null,"other":[1]`): {status: 200},
		scoped(api): {status: 200},
		scoped("urn:matrix:org.matrix.msc2967.client:api:* urn:matrix:org.matrix.msc2967.client:device:D"):                               {status: 200},
		scoped(api + " urn:matrix:client:device:D urn:matrix:client:device:E"):                                                           {status: 500, errcode: "M_FORBIDDEN"},
		scoped(api + " urn:matrix:client:device:N"):                                                                                      {status: 401, errcode: "M_UNKNOWN_TOKEN"},
		scoped("urn:synapse:admin:*"):                                                                                                    {status: 401, errcode: "M_UNKNOWN_TOKEN"},
		`{"active":true,"username":"alice","scope":"` + api + `","device_id":""}`:                                                        {status: 500, errcode: "M_FORBIDDEN"},
		`{"active":true,"username":"alice","scope":"` + api + `","device_id":"` + strings.Repeat("x", 256) + `"}`:                        {status: 500, errcode: "M_FORBIDDEN"},
		`{"active":true,"username":"alice","scope":"` + api + ` urn:matrix:client:device:E urn:matrix:client:device:F","device_id":"D"}`: {status: 200},
		`{"active":true,"scope":"` + api + `"}`:                                                                                          {status: 500, errcode: "M_FORBIDDEN"},
		`{"active":true,"username":"bob","scope":"` + api + `"}`:                                                                         {status: 500, errcode: "M_FORBIDDEN"},
		active(`,"expires_in":1`):   {status: 200},
		active(`,"expires_in":0`):   {status: 401, errcode: "M_UNKNOWN_TOKEN"},
		active(`,"expires_in":5.0`): {status: 503, errcode: "M_UNKNOWN"},
		active(`,"expires_in":"5"`): {status: 503, errcode: "M_UNKNOWN"},
		active(`,"sub":1`):          {status: 503, errcode: "M_UNKNOWN"},
		`{"active":"true"}`:         {status: 503, errcode: "M_UNKNOWN"},
		`{}`:                        {status: 503, errcode: "M_UNKNOWN"},
		`<html>`:                    {status: 503, errcode: "M_UNKNOWN"},
	} {
		f, d, _ := opened(t, homeserver.Synapse)
		d.will(200, says)
		t.Log(says)
		r := ask(t, f, "t", want.status, want.errcode)
		if soft := r.body["soft_logout"]; want.status == 401 && soft != false {
			t.Errorf("soft_logout is %v", soft)
		}
	}
	f, d, _ := opened(t, homeserver.Synapse)
	for _, status := range []int{401, 500, 503} {
		d.will(status, active(""))
		ask(t, f, "t", 503, "M_UNKNOWN")
	}
	d.will(200, active(""))
	ask(t, f, "t", 200, "") // failures are not kept
	ask(t, f, "", 401, "M_MISSING_TOKEN")
}

func TestWhatPalpoMakesOfTheAnswer(t *testing.T) {
	for says, want := range map[string]row{
		`{"active":false}`:          {status: 401, errcode: "M_UNKNOWN_TOKEN"},
		active(`,"expires_in":0.5`): {status: 200}, // it does not read that
		`{"active":true,"username":"alice","scope":"urn:matrix:client:api:*","device_id":"D"}`:                            {status: 401, errcode: "M_UNKNOWN_TOKEN"},
		`{"active":true,"username":"alice","scope":"urn:matrix:client:api:* urn:matrix:client:device:D"}`:                 {status: 200},
		`{"active":true,"username":"alice","scope":"urn:matrix:client:api:* urn:matrix:client:device:D","device_id":"E"}`: {status: 401, errcode: "M_UNKNOWN_TOKEN"},
		`{"active":true,"username":"bob","scope":"urn:matrix:client:api:* urn:matrix:client:device:D"}`:                   {status: 401, errcode: "M_UNKNOWN_TOKEN"},
	} {
		f, d, _ := opened(t, homeserver.Palpo)
		d.will(200, says)
		t.Log(says)
		r := ask(t, f, "t", want.status, want.errcode)
		if soft := r.body["soft_logout"]; want.status == 401 && soft != true {
			t.Errorf("soft_logout is %v", soft)
		}
	}
	f, d, _ := opened(t, homeserver.Palpo)
	d.will(503, "")
	ask(t, f, "t", 400, "M_UNKNOWN")
}

func TestAnswersAreKept(t *testing.T) {
	for kind, keeps := range map[homeserver.Kind]time.Duration{homeserver.Synapse: 2 * time.Minute, homeserver.Palpo: 5 * time.Minute} {
		f, d, passes := opened(t, kind)
		d.will(200, active(""))
		ask(t, f, "good", 200, "")
		d.will(200, `{"active":false}`)
		ask(t, f, "bad", 401, "M_UNKNOWN_TOKEN")
		d.will(200, active(""))
		passes(keeps - time.Second)
		ask(t, f, "bad", 401, "M_UNKNOWN_TOKEN")
		d.will(200, `{"active":false}`)
		ask(t, f, "good", 200, "")
		if got := f.Introspections(); got != 2 {
			t.Errorf("the door was asked %d times", got)
		}
		passes(time.Second)
		ask(t, f, "good", 401, "M_UNKNOWN_TOKEN")
	}
}

func TestAKeptAnswerExpiresWithItsToken(t *testing.T) {
	f, d, passes := opened(t, homeserver.Synapse)
	d.will(200, active(`,"expires_in":60`))
	ask(t, f, "t", 200, "")
	passes(time.Minute)
	d.will(200, active(`,"expires_in":60`))
	ask(t, f, "t", 401, "M_UNKNOWN_TOKEN")
	passes(time.Minute)
	ask(t, f, "t", 200, "")
}

func TestADeviceThatIsGoneEndsItsTokensAtOnce(t *testing.T) {
	f, d, _ := opened(t, homeserver.Synapse)
	d.will(200, active(""))
	ask(t, f, "t", 200, "")
	call(t, f, "POST delete_device", `{"localpart":"alice","device_id":"D"}`)
	call(t, f, "POST upsert_device", `{"localpart":"alice","device_id":"D"}`)
	d.will(200, `{"active":false}`)
	ask(t, f, "t", 200, "") // nobody looked while the device was gone
	call(t, f, "POST delete_device", `{"localpart":"alice","device_id":"D"}`)
	ask(t, f, "t", 401, "M_UNKNOWN_TOKEN")
	call(t, f, "POST upsert_device", `{"localpart":"alice","device_id":"D"}`)
	d.will(200, active(""))
	ask(t, f, "t", 200, "") // the answer that was kept is forgotten
	if got := f.Introspections(); got != 2 {
		t.Errorf("the door was asked %d times", got)
	}
}

func TestRequestsAtOnceAskTheDoorOnce(t *testing.T) {
	f, d, _ := opened(t, homeserver.Synapse)
	d.will(200, active(""))
	d.hold = make(chan struct{})
	var wg, arrived sync.WaitGroup
	arrived.Add(10)
	f.Fail(whoami, 10, func(w http.ResponseWriter, r *http.Request, do http.HandlerFunc) {
		arrived.Done()
		do(w, r)
	})
	for range 10 {
		wg.Go(func() { ask(t, f, "t", 200, "") })
	}
	arrived.Wait()
	close(d.hold)
	wg.Wait()
	if got := f.Introspections(); got != 1 {
		t.Errorf("the door was asked %d times", got)
	}
}
