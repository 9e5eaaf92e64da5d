package gormstore

import (
	"context"
	"database/sql"
)

// executeForEach executes a prepared statement of SQLite with the arguments of each
// row, until one fails. As whoever writes is alone, none waits, and none needs a
// context that may end: the driver would start a goroutine for each.
func executeForEach[R any](ctx context.Context, prepared *sql.Stmt, rows []R, args func(R) []any) error {
	unwatched := context.WithoutCancel(ctx)
	for _, row := range rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := prepared.ExecContext(unwatched, args(row)...); err != nil {
			return err
		}
	}
	return nil
}
