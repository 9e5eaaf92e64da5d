package gormstore

import "database/sql"

// FirstNotices is the query with which Due begins.
const FirstNotices = firstNotices

// Writer returns the pool of connections that write.
func (s *Store) Writer() *sql.DB { return s.pools[0] }

// Reader returns the pool of connections that read.
func (s *Store) Reader() *sql.DB { return s.pools[len(s.pools)-1] }

// DeletesExpired are the statements with which what has expired is deleted, by
// table and dialect.
var DeletesExpired = map[string]map[string]string{
	"tickets":       {"postgres": deleteTicketsPostgres, "sqlite": deleteTicketsSQLite},
	"interactions":  {"postgres": deleteInteractionsPostgres, "sqlite": deleteInteractionsSQLite},
	"audit_records": {"postgres": deleteRecordsPostgres, "sqlite": deleteRecordsSQLite},
}
