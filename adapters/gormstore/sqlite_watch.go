package gormstore

import (
	"context"
	"database/sql"
	"net/url"

	"github.com/seed-31b6c987/doorward/domain"
)

// An sqliteLog reads the table of changes, on a connection of its own. They are
// numbered in the order of the commits: who writes is alone.
type sqliteLog struct {
	pool *sql.DB
	last int64 // the last change that was read; -1: none was

	// schema counts what was made of the file as a whole: a backup that is written
	// over it, for which no trigger runs.
	schema int64
}

// changes implements dialect.
func (q sqlite) changes(context.Context) (changeLog, error) {
	pool, err := openFile(q.file, url.Values{"_query_only": {"true"}})
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	return &sqliteLog{pool: pool, last: -1}, nil
}

func (l *sqliteLog) close() { _ = l.pool.Close() }

const (
	changesNow   = `SELECT (SELECT schema_version FROM pragma_schema_version), coalesce(max(n), 0) FROM token_changes`
	tokenChanges = `SELECT n, user_id FROM token_changes WHERE n > ? ORDER BY n LIMIT 4096`
)

func (l *sqliteLog) next(ctx context.Context) (users []domain.UserID, all bool, err error) {
	var schema, greatest int64
	if err := l.pool.QueryRowContext(ctx, changesNow).Scan(&schema, &greatest); err != nil {
		return nil, false, err
	}
	if l.last < 0 || schema != l.schema || greatest < l.last {
		l.schema, l.last = schema, greatest
		return nil, true, nil
	}
	rows, err := l.pool.QueryContext(ctx, tokenChanges, l.last)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		var user domain.UserID
		if err := rows.Scan(&n, &user); err != nil {
			return nil, false, err
		}
		all = all || n != l.last+1 // some are no longer there
		l.last, users = n, append(users, user)
	}
	return users, all || len(users) >= tooMany, rows.Err()
}
