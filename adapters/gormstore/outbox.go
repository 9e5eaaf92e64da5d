package gormstore

import (
	"context"
	"database/sql"
	"slices"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// A noticeRow is a row of the table outbox.
type noticeRow struct {
	Seq       int64 `gorm:"primaryKey;autoIncrement"`
	UserID    string
	Kind      string
	DeviceID  string
	Body      string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

// TableName tells GORM the table.
func (noticeRow) TableName() string { return "outbox" }

func (r noticeRow) notice() domain.Notice {
	return domain.Notice{
		ID: r.Seq, User: domain.UserID(r.UserID), Kind: domain.NoticeKind(r.Kind),
		Device: domain.DeviceID(r.DeviceID), Text: r.Body, At: fromMillis(r.CreatedAt),
	}
}

// rowOfNotice returns the row of a notice that has no number yet, or
// domain.ErrInvalidParam.
func rowOfNotice(n domain.Notice) (noticeRow, error) {
	row := noticeRow{
		UserID: string(n.User), Kind: string(n.Kind), DeviceID: string(n.Device), Body: n.Text, CreatedAt: n.At.UnixMilli(),
	}
	return row, domain.CheckText(row.UserID, row.Kind, row.DeviceID, row.Body)
}

// outbox is the ports.OutboxRepository.
type outbox struct{ calls calls }

// Add gives the numbers in the order of the rows: both databases number the rows
// of a statement one after another. On PostgreSQL numbers are taken when rows are
// written, not when they are committed: that is why whoever adds holds the user.
func (o outbox) Add(ctx context.Context, notices ...domain.Notice) (ids []int64, err error) {
	rows := make([]noticeRow, len(notices))
	for i, n := range notices {
		if rows[i], err = rowOfNotice(n); err != nil {
			return nil, err
		}
	}
	err = o.calls.transact(ctx, func(db *gorm.DB) error {
		ids = nil
		for some := range slices.Chunk(slices.Clone(rows), rowsAtOnce) { // GORM writes the numbers into them
			if err := db.Create(some).Error; err != nil {
				return err
			}
			for _, row := range some {
				ids = append(ids, row.Seq)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

func (o outbox) List(ctx context.Context, user domain.UserID, limit int) ([]domain.Notice, error) {
	if err := domain.CheckText(string(user)); err != nil {
		return nil, err
	}
	var rows []noticeRow
	err := o.calls.read(ctx, func(db *gorm.DB) error {
		rows = nil
		return db.Where("user_id = ?", string(user)).Order("seq").Limit(limit).Find(&rows).Error
	})
	if err != nil {
		return nil, err
	}
	list := make([]domain.Notice, len(rows))
	for i, row := range rows {
		list[i] = row.notice()
	}
	return list, nil
}

func (o outbox) Delete(ctx context.Context, ids ...int64) error {
	return o.calls.transact(ctx, func(db *gorm.DB) error {
		for some := range slices.Chunk(ids, atOnce) {
			if err := db.Where("seq IN ?", some).Delete(&noticeRow{}).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// Backlog looks at every entry of an index: a million take some 50 milliseconds.
func (o outbox) Backlog(ctx context.Context) (b domain.Backlog, err error) {
	var oldest sql.NullInt64
	err = o.calls.read(ctx, func(db *gorm.DB) error {
		return scanOne(db.Raw("SELECT count(*), (SELECT created_at FROM outbox ORDER BY seq LIMIT 1) FROM outbox"), &b.Notices, &oldest)
	})
	if err != nil {
		return domain.Backlog{}, err
	}
	b.Oldest = timeOf(oldest)
	return b, nil
}
