package gormstore

import "database/sql"

// FirstNotices is the query with which Due begins.
const FirstNotices = firstNotices

// Writer returns the pool of connections that write.
func (s *Store) Writer() *sql.DB { return s.pools[0] }

// Reader returns the pool of connections that read.
func (s *Store) Reader() *sql.DB { return s.pools[len(s.pools)-1] }

// DeleteSome is the statement with which what has expired is deleted.
func DeleteSome(dialect, table, key, column string) string {
	return deleteSome(dialect, expiry{table, key, column})
}
