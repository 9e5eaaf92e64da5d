package ratelimit

import "github.com/seed-31b6c987/doorward/domain"

const (
	MostOwn    = mostOwn
	MostShared = mostShared
	Pause      = pause
)

// Kept returns how many buckets of the limit are kept.
func (m *Memory) Kept(limit domain.Limit) int { return len(m.tables[limit].kept) }
