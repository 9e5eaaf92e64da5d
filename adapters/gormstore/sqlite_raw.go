package gormstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/mattn/go-sqlite3"
)

// transactRaw is transact, with what the driver itself offers: database/sql costs as
// much as the statements do.
func (s *Store) transactRaw(ctx context.Context, do func(statements) error) error {
	return s.limited(ctx, func(ctx context.Context) error {
		conn, err := s.pools[0].Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close()
		return conn.Raw(func(driver any) error {
			t := &rawTransaction{ctx: ctx, conn: driver.(*sqlite3.SQLiteConn)}
			return t.run(do)
		})
	})
}

// A rawTransaction is a transaction of a connection of the driver. The statements run
// without a context that may end, for which the driver would start a goroutine each:
// they wait for nobody. It is looked at between them.
type rawTransaction struct {
	ctx  context.Context
	conn *sqlite3.SQLiteConn
	args []driver.NamedValue // of the statement that is run
	row  []driver.Value
}

// run runs all of the transaction. If it is not over after that, the pool is told to
// close the connection, which ends it.
func (t *rawTransaction) run(do func(statements) error) error {
	if err := t.query("BEGIN IMMEDIATE", nil, nil, nil); err != nil {
		return err
	}
	err := do(t)
	if err == nil {
		err = t.ctx.Err()
	}
	if err == nil {
		err = t.query("COMMIT", nil, nil, nil)
	}
	if t.conn.AutoCommit() {
		return err
	}
	if undone := t.query("ROLLBACK", nil, nil, nil); undone != nil {
		return errors.Join(err, undone, driver.ErrBadConn)
	}
	return err
}

// each implements statements.
func (t *rawTransaction) each(statement written, args, columns []any, got func() bool) error {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	return t.query(statement, args, columns, got)
}

// query gives the driver all arguments at once; what that calls executing gives SQLite
// one after another. The driver keeps the statements prepared.
func (t *rawTransaction) query(statement written, args, columns []any, got func() bool) error {
	t.args, t.row = t.args[:0], append(t.row[:0], make([]driver.Value, len(columns))...)
	for i, arg := range args {
		value, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			return err
		}
		t.args = append(t.args, driver.NamedValue{Ordinal: i + 1, Value: value})
	}
	ctx := context.Background()
	rows, err := t.conn.QueryContext(ctx, string(statement), t.args)
	if err != nil {
		return err
	}
	defer rows.Close()
	for {
		switch err := rows.Next(t.row); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		for i, value := range t.row {
			if err := assign(columns[i], value); err != nil {
				return err
			}
		}
		if !got() {
			return nil
		}
	}
}

// assign is what Scan of database/sql does, for the columns that there are.
func assign(column any, value driver.Value) error {
	ok := false
	switch c := column.(type) {
	case *string:
		*c, ok = value.(string)
	case *int64:
		*c, ok = value.(int64)
	case *bool:
		var n int64
		n, ok = value.(int64)
		*c = n != 0
	case *[]byte:
		*c, ok = value.([]byte)
		ok = ok || value == nil
	case sql.Scanner:
		return c.Scan(value)
	}
	if !ok {
		return fmt.Errorf("a column is a %T, which no %T can hold", value, column)
	}
	return nil
}
