package gormstore

import (
	"database/sql"

	"github.com/seed-31b6c987/doorward/domain"
)

// A sessionRow is those columns of the table devices that tell what a device is
// signed in with, less the session at a provider.
type sessionRow struct {
	SessionHash              []byte // NULL: nobody is signed in with the device
	SessionEndsAt            sql.NullInt64
	AccessHash               []byte
	AccessExpiresAt          sql.NullInt64
	RefreshHash              []byte
	RefreshExpiresAt         sql.NullInt64
	Confirmed                bool
	PreviousRefreshHash      []byte
	PreviousRefreshExpiresAt sql.NullInt64
}

// sessionColumns are the columns of a sessionRow, of a table d, in the order in
// which [sessionRow.columns] reads them.
const sessionColumns = `d.session_hash, d.session_ends_at, d.access_hash, d.access_expires_at, d.refresh_hash, d.refresh_expires_at,
	d.confirmed, d.previous_refresh_hash, d.previous_refresh_expires_at`

func (r *sessionRow) columns() []any {
	return []any{
		&r.SessionHash, &r.SessionEndsAt, &r.AccessHash, &r.AccessExpiresAt, &r.RefreshHash, &r.RefreshExpiresAt,
		&r.Confirmed, &r.PreviousRefreshHash, &r.PreviousRefreshExpiresAt,
	}
}

func (r sessionRow) session() domain.Session {
	return domain.Session{
		ID: hashOf(r.SessionHash),
		Pair: domain.Pair{
			Access: hashOf(r.AccessHash), AccessExpires: timeOf(r.AccessExpiresAt),
			Refresh: hashOf(r.RefreshHash), RefreshExpires: timeOf(r.RefreshExpiresAt),
		},
		Confirmed:              r.Confirmed,
		Ends:                   timeOf(r.SessionEndsAt),
		PreviousRefresh:        hashOf(r.PreviousRefreshHash),
		PreviousRefreshExpires: timeOf(r.PreviousRefreshExpiresAt),
	}
}

// rowOfSession returns the columns of a session.
func rowOfSession(s domain.Session) sessionRow {
	return sessionRow{
		SessionHash: hash(s.ID), SessionEndsAt: millis(s.Ends),
		AccessHash: hash(s.Access), AccessExpiresAt: millis(s.AccessExpires),
		RefreshHash: hash(s.Refresh), RefreshExpiresAt: millis(s.RefreshExpires),
		Confirmed:           s.Confirmed || s.ID == domain.TokenHash{},
		PreviousRefreshHash: hash(s.PreviousRefresh), PreviousRefreshExpiresAt: millis(s.PreviousRefreshExpires),
	}
}
