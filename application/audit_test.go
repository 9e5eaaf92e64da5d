package application_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
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

// A ledger is a repository of audit records that can be shut, or frozen, and that
// remembers how many it was given at once, and which, in their order.
type ledger struct {
	ports.AuditRepository
	mu     sync.Mutex // guards shut
	shut   error
	frozen bool // it answers when nobody waits any more
	takes  time.Duration
	sizes  []int
	got    []string
}

func newLedger() *ledger { return &ledger{AuditRepository: memstore.New().Repositories().Audit} }

func (l *ledger) Add(ctx context.Context, records []domain.AuditRecord) error {
	if l.frozen {
		<-ctx.Done()
		return ctx.Err()
	}
	time.Sleep(l.takes) // in a bubble, or not at all
	if err := l.isShut(); err != nil {
		return err
	}
	if err := l.AuditRepository.Add(ctx, records); err != nil {
		return err
	}
	l.sizes = append(l.sizes, len(records))
	for _, r := range records {
		l.got = append(l.got, r.ID)
	}
	return nil
}

func (l *ledger) isShut() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shut
}

// becomes shuts it while others use it, or opens it again.
func (l *ledger) becomes(shut error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shut = shut
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

// A recorder is Background with an audit, in a bubble of synctest.
type recorder struct {
	*ledger
	audit *application.Audit
	noted int
	stop  func() // ends it, and waits until it has ended

	logging sync.Mutex
	log     bytes.Buffer
}

// Write takes a line of the log.
func (r *recorder) Write(line []byte) (int, error) {
	r.logging.Lock()
	defer r.logging.Unlock()
	return r.log.Write(line)
}

func (r *recorder) logged() string {
	r.logging.Lock()
	defer r.logging.Unlock()
	return r.log.String()
}

func startRecorder(t *testing.T) *recorder {
	r := &recorder{ledger: newLedger()}
	r.audit = newAudit(r.ledger, kept)
	b := application.Background{
		LastSeen: application.NewLastSeen(&diary{}, time.Now), Audit: r.audit, Log: slog.New(slog.NewTextHandler(r, nil)),
	}
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { b.Run(ctx); close(ended) }()
	r.stop = func() { end(); <-ended }
	return r
}

// note notes n records, a hundred at a time, and returns how many were dropped.
func (r *recorder) note(n int) (dropped int) {
	for i := range n {
		r.noted++
		if !r.audit.Note(aLogin(fmt.Sprintf("%08d", r.noted))) {
			dropped++
		}
		if i%100 == 0 {
			synctest.Wait()
		}
	}
	synctest.Wait()
	return dropped
}

// Within a second come many more than there is room for. They are written down
// meanwhile; but if that fails, the database is let alone.
func TestManyRecordsAreWrittenDownAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRecorder(t)
		if dropped := r.note(30_000); dropped > 0 || len(r.sizes) > 61 {
			t.Errorf("%d were dropped; written were %v", dropped, r.sizes)
		}
		r.becomes(domain.ErrUnavailable)
		dropped := r.note(12_345)
		if dropped < 2345 {
			t.Errorf("%d were dropped", dropped)
		}
		time.Sleep(9 * time.Second) // of the bubble's clock
		synctest.Wait()
		if strings.Count(r.logged(), "level=WARN") != 1 {
			t.Errorf("logged %s", r.logged())
		}
		time.Sleep(2 * time.Second) // of the bubble's clock
		synctest.Wait()
		if strings.Count(r.logged(), "level=WARN") != 2 {
			t.Errorf("logged %s", r.logged())
		}
		r.becomes(nil)
		time.Sleep(200 * time.Millisecond) // of the bubble's clock
		synctest.Wait()
		if dropped := r.note(30_000); dropped > 0 {
			t.Errorf("%d were dropped when the database was back", dropped)
		}
		r.stop()
		if len(r.got) != r.noted-dropped || !slices.IsSorted(r.got) {
			t.Errorf("%d of %d were written down, in order: %t", len(r.got), r.noted, slices.IsSorted(r.got))
		}
	})
}

// While records come all the time, each write takes a while, and others come
// meanwhile.
func TestRecordsAreNotWrittenDownOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRecorder(t)
		r.takes = 2 * time.Millisecond
		for range 10_000 {
			r.note(1)
			time.Sleep(time.Millisecond) // of the bubble's clock
		}
		r.stop()
		if len(r.got) != 10_000 || len(r.sizes) > 40 {
			t.Errorf("%d were written down, by %d writes", len(r.got), len(r.sizes))
		}
	})
}

func TestAWriteThatTheEndBreaksOffIsDoneAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRecorder(t)
		r.frozen = true
		r.note(600) // these are being written
		r.frozen = false
		r.stop()
		if len(r.got) != 600 || !slices.IsSorted(r.got) || r.logged() != "" {
			t.Errorf("%d were written down; logged %s", len(r.got), r.logged())
		}
	})
}

func TestADatabaseThatDoesNotAnswerDoesNotHoldUpTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startRecorder(t)
		r.frozen = true
		r.note(600)
		began := time.Now()
		r.stop()
		if took := time.Since(began); took != 5*time.Second || !strings.Contains(r.logged(), "600 records wait") {
			t.Errorf("it took %v; logged %s", took, r.logged())
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
