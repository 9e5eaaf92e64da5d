package gormstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// writeGroupOnSQLite signs in a group in one transaction, of which the file is
// synced once. No other error of it has taken effect either.
func (s *Store) writeGroupOnSQLite(ctx context.Context, group []*signInRequest) ([]outcome, error) {
	outcomes := make([]outcome, len(group))
	err := s.transactRaw(ctx, func(on statements) error {
		for i, r := range group {
			out, err := signInWithin(on, r.SignIn)
			var refusal sqlite3.Error
			switch {
			case err == nil || isAnswer(err):
				outcomes[i] = outcome{signedIn: out, err: err}
			case errors.As(err, &refusal) && refusal.Code == sqlite3.ErrConstraint:
				outcomes[i] = outcome{err: s.dialect.explain(err)}
			default:
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errAgain, err)
	}
	return outcomes, nil
}
