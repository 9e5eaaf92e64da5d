package gormstore

import (
	"context"
	"database/sql"

	"gorm.io/gorm"
)

// A direct is the way past GORM, on the store's pools or on a transaction.
type direct struct{ reader, writer gorm.ConnPool }

// A rowQuery runs a query for one row.
type rowQuery func(ctx context.Context, conn gorm.ConnPool) *sql.Row

// row returns the row of a query, which is run at the latest when that is scanned.
func (d direct) row(ctx context.Context, query rowQuery) scanner {
	if pool, ok := d.reader.(*sql.DB); ok && d.reader != d.writer {
		return lookUp{ctx, pool, query}
	}
	return query(ctx, d.reader)
}

// A scanner is a row, such as an *sql.Row.
type scanner interface{ Scan(columns ...any) error }

// A lookUp is a row of a database that reads without waiting for anybody, which
// SQLite does. Only the wait for a connection can be given up: with a context that
// may end, database/sql and the driver would start goroutines for each query, which
// cost as much as the query.
type lookUp struct {
	ctx   context.Context
	pool  *sql.DB
	query rowQuery
}

func (l lookUp) Scan(columns ...any) error {
	conn, err := l.pool.Conn(l.ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return l.query(context.WithoutCancel(l.ctx), conn).Scan(columns...)
}
