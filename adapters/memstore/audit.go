package memstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// audit is the ports.AuditRepository.
type audit struct{ calls calls }

func (a audit) Add(ctx context.Context, records []domain.AuditRecord) error {
	return a.calls.write(ctx, func(v *view) error {
		for _, r := range records {
			if err := checkRecord(r); err != nil {
				return err
			}
		}
		for _, r := range records {
			if _, ok := v.audit.get(r.ID); !ok {
				r.At = milliseconds(r.At)
				v.audit.set(r.ID, r)
			}
		}
		return nil
	})
}

func checkRecord(r domain.AuditRecord) error {
	return domain.CheckText(r.ID, string(r.Event), string(r.Result), r.Reason, r.Detail, r.LoginType,
		r.Provider, r.KeyID, r.Subject, string(r.User), r.Device, r.Actor, r.Address)
}

func (a audit) List(ctx context.Context, query domain.AuditQuery) ([]domain.AuditRecord, error) {
	return ask(ctx, a.calls.read, func(v *view) (list []domain.AuditRecord, err error) {
		if err := domain.CheckText(string(query.User), string(query.Event)); err != nil {
			return nil, err
		}
		for _, r := range v.audit.all() {
			if isAsked(r, query) {
				list = append(list, r)
			}
		}
		slices.SortFunc(list, func(a, b domain.AuditRecord) int {
			return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID))
		})
		return list[:min(len(list), query.Limit)], nil
	})
}

func isAsked(r domain.AuditRecord, query domain.AuditQuery) bool {
	return (query.User == "" || r.User == query.User) && (query.Event == "" || r.Event == query.Event) &&
		!r.At.Before(milliseconds(query.Since))
}

func (a audit) DeleteBefore(ctx context.Context, t time.Time) (int, error) {
	return ask(ctx, a.calls.write, func(v *view) (int, error) {
		return v.audit.removeAll(func(r domain.AuditRecord) bool { return r.At.Before(milliseconds(t)) }), nil
	})
}
