package ratelimit

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// Unlimited is a ports.RateLimiter that lets everything pass. It may be used
// concurrently.
type Unlimited struct{}

// Take returns nil.
func (Unlimited) Take(context.Context, domain.Bucket) error { return nil }

// Check returns nil.
func (Unlimited) Check(context.Context, domain.Bucket) error { return nil }

// GiveBack does nothing.
func (Unlimited) GiveBack(context.Context, domain.Bucket) {}
