package gormstore

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// An auditRow is a row of the table audit_records.
type auditRow struct {
	ID          string `gorm:"primaryKey"`
	At          int64
	Event       string
	Result      string
	Reason      string
	Detail      string
	LoginType   string
	Provider    string
	KeyID       string
	Subject     string
	Verified    bool
	UserID      string
	UserCreated bool
	DeviceID    string
	Actor       string
	Address     string
}

const insertRecord = `
INSERT INTO audit_records (id, at, event, result, reason, detail, login_type, provider, key_id, subject,
	verified, user_id, user_created, device_id, actor, address) `

// TableName tells GORM the table.
func (auditRow) TableName() string { return "audit_records" }

func (r auditRow) record() domain.AuditRecord {
	return domain.AuditRecord{
		ID: r.ID, At: fromMillis(r.At),
		Event: domain.AuditEvent(r.Event), Result: domain.AuditResult(r.Result), Reason: r.Reason, Detail: r.Detail,
		LoginType: r.LoginType,
		Evidence:  domain.Evidence{Provider: r.Provider, KeyID: r.KeyID, Subject: r.Subject, Verified: r.Verified},
		User:      domain.UserID(r.UserID), UserCreated: r.UserCreated, Device: r.DeviceID, Actor: r.Actor, Address: r.Address,
	}
}

// rowOfRecord returns the row of an audit record, or domain.ErrInvalidParam.
func rowOfRecord(r domain.AuditRecord) (auditRow, error) {
	row := auditRow{
		ID: r.ID, At: r.At.UnixMilli(),
		Event: string(r.Event), Result: string(r.Result), Reason: r.Reason, Detail: r.Detail,
		LoginType: r.LoginType, Provider: r.Provider, KeyID: r.KeyID, Subject: r.Subject, Verified: r.Verified,
		UserID: string(r.User), UserCreated: r.UserCreated, DeviceID: r.Device, Actor: r.Actor, Address: r.Address,
	}
	return row, domain.CheckText(row.ID, row.Event, row.Result, row.Reason, row.Detail, row.LoginType,
		row.Provider, row.KeyID, row.Subject, row.UserID, row.DeviceID, row.Actor, row.Address)
}

// audit is the ports.AuditRepository.
type audit struct {
	calls calls
	add   func(ctx context.Context, c calls, rows []auditRow) error // of the dialect
}

func (a audit) Add(ctx context.Context, records []domain.AuditRecord) error {
	rows := make([]auditRow, len(records))
	for i, r := range records {
		var err error
		if rows[i], err = rowOfRecord(r); err != nil {
			return err
		}
	}
	return a.add(ctx, a.calls, rows)
}

func (a audit) List(ctx context.Context, query domain.AuditQuery) ([]domain.AuditRecord, error) {
	if err := domain.CheckText(string(query.User), string(query.Event)); err != nil {
		return nil, err
	}
	var rows []auditRow
	err := a.calls.read(ctx, func(db *gorm.DB) error {
		rows = nil
		return askedRecords(db, query).Order("at DESC, id DESC").Limit(query.Limit).Find(&rows).Error
	})
	if err != nil {
		return nil, err
	}
	list := make([]domain.AuditRecord, len(rows))
	for i, row := range rows {
		list[i] = row.record()
	}
	return list, nil
}

func askedRecords(db *gorm.DB, query domain.AuditQuery) *gorm.DB {
	if query.User != "" {
		db = db.Where("user_id = ?", string(query.User))
	}
	if query.Event != "" {
		db = db.Where("event = ?", string(query.Event))
	}
	if !query.Since.IsZero() {
		db = db.Where("at >= ?", query.Since.UnixMilli())
	}
	return db
}

func (a audit) DeleteBefore(ctx context.Context, t time.Time) (int, error) {
	return deleteExpired(ctx, a.calls, oldestRecordsExpire, t.UnixMilli()-1)
}
