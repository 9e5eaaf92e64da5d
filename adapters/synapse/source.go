package synapse

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/seed-31b6c987/doorward/domain"
)

// A Source is the database of a Synapse. It is an application.AccountSource.
type Source struct {
	pool    *sql.DB
	dialect dialect
	name    string
	queries queries
}

// A dialect is what differs between the databases.
type dialect struct {
	// columns is a query for the columns of the table $1; none if there is no such
	// table.
	columns string
	// localpart is an expression for the localpart of u.name.
	localpart string
	// isAmong is a condition for a number among the numbers $1.
	isAmong string
	// numbers makes the argument of isAmong.
	numbers func([]int64) (any, error)
	// explain says in other words what the operator can do about an error; nil: the
	// error is as good as any.
	explain func(error) error
}

// Open opens the database at postgres://… or sqlite:FILE, and looks whether it is
// that of a Synapse. Errors say what to do, in one line, and hold no password.
func Open(ctx context.Context, url string) (*Source, error) {
	s, err := connect(url)
	if err != nil {
		return nil, err
	}
	if s.queries, err = s.look(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close closes all connections.
func (s *Source) Close() error { return s.pool.Close() }

// Name returns which database it is, without who reads it.
func (s *Source) Name() string { return s.name }

// Count returns how many users there are.
func (s *Source) Count(ctx context.Context) (n int, err error) {
	err = s.pool.QueryRowContext(ctx, "SELECT count(*) FROM users").Scan(&n)
	return n, s.meaning(ctx, err)
}

// Unowned returns what is there of users who are not.
func (s *Source) Unowned(ctx context.Context) (map[domain.LeftOut]int, error) {
	left := map[domain.LeftOut]int{}
	for why, query := range map[domain.LeftOut]string{
		domain.LeftDeviceOfNobody:  "SELECT count(*) FROM devices t WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.name = t.user_id)",
		domain.LeftTokenOfNobody:   "SELECT count(*) FROM access_tokens t WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.name = t.user_id)",
		domain.LeftAddressOfNobody: "SELECT count(*) FROM user_threepids t WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.name = t.user_id)",
	} {
		var n int
		if err := s.pool.QueryRowContext(ctx, query).Scan(&n); err != nil {
			return nil, s.meaning(ctx, err)
		}
		left[why] = n
	}
	return left, nil
}

// meaning says what an error of the database means for the operator.
func (s *Source) meaning(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	if explained := s.dialect.explain(err); explained != nil {
		return explained
	}
	return fmt.Errorf("the Synapse database cannot be read: %w", err)
}
