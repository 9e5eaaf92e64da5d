package gormstore

import (
	"context"

	"gorm.io/gorm"
)

const addRecordsOnPostgres = insertRecord + `
SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
	$8::text[], $9::text[], $10::text[], $11::boolean[], $12::text[], $13::boolean[], $14::text[], $15::text[], $16::text[])
ON CONFLICT (id) DO NOTHING`

// addRecords implements dialect: it is one statement with an array for each column.
func (postgres) addRecords(ctx context.Context, c calls, rows []auditRow) error {
	return c.write(ctx, func(db *gorm.DB) error {
		ctx := db.Statement.Context
		_, err := db.Statement.ConnPool.ExecContext(ctx, addRecordsOnPostgres,
			column(rows, func(r auditRow) string { return r.ID }),
			column(rows, func(r auditRow) int64 { return r.At }),
			column(rows, func(r auditRow) string { return r.Event }),
			column(rows, func(r auditRow) string { return r.Result }),
			column(rows, func(r auditRow) string { return r.Reason }),
			column(rows, func(r auditRow) string { return r.Detail }),
			column(rows, func(r auditRow) string { return r.LoginType }),
			column(rows, func(r auditRow) string { return r.Provider }),
			column(rows, func(r auditRow) string { return r.KeyID }),
			column(rows, func(r auditRow) string { return r.Subject }),
			column(rows, func(r auditRow) bool { return r.Verified }),
			column(rows, func(r auditRow) string { return r.UserID }),
			column(rows, func(r auditRow) bool { return r.UserCreated }),
			column(rows, func(r auditRow) string { return r.DeviceID }),
			column(rows, func(r auditRow) string { return r.Actor }),
			column(rows, func(r auditRow) string { return r.Address }),
		)
		return err
	})
}
