package application_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// A ledger is a repository of audit records that can be shut, and that remembers
// how many it was given at once.
type ledger struct {
	ports.AuditRepository
	shut  error
	sizes []int
}

func newLedger() *ledger { return &ledger{AuditRepository: memstore.New().Repositories().Audit} }

func (l *ledger) Add(ctx context.Context, records []domain.AuditRecord) error {
	if l.shut != nil {
		return l.shut
	}
	l.sizes = append(l.sizes, len(records))
	return l.AuditRepository.Add(ctx, records)
}

// ids returns those of the records that are written down, the newest first.
func (l *ledger) ids(t *testing.T) (ids []string) {
	t.Helper()
	records, err := l.List(t.Context(), domain.AuditQuery{Limit: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		ids = append(ids, r.ID)
	}
	return ids
}

var kept = application.AuditRules{Enabled: true}

func newAudit(l *ledger, rules application.AuditRules) *application.Audit {
	return application.NewAudit(l, rules, func() time.Time { return at })
}

func aLogin(id string) domain.AuditRecord {
	return domain.AuditRecord{ID: id, At: at, Event: domain.AuditLogin, Result: domain.AuditOK}
}

func TestRecordsAreWrittenDownLaterInBatches(t *testing.T) {
	l := newLedger()
	audit := newAudit(l, kept)
	for i := range 1201 {
		if !audit.Note(aLogin(fmt.Sprintf("%04d", i))) {
			t.Fatal("there is no room")
		}
	}
	if got := l.ids(t); len(got) != 0 {
		t.Fatalf("%d were written down at once", len(got))
	}
	for range 2 { // the second time there is nothing to do
		if err := audit.Write(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]int{500, 500, 201}, l.sizes); diff != "" {
		t.Error(diff)
	}
	if got := l.ids(t); len(got) != 1201 || got[0] != "1200" {
		t.Errorf("%d were written down", len(got))
	}
}

func TestARecordIsEscapedBeforeItIsWrittenDown(t *testing.T) {
	l := newLedger()
	audit := newAudit(l, kept)
	r := aLogin("1")
	r.KeyID, r.Device = "k\r\nforged", "\x00\xff"
	audit.Note(r)
	if err := audit.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := l.List(t.Context(), domain.AuditQuery{Limit: 1})
	if err != nil || len(got) != 1 || got[0].KeyID != `k\r\nforged` || got[0].Device != `\x00\xff` {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestWhatIsNotKeptTakesNoRoom(t *testing.T) {
	refused := aLogin("refused")
	refused.Result = domain.AuditRefused
	for _, c := range []struct {
		rules  application.AuditRules
		record domain.AuditRecord
	}{{kept, refused}, {application.AuditRules{Retention: time.Hour}, aLogin("1")}} {
		l := newLedger()
		audit := newAudit(l, c.rules)
		if !audit.Note(c.record) {
			t.Error("it counts as dropped")
		}
		if err := audit.Write(t.Context()); err != nil || len(l.ids(t)) != 0 {
			t.Errorf("wrote %v, %v", l.ids(t), err)
		}
	}
}

func TestWhatCouldNotBeWrittenDownWaitsAndWhatFindsNoRoomIsDropped(t *testing.T) {
	l := newLedger()
	audit := newAudit(l, kept)
	l.shut = domain.ErrUnavailable
	const room = 10_000
	for i := range room + 7 {
		if ok := audit.Note(aLogin(fmt.Sprintf("%05d", i))); ok != (i < room) {
			t.Fatalf("record %d: %t", i, ok)
		}
	}
	for range 2 {
		err := audit.Write(t.Context())
		if !errors.Is(err, domain.ErrUnavailable) || !strings.Contains(err.Error(), "10000 records") {
			t.Errorf("got %v", err)
		}
	}
	l.shut = nil
	if err := audit.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := l.ids(t); len(got) != room || got[0] != "09999" || got[room-1] != "00000" {
		t.Errorf("%d were written down", len(got))
	}
	if !audit.Note(aLogin("again")) {
		t.Error("there is no room yet")
	}
}

func TestRecordsAreNotedWhileOthersAreWrittenDown(t *testing.T) {
	l := newLedger()
	audit := newAudit(l, kept)
	var working sync.WaitGroup
	for i := range 8 {
		working.Go(func() {
			for j := range 200 {
				audit.Note(aLogin(fmt.Sprint(i, " ", j)))
				if j%50 == 0 {
					if err := audit.Write(t.Context()); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	working.Wait()
	if err := audit.Write(t.Context()); err != nil || len(l.ids(t)) != 1600 {
		t.Errorf("%d were written down, %v", len(l.ids(t)), err)
	}
}

// Within a second come many more than there is room for. They are written down
// meanwhile; but if that fails, the database is let alone.
func TestManyRecordsAreWrittenDownAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, log := newLedger(), &bytes.Buffer{}
		audit := newAudit(l, kept)
		b := application.Background{
			LastSeen: application.NewLastSeen(&diary{}, time.Now), Audit: audit, Log: slog.New(slog.NewTextHandler(log, nil)),
		}
		ctx, end := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { b.Run(ctx); close(ended) }()
		rush := func(n int) (dropped int) {
			for i := range n {
				if !audit.Note(aLogin(fmt.Sprintf("%d %05d", n, i))) {
					dropped++
				}
				if i%1000 == 0 {
					synctest.Wait()
				}
			}
			synctest.Wait()
			return dropped
		}
		if dropped := rush(30_000); dropped > 0 {
			t.Errorf("%d were dropped", dropped)
		}
		l.shut = domain.ErrUnavailable
		dropped := rush(12_000)
		if dropped == 0 || strings.Count(log.String(), "level=WARN") != 1 {
			t.Errorf("%d were dropped; logged %s", dropped, log)
		}
		l.shut = nil
		end()
		<-ended
		if got := len(l.ids(t)); got != 42_000-dropped {
			t.Errorf("%d were written down, and %d dropped", got, dropped)
		}
	})
}

func TestRecordsAreKeptAsLongAsTheRulesSay(t *testing.T) {
	for _, c := range []struct {
		rules application.AuditRules
		want  []string
	}{
		{application.AuditRules{Enabled: true, Retention: time.Hour}, []string{"now", "an hour old"}},
		{application.AuditRules{Retention: time.Hour}, []string{"now", "an hour old"}}, // of the time when it was enabled
		{application.AuditRules{Enabled: true}, []string{"now", "an hour old", "older"}},
	} {
		l := newLedger()
		for id, age := range map[string]time.Duration{"now": 0, "an hour old": time.Hour, "older": time.Hour + time.Millisecond} {
			r := aLogin(id)
			r.At = at.Add(-age)
			if err := l.Add(t.Context(), []domain.AuditRecord{r}); err != nil {
				t.Fatal(err)
			}
		}
		if err := newAudit(l, c.rules).CleanUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, l.ids(t)); diff != "" {
			t.Errorf("%+v: %s", c.rules, diff)
		}
	}
}

func TestRecordsThatWaitAreWrittenDownInTheEnd(t *testing.T) {
	l, log := newLedger(), &bytes.Buffer{}
	audit := newAudit(l, kept)
	b := application.Background{
		LastSeen: application.NewLastSeen(&diary{}, func() time.Time { return at }), Audit: audit, Log: slog.New(slog.NewTextHandler(log, nil)),
	}
	ended, end := context.WithCancel(t.Context())
	end()
	audit.Note(aLogin("1"))
	b.Run(ended)
	if got := l.ids(t); len(got) != 1 || log.Len() != 0 {
		t.Errorf("wrote %v, logged %q", got, log)
	}
	l.shut = domain.ErrUnavailable
	audit.Note(aLogin("2"))
	b.Run(ended)
	if !strings.Contains(log.String(), "1 records wait") {
		t.Errorf("logged %q", log)
	}
}

func TestHowAChangeIsCalledInARecord(t *testing.T) {
	secret := "hunter2@example.org"
	for _, c := range []struct {
		change application.AccountChange
		event  domain.AuditEvent
		detail string
	}{
		{application.AccountChange{}, domain.AuditUserChanged, ""},
		{application.AccountChange{Locked: new(true)}, domain.AuditLocked, "locked=true"},
		{application.AccountChange{Locked: new(false)}, domain.AuditUnlocked, "locked=false"},
		{application.AccountChange{Suspended: new(true)}, domain.AuditSuspended, "suspended=true"},
		{application.AccountChange{Suspended: new(false)}, domain.AuditUnsuspended, "suspended=false"},
		{application.AccountChange{Admin: new(true)}, domain.AuditAdminGranted, "admin=true"},
		{application.AccountChange{Admin: new(false)}, domain.AuditAdminRevoked, "admin=false"},
		{application.AccountChange{Deactivated: new(true), Erase: true}, domain.AuditDeactivated, "deactivated=true, erase"},
		{application.AccountChange{Deactivated: new(false), Password: &secret}, domain.AuditReactivated, "deactivated=false, password"},
		{application.AccountChange{Password: &secret}, domain.AuditPasswordChanged, "password"},
		{application.AccountChange{DisplayName: &secret, AvatarURL: &secret}, domain.AuditUserChanged, "display_name, avatar_url"},
		{application.AccountChange{
			Locked: new(true), Admin: new(true), Password: &secret, ThirdPartyIDs: &[]domain.ThirdPartyID{{Address: secret}},
		}, domain.AuditLocked, "locked=true, admin=true, password, addresses"},
	} {
		event, detail := c.change.Audited()
		if event != c.event || detail != c.detail {
			t.Errorf("%+v: %s %q; want %s %q", c.change, event, detail, c.event, c.detail)
		}
	}
	for measure, want := range map[application.Measure]domain.AuditEvent{
		application.Lock: domain.AuditLocked, application.Suspension: domain.AuditSuspended,
	} {
		if event, _ := measure.Audited(true); event != want {
			t.Errorf("%v: %s", measure, event)
		}
	}
}
