package gormstore

import "gorm.io/gorm"

// The oldest rows of each table are found by an index of their times, and deleted by
// their keys. PostgreSQL looks an array up in the index of the keys, where it may
// compare a list with each row of a table that is not large. It looks at the time once more: a row may have been given another one
// while the statement waited for it.
const (
	oldestTickets = `SELECT hash FROM tickets WHERE expires_at >= ? AND expires_at <= ? ORDER BY expires_at LIMIT 1000`

	deleteTicketsPostgres = `DELETE FROM tickets WHERE hash = ANY (ARRAY (` + oldestTickets + `)) AND expires_at <= ? RETURNING expires_at`
	deleteTicketsSQLite   = `DELETE FROM tickets WHERE hash IN (` + oldestTickets + `) AND expires_at <= ? RETURNING expires_at`

	oldestInteractions = `SELECT id FROM interactions WHERE expires_at >= ? AND expires_at <= ? ORDER BY expires_at LIMIT 1000`

	deleteInteractionsPostgres = `DELETE FROM interactions WHERE id = ANY (ARRAY (` + oldestInteractions + `)) AND expires_at <= ? RETURNING expires_at`
	deleteInteractionsSQLite   = `DELETE FROM interactions WHERE id IN (` + oldestInteractions + `) AND expires_at <= ? RETURNING expires_at`

	oldestRecords = `SELECT id FROM audit_records WHERE at >= ? AND at <= ? ORDER BY at LIMIT 1000`

	deleteRecordsPostgres = `DELETE FROM audit_records WHERE id = ANY (ARRAY (` + oldestRecords + `)) AND at <= ? RETURNING at`
	deleteRecordsSQLite   = `DELETE FROM audit_records WHERE id IN (` + oldestRecords + `) AND at <= ? RETURNING at`
)

func isSQLite(db *gorm.DB) bool { return db.Name() == "sqlite" }

func oldestTicketsExpire(db *gorm.DB, from, until int64) *gorm.DB {
	if isSQLite(db) {
		return db.Raw(deleteTicketsSQLite, from, until, until)
	}
	return db.Raw(deleteTicketsPostgres, from, until, until)
}

func oldestInteractionsExpire(db *gorm.DB, from, until int64) *gorm.DB {
	if isSQLite(db) {
		return db.Raw(deleteInteractionsSQLite, from, until, until)
	}
	return db.Raw(deleteInteractionsPostgres, from, until, until)
}

func oldestRecordsExpire(db *gorm.DB, from, until int64) *gorm.DB {
	if isSQLite(db) {
		return db.Raw(deleteRecordsSQLite, from, until, until)
	}
	return db.Raw(deleteRecordsPostgres, from, until, until)
}
