package test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-31b6c987/doorward/domain"
)

// records returns the audit records of a door that are kept, the oldest first.
func (d *door) records(t *testing.T) []domain.AuditRecord {
	t.Helper()
	if err := d.API.Audit.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, err := d.Storage.Repositories().Audit.List(t.Context(), domain.AuditQuery{Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(list)
	return list
}

// accounted wants these records since the last time; time, id and address are not
// compared.
func (d *door) accounted(t *testing.T, what string, want ...domain.AuditRecord) {
	t.Helper()
	got := d.records(t)
	if _, err := d.Storage.Repositories().Audit.DeleteBefore(t.Context(), d.clock().AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	for _, r := range got {
		if len(r.ID) < 20 || r.Address != "127.0.0.1" || d.clock().Sub(r.At).Abs().Minutes() > 1 {
			t.Errorf("%s: id %q, address %q, time %v", what, r.ID, r.Address, r.At)
		}
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(domain.AuditRecord{}, "ID", "At", "Address")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// requestLines returns the lines of the log about requests.
func (d *door) requestLines(t *testing.T) (lines []map[string]any) {
	t.Helper()
	for line := range strings.Lines(d.log.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if entry["msg"] == "request" {
			lines = append(lines, entry)
		}
	}
	return lines
}

const alicesID = domain.UserID("@alice:example.org")

// done is the record of what alice did at her phone.
func done(event domain.AuditEvent) domain.AuditRecord {
	return domain.AuditRecord{Event: event, Result: domain.AuditOK, User: alicesID, Device: "PHONE"}
}

// genuine is what a token of corp says.
func genuine(subject string) domain.Evidence {
	return domain.Evidence{Provider: "corp", Subject: subject, Verified: true}
}

func TestWhatUsersDoIsAccountedForOnce(t *testing.T) {
	onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
		login := done(domain.AuditLogin)
		login.LoginType, login.Evidence, login.UserCreated = "org.matrix.login.jwt", genuine("alice"), true
		phone := d.mustLoginRefreshableOf(t, "alice", "PHONE")
		d.accounted(t, "the first login", login)
		login.UserCreated = false
		phone = d.mustLoginRefreshableOf(t, "alice", "PHONE")
		d.accounted(t, "another login", login)
		d.mustLogin(t, corp("alice"), `"device_id":"TABLET"`)
		d.mustLogin(t, corp("alice"), `"device_id":"WATCH"`)
		d.mustHavePassword(t, alicesID, "alice's")
		d.accounted(t, "the preparation", d.records(t)...)

		token := d.mustRefresh(t, phone.refresh).access
		d.whoami(t, token)
		d.do(t, "PUT", devicesPath+"PHONE", token, `{"display_name":"new"}`)
		d.accounted(t, "what is routine")

		session := d.challenged(t, "DELETE", devicesPath+"TABLET", token, "")
		d.accounted(t, "a request that is to be confirmed")
		d.do(t, "DELETE", devicesPath+"TABLET", token, withAuth(session, byPassword("alice", "not alice's")))
		d.accounted(t, "a stage that a stranger could try")
		d.do(t, "DELETE", devicesPath+"TABLET", token, withAuth(session, byJWT(jwt(claims{"sub": "alice", "iss": "corp", "iat": in(-time.Hour)}))))
		stale := done(domain.AuditDeviceDeleted)
		stale.Result, stale.Reason, stale.Device = domain.AuditRefused, "uia_not_fresh", "TABLET"
		stale.LoginType, stale.Evidence = "org.matrix.login.jwt", genuine("alice")
		d.accounted(t, "a stage with a token that was made before", stale)
		d.do(t, "DELETE", devicesPath+"TABLET", token, withAuth(session, byPassword("alice", "alice's")))
		deleted := done(domain.AuditDeviceDeleted)
		deleted.Device, deleted.LoginType = "TABLET", "m.login.password"
		d.accounted(t, "a device", deleted)
		d.do(t, "POST", deleteDevicesPath, token, withAuth("", byPassword("alice", "alice's"), `"devices":["WATCH","NONE"]`))
		deleted.Device = "NONE, WATCH"
		d.accounted(t, "devices", deleted)

		changed := done(domain.AuditPasswordChanged)
		changed.LoginType = "m.login.password"
		d.do(t, "POST", v3+"/account/password", token, withAuth("", byPassword("alice", "alice's"), `"new_password":"alice's second"`))
		d.accounted(t, "a password", changed)
		issued := done(domain.AuditLoginTokenIssued)
		issued.LoginType = "m.login.password"
		d.do(t, "POST", getTokenPath, token, withAuth("", byPassword("alice", "alice's second")))
		d.accounted(t, "a login token", issued)
		d.mustHaveAddress(t, alicesID, "alice@example.org")
		d.do(t, "POST", thirdPartyIDsPath+"/delete", token, `{"medium":"email","address":"alice@example.org"}`)
		d.accounted(t, "an address", done(domain.AuditAddressDeleted))

		d.do(t, "POST", logoutPath, token, "")
		d.accounted(t, "a logout", done(domain.AuditLogout))
		d.do(t, "POST", logoutPath, token, "")
		d.accounted(t, "another one")
		again := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		d.accounted(t, "a login after it", login)
		d.do(t, "POST", logoutPath+"/all", again, "")
		d.accounted(t, "the end of all sessions", done(domain.AuditLogoutAll))
		last := d.mustLogin(t, corp("alice"), `"device_id":"PHONE"`)
		d.accounted(t, "the last login", login)
		d.do(t, "POST", v3+"/account/deactivate", last, withAuth("", byPassword("alice", "alice's second")))
		end := done(domain.AuditDeactivated)
		end.LoginType = "m.login.password"
		d.accounted(t, "the end of the account", end)
	})
}

// mustLoginRefreshableOf signs a user in on a device.
func (d *door) mustLoginRefreshableOf(t *testing.T, user, device string) held {
	t.Helper()
	return d.mustHold(t, d.login(t, corp(user), `"refresh_token":true`, fmt.Sprintf(`"device_id":%q`, device)))
}

func TestWhatIsKeptOfLoginsThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		token  func() string
		more   string
		reason string
		kept   bool
		want   domain.AuditRecord
	}{
		{"rubbish", func() string { return "x" }, "", "malformed_token", false, domain.AuditRecord{}},
		{"a wrong signature", func() string { return sign(input(corp("alice")), "x") }, "", "bad_signature", false, domain.AuditRecord{Evidence: domain.Evidence{Provider: "corp"}}},
		{"no algorithm", func() string { return jws(`{"alg":"none"}`, claims{"iss": "corp"}) }, "", "unsupported_algorithm", false, domain.AuditRecord{}},
		{"an unknown issuer", func() string { return jwt(claims{"sub": "alice", "iss": "evil\r\nprovider=corp"}) }, "", "bad_signature", false, domain.AuditRecord{}},
		{"expired", func() string { return jwt(claims{"sub": "alice", "iss": "corp", "exp": 1}) }, "", "expired_token", true, domain.AuditRecord{Evidence: genuine("alice")}},
		{"no localpart", func() string { return jwt(claims{"sub": "Ä\r\n\u202e", "iss": "corp"}) }, "", "username_characters", true, domain.AuditRecord{Evidence: genuine(`Ä\r\n\u202e`)}},
		{"no device id", func() string { return corp("alice") }, `"device_id":""`, "device_id", true, domain.AuditRecord{Evidence: genuine("alice"), User: alicesID}},
		{"a locked user", func() string { return corp("locked") }, "", "user_locked", true, domain.AuditRecord{Evidence: genuine("locked"), User: "@locked:example.org"}},
		{"a deactivated user", func() string { return corp("gone") }, "", "user_deactivated", true, domain.AuditRecord{Evidence: genuine("gone"), User: "@gone:example.org"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			onEveryVariant(t, confirmable, func(t *testing.T, d *door) {
				for name, change := range map[string]func(*domain.User){
					"locked": func(u *domain.User) { u.Locked = true }, "gone": func(u *domain.User) { u.Deactivated = true },
				} {
					d.mustLogin(t, corp(name))
					d.change(t, domain.UserID("@"+name+":example.org"), change)
				}
				d.accounted(t, "the preparation", d.records(t)...)
				more := []string{}
				if c.more != "" {
					more = append(more, c.more)
				}
				d.login(t, c.token(), more...)
				c.want.Event, c.want.Result, c.want.Reason, c.want.LoginType = domain.AuditLogin, domain.AuditRefused, c.reason, "org.matrix.login.jwt"
				d.wantLastLine(t, c.want)
				if c.kept {
					d.accounted(t, "the table", c.want)
				} else {
					d.accounted(t, "the table")
				}
			})
		})
	}
}

// wantLastLine wants the last line of the log to say the same as a record.
func (d *door) wantLastLine(t *testing.T, want domain.AuditRecord) {
	t.Helper()
	lines := d.requestLines(t)
	last := lines[len(lines)-1]
	for name, value := range map[string]string{
		"event": string(want.Event), "result": string(want.Result), "reason": want.Reason, "login_type": want.LoginType,
		"provider": want.Provider, "key_id": want.KeyID, "subject": want.Subject, "user": string(want.User),
		"device": want.Device, "actor": want.Actor, "detail": want.Detail,
	} {
		if got, _ := last[name].(string); got != value {
			t.Errorf("the log's %s is %q; want %q", name, got, value)
		}
	}
}

func TestAWrongPasswordIsLoggedWithItsAccountAndNotKept(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		d.mustHaveAlice(t)
		d.loginAs(t, byName, "guess")
		want := domain.AuditRecord{
			Event: domain.AuditLogin, Result: domain.AuditRefused, Reason: "invalid_password", LoginType: "m.login.password", User: alicesID,
		}
		d.wantLastLine(t, want)
		d.loginAs(t, `"identifier":{"type":"m.id.user","user":"nobody"}`, "guess")
		want.User = ""
		d.wantLastLine(t, want)
		d.accounted(t, "the table")
		if a := d.loginAs(t, byName, alicesPassword, `"device_id":"PHONE"`); a.status != 200 {
			t.Fatalf("got %s", a)
		}
		login := done(domain.AuditLogin)
		login.LoginType, login.Evidence = "m.login.password", domain.Evidence{Verified: true}
		d.accounted(t, "the login", login)
	})
}

// The login's metrics have the provider's name from the configuration, or none.
func TestLoginsAreCountedByProvider(t *testing.T) {
	d := open(t, confirmable, "memory:")
	d.mustLogin(t, corp("alice"))
	d.login(t, jwt(claims{"sub": "alice", "iss": "corp", "exp": 1}))
	d.login(t, sign(input(corp("alice")), "x"))
	d.login(t, jwt(claims{"sub": "alice", "iss": "evil"}))
	d.login(t, jwt(claims{"sub": "alice", "iss": "partner", "aud": "x"}))
	metrics := d.metrics(t)
	for _, want := range []string{
		`doorward_login_total{provider="corp",reason="",result="ok",type="org.matrix.login.jwt"} 1`,
		`doorward_login_total{provider="corp",reason="expired_token",result="refused",type="org.matrix.login.jwt"} 1`,
		`doorward_login_total{provider="corp",reason="bad_signature",result="refused",type="org.matrix.login.jwt"} 1`,
		`doorward_login_total{provider="",reason="bad_signature",result="refused",type="org.matrix.login.jwt"} 1`,
		`doorward_login_total{provider="partner",reason="invalid_claim",result="refused",type="org.matrix.login.jwt"} 1`,
		`doorward_audit_dropped_total 0`,
	} {
		if !strings.Contains(metrics, want+"\n") {
			t.Errorf("there is no %s", want)
		}
	}
	if strings.Contains(metrics, "evil") {
		t.Error("a client chose a label")
	}
}

// metrics returns what the operators' listener says.
func (d *door) metrics(t *testing.T) string {
	t.Helper()
	w := httptest.NewRecorder()
	d.MetricsHandler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}
