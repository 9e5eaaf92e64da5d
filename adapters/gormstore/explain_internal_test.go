package gormstore

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestErrorsSayWhetherTheDatabaseIsUnavailableAndWhetherToTryAgain(t *testing.T) {
	server := func(code string) error { return &pgconn.PgError{Code: code, Message: "the message"} }
	for _, c := range []struct {
		dialect            dialect
		err                error
		unavailable, again bool
	}{
		{postgres{}, server("40001"), true, true},
		{postgres{}, server("40P01"), true, true},
		{postgres{}, server("57P01"), true, true},
		{postgres{}, server("57P02"), true, false},
		{postgres{}, server("53300"), true, false},
		{postgres{}, server("53100"), true, false},
		{postgres{}, server("57014"), true, false},
		{postgres{}, server("57P03"), true, false},
		{postgres{}, server("08006"), true, false},
		{postgres{}, server("25006"), true, false},
		{postgres{}, server("55P03"), true, false},
		{postgres{}, server("58030"), true, false},
		{postgres{}, server("42P01"), false, false},
		{postgres{}, server("23505"), false, false},
		{postgres{}, server("22P02"), false, false},
		{postgres{}, server(""), false, false},
		{postgres{}, io.ErrUnexpectedEOF, true, false},
		{postgres{}, &net.OpError{Op: "read", Err: errors.New("connection reset")}, true, false},
		{postgres{}, errors.New("a mistake"), false, false},
		{sqlite{}, sqlite3.Error{Code: sqlite3.ErrBusy}, true, true},
		{sqlite{}, sqlite3.Error{Code: sqlite3.ErrFull}, true, false},
		{sqlite{}, sqlite3.Error{Code: sqlite3.ErrIoErr}, true, false},
		{sqlite{}, sqlite3.Error{Code: sqlite3.ErrReadonly}, true, false},
		{sqlite{}, sqlite3.Error{Code: sqlite3.ErrCorrupt}, false, false},
		{sqlite{}, sqlite3.Error{Code: sqlite3.ErrConstraint, ExtendedCode: sqlite3.ErrConstraintUnique}, false, false},
		{sqlite{}, errors.New("a mistake"), false, false},
	} {
		got := c.dialect.explain(fmt.Errorf("wrapped: %w", c.err))
		if errors.Is(got, domain.ErrUnavailable) != c.unavailable || errors.Is(got, errAgain) != c.again {
			t.Errorf("%T: %v became %v", c.dialect, c.err, got)
		}
	}
}

func TestPostgresErrorsQuoteNoData(t *testing.T) {
	err := &pgconn.PgError{
		Code: "22P02", Message: `invalid input syntax for type integer: "secret"`,
		Detail: "secret", Hint: "secret", Where: "secret", InternalQuery: "secret",
	}
	if got := fmt.Sprintf("%v %+v", postgres{}.explain(err), postgres{}.explain(err)); strings.Contains(got, "secret") {
		t.Error(got)
	}
	err.Code, err.Message = "42P01", `relation "users" does not exist`
	if got := fmt.Sprintf("%v %+v", postgres{}.explain(err), postgres{}.explain(err)); strings.Contains(got, "secret") || !strings.Contains(got, "42P01") {
		t.Error(got)
	}
}
