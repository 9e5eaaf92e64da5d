package test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// User-Interactive API in the REST API: "the same request". A confirmation of one
// thing is none of another.
func TestASessionIsOfOneRequestOfOneUser(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, bob := twoUsers(t, d)
		tablet := d.do(t, "DELETE", devicesPath+"TABLET", alice, "").text("session")
		several := d.do(t, "POST", deleteDevicesPath, alice, `{"devices":["TABLET"]}`).text("session")
		proof := byPassword("alice", "alice's")
		for name, a := range map[string]answer{
			"another device":  d.do(t, "DELETE", devicesPath+"LAPTOP", alice, withAuth(tablet, proof)),
			"another path":    d.do(t, "POST", deleteDevicesPath, alice, withAuth(tablet, proof, `"devices":["TABLET"]`)),
			"something else":  d.do(t, "POST", getTokenPath, alice, withAuth(tablet, proof)),
			"another user":    d.do(t, "DELETE", devicesPath+"TABLET", bob, withAuth(tablet, byPassword("bob", "bob's"))),
			"and his proof":   d.do(t, "DELETE", devicesPath+"PHONE", bob, withAuth(tablet, proof)),
			"other devices":   d.do(t, "POST", deleteDevicesPath, alice, withAuth(several, proof, `"devices":["LAPTOP"]`)),
			"more devices":    d.do(t, "POST", deleteDevicesPath, alice, withAuth(several, proof, `"devices":["LAPTOP","TABLET"]`)),
			"no devices left": d.do(t, "POST", deleteDevicesPath, alice, withAuth(several, proof, `"devices":[]`)),
		} {
			wantAnswer(t, name, a, 403, "M_FORBIDDEN")
		}
		d.wantDevices(t, "@alice:example.org", "LAPTOP", "PHONE", "TABLET")
		d.wantDevices(t, "@bob:example.org", "PHONE")
		wantAnswer(t, "under its old name", d.do(t, "DELETE", "/_matrix/client/r0/devices/TABLET", alice, withAuth(tablet, proof)), 200, "")
		wantAnswer(t, "once more, though it is gone", d.do(t, "POST", deleteDevicesPath, alice, withAuth(several, proof, `"devices":["TABLET","TABLET"]`)), 200, "")
	})
}

// User-Interactive API in the REST API: what the fallback's script sends again is
// "auth" alone.
func TestTheParametersAreThoseOfTheFirstRequest(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		session := d.challenged(t, "POST", deleteDevicesPath, alice, `{"devices":["TABLET","LAPTOP"]}`)
		wantAnswer(t, "auth alone", d.do(t, "POST", deleteDevicesPath, alice, withAuth(session, byPassword("alice", "alice's"))), 200, "")
		d.wantDevices(t, "@alice:example.org", "PHONE")
	})
}

// User-Interactive API in the REST API: a session that did its work does it no
// second time.
func TestACompletedSessionNeverRunsItsRequestAgain(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		session := d.challenged(t, "DELETE", devicesPath+"TABLET", alice, "")
		body := withAuth(session, byPassword("alice", "alice's"))
		wantAnswer(t, "the first time", d.do(t, "DELETE", devicesPath+"TABLET", alice, body), 200, "")
		d.mustLogin(t, corp("alice"), `"device_id":"TABLET"`)
		for _, body := range []string{body, withAuth(session, "")} {
			if again := wantChallenge(t, "the second time", d.do(t, "DELETE", devicesPath+"TABLET", alice, body), ""); again == session {
				t.Error("the session is offered again")
			}
		}
		d.wantDevices(t, "@alice:example.org", "LAPTOP", "PHONE", "TABLET")
	})
}

// User-Interactive API in the REST API: sessions that are not, or no longer,
// known.
func TestAnUnknownSessionIsAsGoodAsNone(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		now := d.setClock()
		session := d.challenged(t, "DELETE", devicesPath+"TABLET", alice, "")
		*now = now.Add(time.Hour)
		refresh := d.mustHold(t, d.login(t, corp("carol"), `"refresh_token":true`)).refresh
		for name, session := range map[string]string{
			"expired": session, "made up": "x", "long": strings.Repeat("x", 10000), "an access token": alice, "a refresh token": refresh,
			"of the right form": string(domain.NewToken(domain.InteractionToken, domain.NewSessionID())),
		} {
			a := d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth(session, byPassword("alice", "alice's")))
			if wantChallenge(t, name, a, "") == session {
				t.Errorf("%s: got %s; want another session", name, a)
			}
		}
		wantChallenge(t, "devices and an expired session", d.do(t, "POST", deleteDevicesPath, alice, withAuth(session, "", `"devices":["TABLET"]`)), "")
		d.wantDevices(t, "@alice:example.org", "LAPTOP", "PHONE", "TABLET")
	})
}

// User-Interactive API in the REST API: a session is good for one run, however
// many ask at once.
func TestOfManyCompletionsAtOnceOneRuns(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		session := d.challenged(t, "POST", getTokenPath, alice, "{}")
		answers := make([]answer, 20)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = d.do(t, "POST", getTokenPath, alice, withAuth(session, byJWT(corp("alice")))) })
		}
		all.Wait()
		ran := 0
		for _, a := range answers {
			switch a.status {
			case 200:
				ran++
			case 401, 403:
			default:
				t.Errorf("got %s", a)
			}
		}
		if ran != 1 {
			t.Errorf("the request was carried out %d times", ran)
		}
	})
}

// User-Interactive API in the REST API: requests that nobody could confirm, or
// that are wrong in themselves.
func TestWhatIsWrongWithARequestIsSaidBeforeItIsConfirmed(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		for body, errcode := range map[string]string{
			`{}`: "M_MISSING_PARAM", `{"devices":null}`: "M_MISSING_PARAM", `{"devices":"TABLET"}`: "M_BAD_JSON", `{"devices":[1]}`: "M_BAD_JSON",
			`{"devices":[null]}`: "M_BAD_JSON", `{"devices":{}}`: "M_BAD_JSON", `{"devices":[""]}`: "M_INVALID_PARAM", `{"devices":["a\nb"]}`: "M_INVALID_PARAM",
			`{"devices":["` + strings.Repeat("x", 256) + `"]}`: "M_INVALID_PARAM", ``: "M_NOT_JSON", `[]`: "M_BAD_JSON", `{"devices":`: "M_NOT_JSON",
			withAuth("", byPassword("alice", "alice's")): "M_MISSING_PARAM",
		} {
			wantAnswer(t, body, d.do(t, "POST", deleteDevicesPath, alice, body), 400, errcode)
		}
		for _, token := range []string{"", "rubbish"} {
			for _, c := range []struct{ method, path string }{{"DELETE", devicesPath + "TABLET"}, {"POST", deleteDevicesPath}, {"POST", getTokenPath}} {
				a := d.do(t, c.method, c.path, token, `{"devices":["TABLET"]}`)
				wantAnswer(t, c.path, a, 401, map[string]string{"": "M_MISSING_TOKEN", "rubbish": "M_UNKNOWN_TOKEN"}[token])
			}
		}
	})
	onEveryVariant(t, plain+"password: {enabled: false}\n", func(t *testing.T, d *door) {
		alice := d.mustLogin(t, jwt(claims{"sub": "alice"}))
		wantAnswer(t, "where there is no way to confirm", d.do(t, "POST", getTokenPath, alice, "{}"), 403, "M_FORBIDDEN")
	})
}

// Rate limiting: passwords and tokens cannot be guessed here either.
func TestStagesThatFailAreLimited(t *testing.T) {
	settings := confirmable + "rate_limits: {login_failed: {per_second: 0.01, burst: 3}}\n"
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		alice, _ := twoUsers(t, d)
		session := d.challenged(t, "DELETE", devicesPath+"TABLET", alice, "")
		for range 3 {
			a := d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth(session, byJWT("x.y.z")))
			wantChallenge(t, "refused", a, "M_FORBIDDEN")
		}
		a := d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth(session, byPassword("alice", "alice's")))
		wantAnswer(t, "one too many", a, 429, "M_LIMIT_EXCEEDED")
		var wait struct {
			MS float64 `json:"retry_after_ms"`
		}
		if err := json.Unmarshal([]byte(a.raw), &wait); err != nil || wait.MS <= 0 || a.header.Get("Retry-After") == "" {
			t.Errorf("got %s, %v", a, a.header)
		}
		d.wantDevices(t, "@alice:example.org", "LAPTOP", "PHONE", "TABLET")
	})
}
