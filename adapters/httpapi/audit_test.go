package httpapi_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// audited makes a door that keeps audit records.
func audited(t *testing.T) (d door, records func() []domain.AuditRecord) {
	t.Helper()
	var audit *application.Audit
	d = newDoor(func(a *httpapi.API) {
		audit = application.NewAudit(storeOf(a).Audit, application.AuditRules{Enabled: true}, time.Now)
		a.Audit = audit
	})
	return d, func() []domain.AuditRecord {
		t.Helper()
		if err := audit.Write(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, err := d.store.Repositories().Audit.List(t.Context(), domain.AuditQuery{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
}

func storeOf(a *httpapi.API) ports.Repositories { return a.Login.Storage.Repositories() }

func TestARecordSaysWhoDidWhatFromWhere(t *testing.T) {
	d, records := audited(t)
	a := d.do(t, "POST", loginPath, `{"type":"org.example.badge","token":"badge of alice","device_id":"D"}`)
	got := records()
	if len(got) != 1 || time.Since(got[0].At).Abs() > time.Minute {
		t.Fatalf("got %+v", got)
	}
	want := domain.AuditRecord{
		ID: a.header.Get("X-Request-Id"), At: got[0].At, Event: domain.AuditLogin, Result: domain.AuditOK, LoginType: "org.example.badge",
		Evidence: domain.Evidence{Provider: "gate", KeyID: "k1", Subject: "alice", Verified: true},
		User:     "@alice:example.org", UserCreated: true, Device: "D", Address: "192.0.2.1",
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Error(diff)
	}
}

func TestStrangersDoNotFillTheTable(t *testing.T) {
	d, records := audited(t)
	for range 3 {
		for _, body := range []string{
			`{"type":"org.example.badge","token":"no badge"}`, `{"type":"org.example.badge"}`, `{"type":"x"}`, `{`,
			`{"type":"org.example.badge","token":"unreachable"}`, `{"type":"org.example.badge","token":"bomb"}`,
		} {
			d.do(t, "POST", loginPath, body)
		}
		for _, path := range []string{"/_matrix/client/v3/logout", "/_matrix/client/v3/refresh", "/_matrix/client/v3/register", "/nonsense"} {
			d.do(t, "POST", path, `{"refresh_token":"x"}`, "Authorization: Bearer x")
		}
	}
	if got := records(); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
	if got := len(d.log.entries(t, "request")); got != 30 {
		t.Errorf("%d lines of log", got)
	}
	d.do(t, "POST", loginPath, `{"type":"org.example.badge","token":"old badge"}`)
	if got := records(); len(got) != 1 || got[0].Reason != "expired_badge" || got[0].Result != domain.AuditRefused {
		t.Errorf("got %+v", got)
	}
}

// closedBook is a repository that cannot be reached.
type closedBook struct{ ports.AuditRepository }

func (closedBook) Add(context.Context, []domain.AuditRecord) error { return domain.ErrUnavailable }

func TestRecordsWithoutRoomAreCountedAndNoRequestWaits(t *testing.T) {
	var audit *application.Audit
	d := newDoor(func(a *httpapi.API) {
		audit = application.NewAudit(closedBook{}, application.AuditRules{Enabled: true}, time.Now)
		a.Audit = audit
	})
	for audit.Note(domain.AuditRecord{Event: domain.AuditLogin, Result: domain.AuditOK}) {
	}
	d.login(t, "alice", "D")
	d.do(t, "GET", whoamiPath, "")
	if d.saw.dropped != 1 {
		t.Errorf("%d dropped", d.saw.dropped)
	}
}

func TestTheLineOfARequestIsTheAuditsToo(t *testing.T) {
	d, _ := audited(t)
	token := d.login(t, "alice", "D\u202e")
	d.do(t, "PUT", "/_matrix/client/v3/devices/D%E2%80%AE", `{"display_name":"x\r\nlevel=INFO msg=audit event=login"}`, "Authorization: Bearer "+token)
	d.do(t, "DELETE", "/_matrix/client/v3/devices/OTHER", "", "Authorization: Bearer "+token)
	d.do(t, "GET", whoamiPath, "", "Authorization: Bearer "+token)
	d.do(t, "POST", "/_matrix/client/v3/logout", "", "Authorization: Bearer "+token)
	type line struct{ Event, Result, User, Device any }
	var got []line
	for _, entry := range d.log.entries(t, "request") {
		got = append(got, line{entry["event"], entry["result"], entry["user"], entry["device"]})
	}
	const alice, device = "@alice:example.org", `D\u202e`
	want := []line{
		{"login", "ok", alice, device},
		{"device_renamed", "ok", alice, device},
		{nil, nil, alice, "OTHER"}, // it is to be confirmed first
		{nil, nil, alice, device},
		{"logout", "ok", alice, device},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
