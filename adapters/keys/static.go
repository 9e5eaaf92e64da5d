package keys

import (
	"context"
	"slices"

	"github.com/seed-31b6c987/doorward/domain"
)

// Static are keys that stay as they were loaded: at least one, each of a kind
// and size that may be relied on. It may be used concurrently. Only [Load]
// makes one.
type Static struct {
	keys       domain.KeySet
	algorithms []string
	warnings   []string
}

// Keys returns all keys, whichever is asked for. It never fails and does not look
// at the context. The caller must not change what it gets: it is the same slice
// for everyone.
func (s *Static) Keys(context.Context, string) (domain.KeySet, error) { return s.keys, nil }

// Algorithms returns the allow-list: the algorithms that were configured, or
// else each key's usual one. Every one of them fits a key.
func (s *Static) Algorithms() []string { return slices.Clone(s.algorithms) }

// Warnings says, in one line each, what is no fault but should be known: a weak
// secret that is allowed, a key that is ignored. They are meant for the log, at
// every start.
func (s *Static) Warnings() []string { return slices.Clone(s.warnings) }
