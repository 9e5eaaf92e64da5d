package memstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// outbox is the ports.OutboxRepository.
type outbox struct{ calls calls }

// lastNotice is the key of the greatest id that a notice ever had. Ids of
// notices that are deleted are not given again.
type lastNotice struct{}

func (o outbox) Add(ctx context.Context, notices ...domain.Notice) ([]int64, error) {
	return ask(ctx, o.calls.write, func(v *view) (ids []int64, err error) {
		for _, n := range notices {
			if err := domain.CheckText(string(n.User), string(n.Kind), string(n.Device), n.Text); err != nil {
				return nil, err
			}
		}
		last, _ := v.lastNotice.get(lastNotice{})
		for _, n := range notices {
			last++
			n.ID, n.At = last, milliseconds(n.At)
			v.outbox.set(n.ID, n)
			ids = append(ids, n.ID)
		}
		v.lastNotice.set(lastNotice{}, last)
		return ids, nil
	})
}

func (o outbox) List(ctx context.Context, user domain.UserID, limit int) ([]domain.Notice, error) {
	return ask(ctx, o.calls.read, func(v *view) (list []domain.Notice, err error) {
		if err := domain.CheckText(string(user)); err != nil {
			return nil, err
		}
		for _, n := range v.outbox.all() {
			if n.User == user {
				list = append(list, n)
			}
		}
		slices.SortFunc(list, byID)
		return list[:min(len(list), limit)], nil
	})
}

func (o outbox) Delete(ctx context.Context, ids ...int64) error {
	return o.calls.write(ctx, func(v *view) error {
		for _, id := range ids {
			v.outbox.remove(id)
		}
		return nil
	})
}

func (o outbox) Due(ctx context.Context, now time.Time, limit int) ([]domain.UserID, error) {
	return ask(ctx, o.calls.read, func(v *view) (due []domain.UserID, err error) {
		for _, n := range v.firstNotices() {
			if len(due) < limit && v.isDue(n.User, milliseconds(now)) {
				due = append(due, n.User)
			}
		}
		return due, nil
	})
}

func (o outbox) Backlog(ctx context.Context) (domain.Backlog, error) {
	return ask(ctx, o.calls.read, func(v *view) (b domain.Backlog, err error) {
		for range v.outbox.all() {
			b.Notices++
		}
		if first := v.firstNotices(); len(first) > 0 {
			b.Oldest = first[0].At
		}
		return b, nil
	})
}

// firstNotices returns the first notice of each user who has one, in their order.
func (v *view) firstNotices() []domain.Notice {
	first := map[domain.UserID]domain.Notice{}
	for _, n := range v.outbox.all() {
		if f, ok := first[n.User]; !ok || n.ID < f.ID {
			first[n.User] = n
		}
	}
	var list []domain.Notice
	for _, n := range first {
		list = append(list, n)
	}
	slices.SortFunc(list, byID)
	return list
}

// isDue says whether somebody may tell the homeserver of the user now.
func (v *view) isDue(user domain.UserID, now time.Time) bool {
	lease, _ := v.leases.get(user)
	return !lease.HeldFrom("", now) && !lease.RetryAt.After(now)
}

func byID(a, b domain.Notice) int { return cmp.Compare(a.ID, b.ID) }
