package gormstore

import (
	"context"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// A written is the text of a statement that is written in the program. Constants are
// it by themselves; no other text is made one.
type written string

// A statements runs statements of SQLite in a transaction.
//
// SQLite may plan a statement again for each value of a parameter that it compares a
// column with. It does not if that is more than a parameter, such as CAST(? AS TEXT):
// so are the statements written.
type statements interface {
	// each runs one. It calls got each time that it has read a row of the answer
	// into the columns, until got returns false.
	each(statement written, args, columns []any, got func() (more bool)) error
}

// execute runs a statement that answers with nothing.
func execute(on statements, statement written, args ...any) error {
	return on.each(statement, args, nil, nil)
}

// queryRow reads the one row of a query, or returns domain.ErrNotFound.
func queryRow(on statements, query written, args, columns []any) error {
	found := false
	err := on.each(query, args, columns, func() bool { found = true; return false })
	if err == nil && !found {
		return domain.ErrNotFound
	}
	return err
}

// transactOnSQLite is calls.transact past GORM, and past database/sql if the
// transaction begins here.
func transactOnSQLite(ctx context.Context, c calls, do func(statements) error) error {
	if store, ok := c.(*Store); ok {
		return store.transactRaw(ctx, do)
	}
	return c.transact(ctx, func(db *gorm.DB) error {
		return do(joined{db.Statement.Context, db.Statement.ConnPool})
	})
}

// A joined runs statements in a transaction that others began.
type joined struct {
	ctx  context.Context
	conn gorm.ConnPool
}

func (j joined) each(statement written, args, columns []any, got func() bool) error {
	ctx := j.ctx
	rows, err := j.conn.QueryContext(ctx, string(statement), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(columns...); err != nil {
			return err
		}
		if !got() {
			break
		}
	}
	return rows.Err()
}
