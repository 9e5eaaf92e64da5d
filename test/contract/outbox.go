package contract

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// notice is a notice of which everything is said.
func notice(user domain.UserID, text string) domain.Notice {
	return domain.Notice{User: user, Kind: domain.DeviceRenamed, Device: "PHONE, 🚪", Text: text, At: noon}
}

var outboxPromises = []promise{
	{"a notice keeps all that it has but its id, and needs no user", func(t *trial) {
		odd := notice(nobody, "ß\n\\ %")
		odd.ID, odd.At = 99, noon.In(time.FixedZone("east", 5*3600)).Add(999*time.Microsecond)
		bare := domain.Notice{User: nobody, Kind: domain.UserErased}
		ids := t.addNotices(odd, bare)
		odd.ID, odd.At, bare.ID = ids[0], noon, ids[1]
		t.wantNotices(nobody, odd, bare)
	}},
	{"List returns the first notices of the user and of nobody else", func(t *trial) {
		var want []domain.Notice
		for i := range 5 {
			n := notice(alice, fmt.Sprint(i))
			n.At = later(-time.Duration(i) * time.Hour)
			ids := t.addNotices(notice("@Alice:example.org", "other"), n, notice(bob, "other"))
			n.ID = ids[1]
			want = append(want, n)
		}
		t.wantNotices(alice, want...)
		for limit := range 5 {
			got, err := t.Outbox.List(t.Context(), alice, limit)
			t.wantError(err, nil)
			t.wantEqual(got, want[:limit])
		}
		t.wantNotices(carol)
	}},
	{"many notices are added at once, all or none, in their order", func(t *trial) {
		var many []domain.Notice
		for i := range 1203 {
			many = append(many, notice(alice, fmt.Sprint(i)))
		}
		spoilt := slices.Clone(many)
		spoilt[1202].Text = "a\x00b"
		_, err := t.Outbox.Add(t.Context(), spoilt...)
		t.wantError(err, domain.ErrInvalidParam)
		t.wantNotices(alice)
		for i, id := range t.addNotices(many...) {
			many[i].ID = id
		}
		t.wantNotices(alice, many...)
		t.wantEqual(t.addNotices(), []int64{})
		t.wantNotices(alice, many...)
	}},
	{"Delete forgets the notices that are meant, as often as they are", func(t *trial) {
		first, second := notice(alice, "1"), notice(bob, "2")
		ids := t.addNotices(first, notice(alice, "3"), second, notice(bob, "4"))
		first.ID, second.ID = ids[0], ids[2]
		for range 2 {
			t.deleteNotices(ids[3], ids[1], ids[1], ids[3]+1000)
			t.deleteNotices()
			t.wantNotices(alice, first)
			t.wantNotices(bob, second)
		}
	}},
	{"Delete forgets many notices at once", func(t *trial) {
		stays := notice(alice, "stays")
		ids := t.addNotices(append(slices.Repeat([]domain.Notice{notice(alice, "")}, 2500), stays)...)
		stays.ID = ids[2500]
		t.deleteNotices(ids[:2500]...)
		t.wantNotices(alice, stays)
	}},
	{"no id is given twice, whatever was deleted or undone", func(t *trial) {
		last := int64(0)
		for range 3 {
			t.wantError(t.transact(func(tx *trial) error { tx.addNotices(notice(alice, "")); return errOwn }), errOwn)
			ids := t.addNotices(notice(alice, ""), notice(alice, ""))
			if ids[0] <= last || ids[1] <= ids[0] {
				t.Fatalf("after %d came %d", last, ids)
			}
			last = ids[1]
			t.deleteNotices(ids...)
		}
	}},
	{"notices of a user whom 20 lock at once are in the order in which they had it", func(t *trial) {
		t.create(domain.User{ID: alice, DisplayName: "0"})
		errs := together(20, func(int) error {
			return t.transact(func(tx *trial) error {
				user, err := tx.Users.Update(t.Context(), alice, func(u *domain.User) error {
					n, err := strconv.Atoi(u.DisplayName)
					u.DisplayName = strconv.Itoa(n + 1)
					return err
				})
				_, errAdd := tx.Outbox.Add(t.Context(), notice(alice, user.DisplayName), notice(alice, user.DisplayName))
				return errors.Join(err, errAdd)
			})
		})
		t.wantError(errors.Join(errs...), nil)
		list, err := t.Outbox.List(t.Context(), alice, 100)
		t.wantError(err, nil)
		var got, want []string
		for i, n := range list {
			got, want = append(got, n.Text), append(want, strconv.Itoa(i/2+1))
		}
		t.wantEqual(got, want)
		t.wantEqual(len(got), 40)
	}},
	{"Backlog counts the notices, and says when the first was written", func(t *trial) {
		t.wantBacklog(domain.Backlog{})
		first, second := notice(alice, ""), notice(bob, "")
		first.At, second.At = later(time.Hour+999*time.Microsecond), later(time.Minute)
		ids := t.addNotices(first, second, second)
		t.wantBacklog(domain.Backlog{Notices: 3, Oldest: later(time.Hour)})
		t.deleteNotices(ids[0])
		t.wantBacklog(domain.Backlog{Notices: 2, Oldest: later(time.Minute)})
		t.deleteNotices(ids...)
		t.wantBacklog(domain.Backlog{})
	}},
}

func (t *trial) addNotices(notices ...domain.Notice) []int64 {
	t.Helper()
	ids, err := t.Outbox.Add(t.Context(), notices...)
	t.wantError(err, nil)
	return ids
}

func (t *trial) deleteNotices(ids ...int64) {
	t.Helper()
	t.wantError(t.Outbox.Delete(t.Context(), ids...), nil)
}

func (t *trial) wantNotices(user domain.UserID, want ...domain.Notice) {
	t.Helper()
	got, err := t.Outbox.List(t.Context(), user, 10000)
	t.wantError(err, nil)
	t.wantEqual(got, want)
}

func (t *trial) wantBacklog(want domain.Backlog) {
	t.Helper()
	got, err := t.Outbox.Backlog(t.Context())
	t.wantError(err, nil)
	t.wantEqual(got, want)
}
