package gormstore

import "gorm.io/gorm"

const addRecord = insertRecord + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"

// addRecords implements dialect.
func (sqlite) addRecords(db *gorm.DB, rows []auditRow) error {
	ctx := db.Statement.Context
	add, err := db.Statement.ConnPool.PrepareContext(ctx, addRecord)
	if err != nil {
		return err
	}
	defer add.Close()
	return executeForEach(ctx, add, rows, func(r auditRow) []any {
		return []any{
			r.ID, r.At, r.Event, r.Result, r.Reason, r.Detail, r.LoginType, r.Provider, r.KeyID, r.Subject,
			r.Verified, r.UserID, r.UserCreated, r.DeviceID, r.Actor, r.Address,
		}
	})
}
