package gormstore

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/seed-31b6c987/doorward/domain"
)

// explain implements dialect. Of the server's errors it keeps the code and, if
// that cannot quote a value, the message; never the detail.
func (postgres) explain(err error) error {
	var connect *pgconn.ConnectError
	var server *pgconn.PgError
	switch {
	case errors.As(err, &connect):
		return fmt.Errorf("%w: %w", domain.ErrUnavailable, err)
	case errors.As(err, &server):
		return explainCode(server)
	case errors.Is(err, driver.ErrBadConn) || pgconn.SafeToRetry(err): // nothing was sent
		return fmt.Errorf("%w: %w: %w", domain.ErrUnavailable, errAgain, err)
	case isConnectionError(err):
		return fmt.Errorf("%w: %w", domain.ErrUnavailable, err)
	}
	return fmt.Errorf("postgres: %w", err)
}

func explainCode(e *pgconn.PgError) error {
	said := fmt.Errorf("postgres: %s (SQLSTATE %s)", e.Message, e.Code)
	if e.Code == "23505" && e.ConstraintName == "links_pkey" { // unique_violation, see signIn
		return fmt.Errorf("%w: %w: %w", domain.ErrUnavailable, errAgain, said)
	}
	switch e.Code {
	case "40001", "40P01", // serialization_failure, deadlock_detected
		"57P01": // admin_shutdown: as an error it comes instead of a commit
		return fmt.Errorf("%w: %w: %w", domain.ErrUnavailable, errAgain, said)
	case "25006", // read_only_sql_transaction: a standby, for now
		"55P03": // lock_not_available
		return fmt.Errorf("%w: %w", domain.ErrUnavailable, said)
	}
	switch e.Code[:min(2, len(e.Code))] {
	case "08", "53", "57", "58": // connection, resources, operator intervention, system
		return fmt.Errorf("%w: %w", domain.ErrUnavailable, said)
	case "22": // data exception: may quote the data
		return fmt.Errorf("postgres: SQLSTATE %s", e.Code)
	}
	return said
}

func isConnectionError(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
