package gormstore

import (
	"database/sql"
	"time"
)

// inOrder runs a statement that issues tokens, and has the time at which they
// were asked for.
//
// PostgreSQL may take a statement up long after its caller gave up: it was
// frozen, or the network held the statement back. If somebody asked for other
// tokens meanwhile and got them, the statement must not replace those any more.
// So it says when the tokens that are there were asked for, if that is later, and
// writes nothing. A caller who is still there to be told was overtaken, or has a
// clock that is behind. Its tokens are the last all the same: it comes again, as
// late as the others. Whoever is gone does not.
//
// So the clocks of several instances may differ by the time limit of a call
// before this protects less; nobody who waits is ever refused for them.
func inOrder(askedAt time.Time, issue func(issuedAt int64) (overtakenAt sql.NullInt64, err error)) error {
	issuedAt := askedAt.UnixMilli()
	for {
		overtakenAt, err := issue(issuedAt)
		if err != nil || !overtakenAt.Valid {
			return err
		}
		// A statement that waited may not see by what it was overtaken; the next does.
		issuedAt = max(issuedAt, overtakenAt.Int64)
	}
}
