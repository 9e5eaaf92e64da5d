package test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestWhatAdministratorsDoIsAccountedForOnce(t *testing.T) {
	onEveryVariant(t, administrable, func(t *testing.T, d *door) {
		admin := d.mustLoginAsAdmin(t, "admin")
		alice := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		d.accounted(t, "the preparation", d.records(t)...)
		by := func(actor string, event domain.AuditEvent, detail string) domain.AuditRecord {
			return domain.AuditRecord{Event: event, Result: domain.AuditOK, Detail: detail, User: alicesID, Actor: actor}
		}
		const v1, person = "/_synapse/admin/v1", "@admin:example.org"
		created := by(person, domain.AuditAdminGranted, "admin=true, password, display_name")
		created.User, created.UserCreated = "@grace:example.org", true
		phone := by(person, domain.AuditDeviceDeleted, "")
		phone.Device = "PHONE"
		both := by(person, domain.AuditDeviceDeleted, "")
		both.Device = "A, B"
		for _, c := range []struct {
			method, path, token, body string
			want                      domain.AuditRecord
		}{
			{"PUT", lockPath + "@alice:example.org", admin, `{"locked":true}`, by(person, domain.AuditLocked, "locked=true")},
			{"PUT", lockPath + "@alice:example.org", admin, `{"locked":false}`, by(person, domain.AuditUnlocked, "locked=false")},
			{"PUT", suspendPath + "@alice:example.org", admin, `{"suspended":true}`, by(person, domain.AuditSuspended, "suspended=true")},
			{"PUT", v1 + "/suspend/@alice:example.org", adminToken, `{"suspend":false}`, by("api_token", domain.AuditUnsuspended, "suspended=false")},
			{"PUT", v1 + "/users/@alice:example.org/admin", adminToken, `{"admin":true}`, by("api_token", domain.AuditAdminGranted, "admin=true")},
			{"PUT", v1 + "/users/@alice:example.org/admin", adminToken, `{"admin":false}`, by("api_token", domain.AuditAdminRevoked, "admin=false")},
			{"PUT", usersPath + "/@grace:example.org", admin, `{"password":"password-of-grace","displayname":"Grace","admin":true}`, created},
			{"POST", v1 + "/reset_password/@alice:example.org", admin, `{"new_password":"password-of-alice","logout_devices":false}`, by(person, domain.AuditPasswordChanged, "password")},
			{"POST", v1 + "/users/@alice:example.org/login", admin, "{}", by(person, domain.AuditActedAs, "")},
			{"DELETE", usersPath + "/@alice:example.org/devices/PHONE", admin, "", phone},
			{"POST", usersPath + "/@alice:example.org/delete_devices", admin, `{"devices":["A","B"]}`, both},
			{"POST", v1 + "/deactivate/@alice:example.org", admin, `{"erase":true}`, by(person, domain.AuditDeactivated, "deactivated=true, erase")},
			{"PUT", usersPath + "/@alice:example.org", admin, `{"deactivated":false}`, by(person, domain.AuditReactivated, "deactivated=false")},
		} {
			if a := d.do(t, c.method, c.path, c.token, c.body); a.status >= 300 {
				t.Errorf("%s %s: %s", c.method, c.path, a)
			}
			d.wantLastLine(t, c.want)
			d.accounted(t, c.path, c.want)
		}
		for _, read := range []string{usersPath, usersPath + "/@alice:example.org", v1 + "/registration_tokens", lockPath + "@alice:example.org"} {
			d.do(t, "GET", read, admin, "")
		}
		d.accounted(t, "what is only read")
		d.do(t, "PUT", lockPath+"@admin:example.org", alice, `{"locked":true}`)
		d.accounted(t, "what nobody may who is signed out")
		d.do(t, "PUT", lockPath+"@admin:example.org", d.mustLogin(t, corp("bob")), `{"locked":true}`)
		d.wantLastLine(t, domain.AuditRecord{
			Event: domain.AuditUserChanged, Result: domain.AuditRefused, Reason: "no_administrator", Actor: "@bob:example.org",
		})
	})
}

func TestWhoActsForSomebodyElseIsNamed(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			d := open(t, everything(t), v.url(t))
			d.mustLogin(t, corp("alice"))
			asAlice := d.adminTicket(t, alicesID)
			d.mustCreate(t, "@_irc_x:example.org")
			d.accounted(t, "the preparation", d.records(t)...)

			d.do(t, "POST", logoutPath+"/all", asAlice, "")
			d.accounted(t, "an administrator as alice", domain.AuditRecord{
				Event: domain.AuditLogoutAll, Result: domain.AuditOK, User: alicesID, Actor: "as_user",
			})
			d.do(t, "POST", deleteDevicesPath+"?user_id=@_irc_x:example.org", "as-token-of-the-tests", `{"devices":["A"]}`)
			d.accounted(t, "an application service", domain.AuditRecord{
				Event: domain.AuditDeviceDeleted, Result: domain.AuditOK, User: "@_irc_x:example.org", Device: "A", Actor: "appservice:bridge",
			})
			body := form{"nonce": d.nonce(t), "username": "frank", "password": "password-of-frank", "device_id": "F"}
			d.do(t, "POST", signedPath, "", signed(sharedSecret, body).String())
			d.accounted(t, "a program that knows the secret", domain.AuditRecord{
				Event: domain.AuditRegistered, Result: domain.AuditOK, User: "@frank:example.org", UserCreated: true, Device: "F", Actor: "shared_secret",
			})
			a := d.do(t, "POST", registerPath, "as-token-of-the-tests", `{"type":"m.login.application_service","username":"_irc_y","device_id":"Y"}`)
			if a.status != 200 {
				t.Fatalf("got %s", a)
			}
			d.accounted(t, "a user of an application service", domain.AuditRecord{
				Event: domain.AuditRegistered, Result: domain.AuditOK, LoginType: "m.login.application_service",
				User: "@_irc_y:example.org", UserCreated: true, Device: "Y",
			})
		})
	}
}

// What the log says of what is kept is what the table says, and the other way
// round; neither holds a secret.
func TestTheTableSaysWhatTheLogSays(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			o := &tour{t: t, d: open(t, everything(t), v.url(t))}
			o.sessions()
			o.registrations()
			o.administration()
			records := o.d.records(t)
			text, err := json.Marshal(records)
			if err != nil {
				t.Fatal(err)
			}
			absent(t, "the table", string(text), append(o.secrets, secret))

			routine := []any{"refresh", "stage_completed", "openid_token_issued", "device_renamed"}
			var logged, kept []map[string]any
			for _, line := range o.d.requestLines(t) {
				if line["event"] == nil || line["result"] != "ok" || slices.Contains(routine, line["event"]) {
					continue
				}
				for _, other := range []string{"time", "level", "msg", "method", "route", "status", "took"} {
					delete(line, other)
				}
				logged = append(logged, line)
			}
			for _, r := range records {
				kept = append(kept, lineOf(r))
			}
			byID := func(a, b map[string]any) int { return strings.Compare(a["id"].(string), b["id"].(string)) }
			slices.SortFunc(logged, byID)
			slices.SortFunc(kept, byID)
			if diff := cmp.Diff(logged, kept); diff != "" || len(kept) < 40 {
				t.Errorf("%d records (-log +table):\n%s", len(kept), diff)
			}
		})
	}
}

// lineOf is what the log says of a record.
func lineOf(r domain.AuditRecord) map[string]any {
	line := map[string]any{"id": r.ID, "event": string(r.Event), "result": string(r.Result), "address": r.Address}
	for name, value := range map[string]string{
		"reason": r.Reason, "detail": r.Detail, "login_type": r.LoginType, "provider": r.Provider, "key_id": r.KeyID,
		"subject": r.Subject, "user": string(r.User), "device": r.Device, "actor": r.Actor,
	} {
		if value != "" {
			line[name] = value
		}
	}
	if r.UserCreated {
		line["user_created"] = true
	}
	return line
}

// RFC 7517, 4.5 lets a key id be any text.
func TestNobodyWritesLinesOfTheAudit(t *testing.T) {
	const kid = "k\r\nlevel=INFO msg=request event=login user=@root:example.org\x1b[2J\u2028"
	file := filepath.Join(t.TempDir(), "keys.json")
	key := fmt.Sprintf(`{"keys":[{"kty":"oct","alg":"HS256","kid":%q,"k":%q}]}`, "KID", base64.RawURLEncoding.EncodeToString([]byte(secret)))
	name, err := json.Marshal(kid)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(key, `"KID"`, string(name), 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	settings := fmt.Sprintf("server_name: example.org\njwt: {providers: [{name: corp, jwks_file: %q}]}\n", file)
	onEveryVariant(t, settings, func(t *testing.T, d *door) {
		token := jws(`{"alg":"HS256","kid":`+string(name)+`}`, claims{"sub": "alice"})
		agent := http.Header{"User-Agent": {"x\tevent=logout user=@root:example.org \u202e"}}
		a := d.doWith(t, agent, "POST", loginPath, loginBody(token, `"device_id":"D\\n\u202e"`, `"initial_device_display_name":"a\r\nlevel=INFO msg=request"`))
		if a.status != 200 {
			t.Fatalf("got %s", a)
		}
		want := done(domain.AuditLogin)
		want.LoginType, want.Device, want.UserCreated = "org.matrix.login.jwt", `D\\n\u202e`, true
		want.Evidence = genuine("alice")
		want.KeyID = `k\r\nlevel=INFO msg=request event=login user=@root:example.org\x1b[2J\u2028`
		d.wantLastLine(t, want)
		d.accounted(t, "the login", want)
		if n := len(d.requestLines(t)); n != 1 {
			t.Errorf("the log has %d requests:\n%s", n, d.log)
		}
	})
}

func TestRecordsAreDeletedWhenTheirTimeHasPassed(t *testing.T) {
	onEveryVariant(t, confirmable+"audit: {retention: 1h}\n", func(t *testing.T, d *door) {
		now := d.setClock()
		d.mustLogin(t, corp("alice"))
		d.records(t)
		*now = now.Add(time.Hour)
		d.mustLogin(t, corp("alice"))
		for _, c := range []struct {
			later time.Duration
			left  int
		}{{0, 2}, {time.Millisecond, 1}, {2 * time.Hour, 0}} {
			d.records(t)
			*now = now.Add(c.later)
			if err := d.Background.CleanUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := len(d.records(t)); got != c.left {
				t.Errorf("%v later %d records are left; want %d", c.later, got, c.left)
			}
		}
	})
}

func TestWithoutATableTheLogHasItAll(t *testing.T) {
	onEveryVariant(t, confirmable+"audit: {enabled: false}\n", func(t *testing.T, d *door) {
		d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		want := done(domain.AuditLogin)
		want.LoginType, want.Evidence = "org.matrix.login.jwt", genuine("alice")
		d.wantLastLine(t, want)
		d.accounted(t, "the table")
	})
}

func TestRecordsThatFindNoRoomAreCounted(t *testing.T) {
	d := open(t, confirmable, "memory:")
	for d.API.Audit.Note(domain.AuditRecord{Event: domain.AuditLogin, Result: domain.AuditOK}) {
	}
	for range 3 {
		d.mustLogin(t, corp("alice"))
	}
	if !strings.Contains(d.metrics(t), "doorward_audit_dropped_total 3\n") {
		t.Error("three records were dropped, and not counted")
	}
	d.records(t)
	d.mustLogin(t, corp("alice"))
	if !strings.Contains(d.metrics(t), "doorward_audit_dropped_total 3\n") {
		t.Error("there is room, and a record was dropped")
	}
}
