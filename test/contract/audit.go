package contract

import (
	"fmt"
	"slices"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// record is an audit record of which everything is said.
func record(id string, at time.Time) domain.AuditRecord {
	return domain.AuditRecord{
		ID: id, At: at, Event: domain.AuditLogin, Result: domain.AuditRefused, Reason: "user_locked", Detail: "locked=true, password",
		LoginType: "org.matrix.login.jwt",
		Evidence:  domain.Evidence{Provider: "corp", KeyID: `2026\n`, Subject: "ålice", Verified: true},
		User:      alice, UserCreated: true, Device: "PHONE, 🚪", Actor: "@admin:example.org", Address: "2001:db8::1",
	}
}

var auditPromises = []promise{
	{"an audit record keeps all that it has, and needs no user", func(t *trial) {
		t.addRecords(record("r", noon.Add(999*time.Microsecond)), domain.AuditRecord{ID: "s", At: later(-time.Hour)})
		t.wantRecords(domain.AuditQuery{Limit: 10}, record("r", noon), domain.AuditRecord{ID: "s", At: later(-time.Hour)})
	}},
	{"audit records come with the newest first, those of one time by the bytes of their ids", func(t *trial) {
		ids := []string{"_", "a", "A", "aa", "B", "ä"}
		for i, at := range []time.Time{noon, later(moment), later(-moment)} {
			var batch []domain.AuditRecord
			for _, id := range ids {
				batch = append(batch, record(fmt.Sprint(id, i), at))
			}
			t.addRecords(batch...)
		}
		var want []domain.AuditRecord
		for _, i := range []int{1, 0, 2} {
			for _, id := range []string{"ä", "aa", "a", "_", "B", "A"} {
				want = append(want, record(fmt.Sprint(id, i), later([]time.Duration{0, moment, -moment}[i])))
			}
		}
		t.wantRecords(domain.AuditQuery{Limit: 100}, want...)
		t.wantRecords(domain.AuditQuery{Limit: 7}, want[:7]...)
		t.wantRecords(domain.AuditQuery{Limit: 0})
	}},
	{"audit records are found by user, event and time, byte by byte and to the millisecond", func(t *trial) {
		of := func(id string, user domain.UserID, event domain.AuditEvent, at time.Time) domain.AuditRecord {
			r := record(id, at)
			r.User, r.Event = user, event
			return r
		}
		old := of("1", alice, domain.AuditLogin, noon)
		out := of("2", alice, domain.AuditLogout, later(moment))
		his := of("3", bob, domain.AuditLogin, later(2*moment))
		odd := of("4", "@Alice:example.org", domain.AuditLogin, later(3*moment))
		t.addRecords(odd, old, his, out)
		for _, c := range []struct {
			query domain.AuditQuery
			want  []domain.AuditRecord
		}{
			{domain.AuditQuery{User: alice}, []domain.AuditRecord{out, old}},
			{domain.AuditQuery{Event: domain.AuditLogin}, []domain.AuditRecord{odd, his, old}},
			{domain.AuditQuery{User: alice, Event: domain.AuditLogin}, []domain.AuditRecord{old}},
			{domain.AuditQuery{Since: later(moment)}, []domain.AuditRecord{odd, his, out}},
			{domain.AuditQuery{Since: later(moment + 999*time.Microsecond)}, []domain.AuditRecord{odd, his, out}},
			{domain.AuditQuery{User: alice, Event: domain.AuditLogout, Since: later(2 * moment)}, nil},
			{domain.AuditQuery{User: "%"}, nil},
			{domain.AuditQuery{Event: "log%"}, nil},
		} {
			c.query.Limit = 10
			t.wantRecords(c.query, c.want...)
		}
	}},
	{"audit records that are added again stay as they are", func(t *trial) {
		first, second := record("1", noon), record("2", noon)
		t.addRecords(first)
		other := record("1", far)
		other.User = bob
		t.addRecords(other, second, record("2", far))
		t.wantRecords(domain.AuditQuery{Limit: 10}, second, first)
		t.addRecords()
	}},
	{"many audit records are added at once, all or none", func(t *trial) {
		var batch []domain.AuditRecord
		for i := range 1203 {
			batch = append(batch, record(fmt.Sprintf("%04d", i), noon))
		}
		spoilt := slices.Clone(batch)
		spoilt[1202].Reason = "a\x00b"
		t.wantError(t.Audit.Add(t.Context(), spoilt), domain.ErrInvalidParam)
		t.wantRecords(domain.AuditQuery{Limit: 10})
		t.addRecords(batch...)
		slices.Reverse(batch)
		t.wantRecords(domain.AuditQuery{Limit: 2000}, batch...)
		n, err := t.Audit.DeleteBefore(t.Context(), later(moment))
		t.wantError(err, nil)
		t.wantEqual(n, 1203)
	}},
	{"DeleteBefore deletes the audit records that are older than its time, and says how many", func(t *trial) {
		t.addRecords(record("1", later(-moment)), record("2", noon), record("3", later(moment)), record("4", later(-time.Hour)))
		for _, want := range []int{2, 0} {
			n, err := t.Audit.DeleteBefore(t.Context(), noon)
			t.wantError(err, nil)
			t.wantEqual(n, want)
		}
		t.wantRecords(domain.AuditQuery{Limit: 10}, record("3", later(moment)), record("2", noon))
	}},
}

func (t *trial) addRecords(records ...domain.AuditRecord) {
	t.Helper()
	t.wantError(t.Audit.Add(t.Context(), records), nil)
}

func (t *trial) wantRecords(query domain.AuditQuery, want ...domain.AuditRecord) {
	t.Helper()
	got, err := t.Audit.List(t.Context(), query)
	t.wantError(err, nil)
	t.wantEqual(got, want)
}
