package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestAuditRecordsAreListed(t *testing.T) {
	r := inMigratedFolder(t)
	now := time.Now().UTC().Truncate(time.Second)
	err := r.Audit.Add(t.Context(), []domain.AuditRecord{
		{
			ID: "R1", At: now.Add(-3 * time.Hour), Event: domain.AuditLogin, Result: domain.AuditOK, LoginType: "org.matrix.login.jwt",
			Evidence: domain.Evidence{Provider: "corp", KeyID: `k\r\n1`, Subject: "alice", Verified: true},
			User:     "@alice:localhost", UserCreated: true, Device: "PHONE", Address: "192.0.2.1",
		},
		{ID: "R2", At: now.Add(-time.Hour), Event: domain.AuditLogin, Result: domain.AuditRefused, Reason: "user_locked", User: "@bob:localhost", Address: "192.0.2.2"},
		{ID: "R3", At: now.Add(-time.Minute), Event: domain.AuditLocked, Result: domain.AuditOK, Detail: "locked=true", User: "@alice:localhost", Actor: "@admin:localhost"},
		{ID: "R4", At: now.Add(-2 * time.Minute), Event: domain.AuditTokenCreated, Result: domain.AuditOK, Actor: domain.ActorProgram},
	})
	if err != nil {
		t.Fatal(err)
	}
	stamp := func(age time.Duration) string { return now.Add(-age).Format(time.RFC3339) }
	want := strings.Join([]string{
		stamp(time.Minute) + "  locked                      ok                    @alice:localhost  -      -          by @admin:localhost, locked=true, id R3",
		stamp(2*time.Minute) + "  registration_token_created  ok                    -                 -      -          by api_token, id R4",
		stamp(time.Hour) + "  login                       refused: user_locked  @bob:localhost    -      192.0.2.2  id R2",
		stamp(3*time.Hour) + `  login                       ok                    @alice:localhost  PHONE  192.0.2.1  org.matrix.login.jwt, provider corp, key k\r\n1, subject alice, new user, id R1`,
	}, "\n") + "\n"
	if diff := cmp.Diff(want, done(t, "", "audit list")); diff != "" {
		t.Error(diff)
	}
	for args, want := range map[string]string{
		"":                                "R3 R4 R2 R1",
		"--limit 2":                       "R3 R4",
		"--user alice":                    "R3 R1",
		"--user @bob:localhost":           "R2",
		"--user nobody":                   "",
		"--event login":                   "R2 R1",
		"--event login --user alice":      "R1",
		"--since 2h":                      "R3 R4 R2",
		"--since 90s --event login":       "",
		"--since 90m --limit 1 --user @a": "",
	} {
		var list []shownRecord
		if err := json.Unmarshal([]byte(done(t, "", "audit list --json "+args)), &list); err != nil || list == nil {
			t.Fatalf("%s: %+v, %v", args, list, err)
		}
		var ids []string
		for _, r := range list {
			ids = append(ids, r.ID)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s: got %q, want %q", args, got, want)
		}
	}
}

func TestWhatIsDoneAtTheCommandLineIsAccountedFor(t *testing.T) {
	r := inMigratedFolder(t)
	device := func() {
		t.Helper()
		if err := r.Devices.Create(t.Context(), domain.Device{UserID: "@alice:localhost", ID: "PHONE", CreatedAt: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	by := func(event domain.AuditEvent, detail string) []domain.AuditRecord {
		return []domain.AuditRecord{{Event: event, Result: domain.AuditOK, Detail: detail, User: "@alice:localhost", Actor: "command"}}
	}
	added := by(domain.AuditRegistered, "admin=false, password")
	added[0].UserCreated = true
	deleted := by(domain.AuditDeviceDeleted, "")
	deleted[0].Device = "PHONE"
	for _, c := range []struct {
		args, stdin string
		before      func()
		want        []domain.AuditRecord
	}{
		{"user add alice --password-stdin", "correct horse", nil, added},
		{"user lock alice", "", nil, by(domain.AuditLocked, "locked=true")},
		{"user unlock alice", "", nil, by(domain.AuditUnlocked, "locked=false")},
		{"user suspend alice", "", nil, by(domain.AuditSuspended, "suspended=true")},
		{"user unsuspend alice", "", nil, by(domain.AuditUnsuspended, "suspended=false")},
		{"user set-admin alice", "", nil, by(domain.AuditAdminGranted, "admin=true")},
		{"user set-admin alice --remove", "", nil, by(domain.AuditAdminRevoked, "admin=false")},
		{"user set-password alice --password-stdin", "battery staple", nil, by(domain.AuditPasswordChanged, "password")},
		{"device delete alice PHONE", "", device, deleted},
		{"device delete alice --all", "", device, by(domain.AuditLogoutAll, "")},
		{"user logout alice", "", device, by(domain.AuditLogoutAll, "")},
		{"user deactivate alice --erase", "", nil, by(domain.AuditDeactivated, "deactivated=true, erase")},
		{"user reactivate alice", "", nil, by(domain.AuditReactivated, "deactivated=false")},
		{"user list", "", nil, nil},
		{"user show alice", "", nil, nil},
		{"device list alice", "", nil, nil},
		{"audit list", "", nil, nil},
	} {
		if c.before != nil {
			c.before()
		}
		done(t, c.stdin, c.args)
		got, err := r.Audit.List(t.Context(), domain.AuditQuery{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(domain.AuditRecord{}, "ID", "At")); diff != "" {
			t.Errorf("%s: %s", c.args, diff)
		}
		if _, err := r.Audit.DeleteBefore(t.Context(), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	code, _, errs := doorwardIn(t, []string{"DOORWARD_AUDIT_ENABLED=false"}, "", "user", "lock", "alice")
	if got, err := r.Audit.List(t.Context(), domain.AuditQuery{Limit: 10}); code != 0 || err != nil || len(got) != 0 {
		t.Errorf("without a table: exit code %d, %s; %+v, %v", code, errs, got, err)
	}
}

func TestAuditCommandsThatAreMisused(t *testing.T) {
	inMigratedFolder(t)
	for _, c := range []struct {
		args string
		says string
	}{
		{"audit list --event logn", `there is no "logn"; there are login, logout,`},
		{"audit list --limit 0", "--limit"},
		{"audit list --limit=-1", "--limit"},
		{"audit list --since=-1h", "--since"},
		{"audit list --since yesterday", "--since"},
		{"audit list alice", "alice"},
	} {
		code, out, errs := doorward(t, "", strings.Fields(c.args)...)
		if code != 2 || !strings.Contains(errs, c.says) || strings.Count(errs, "\n") != 1 || out != "" {
			t.Errorf("%s: exit code %d, %q, %q", c.args, code, out, errs)
		}
	}
	for _, c := range []struct {
		settings string
		code     int
		says     string
	}{
		{twoProviders, 2, "memory:, which only the running server can see"},
		{"server_name: a\n", 1, "there is no database yet"},
	} {
		inFolder(t, map[string]string{"doorward.yaml": c.settings})
		code, _, errs := doorward(t, "", "audit", "list")
		if code != c.code || !strings.Contains(errs, c.says) || strings.Contains(errs, "_synapse") || strings.Count(errs, "\n") != 1 {
			t.Errorf("exit code %d: %s", code, errs)
		}
	}
}
