package domain

import (
	"fmt"
	"time"
)

// A Limit is something that may be done only so often.
type Limit string

const (
	LimitFailed       Limit = "login_failed"  // refused logins, by address; of passwords also by account
	LimitAddress      Limit = "login_address" // all attempts to log in, by address; requests to be confirmed, by user
	LimitAccount      Limit = "login_account" // successful logins, by account
	LimitRegistration Limit = "registration"  // by address
	LimitRefresh      Limit = "refresh"       // by session
	LimitLoginToken   Limit = "login_token"   // by user
)

// A Bucket is what is left of a limit for one of those whom it holds for.
type Bucket struct {
	Limit Limit
	// Key says for whom: an address, a user id. No two spellings of one may come
	// here.
	Key string
}

// Limited is the error for something that was asked for too often.
type Limited struct {
	Limit Limit // the one that is used up
	// RetryAfter is how long to wait before it may succeed; more than 0.
	RetryAfter time.Duration
}

// Error implements error.
func (l *Limited) Error() string {
	return fmt.Sprintf("too many requests, to be tried again in %v", l.RetryAfter)
}

// Unwrap lets errors.Is find the kind.
func (l *Limited) Unwrap() error { return ErrLimited }
