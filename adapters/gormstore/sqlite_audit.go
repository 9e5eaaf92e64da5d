package gormstore

import "context"

const addRecord = insertRecord + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"

// addRecords implements dialect.
func (sqlite) addRecords(ctx context.Context, c calls, rows []auditRow) error {
	return transactOnSQLite(ctx, c, func(on statements) error {
		for _, r := range rows {
			err := execute(on, addRecord,
				r.ID, r.At, r.Event, r.Result, r.Reason, r.Detail, r.LoginType, r.Provider, r.KeyID, r.Subject,
				r.Verified, r.UserID, r.UserCreated, r.DeviceID, r.Actor, r.Address)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
