package gormstore

import (
	"context"
	"database/sql"
	"net/url"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// lookPeriod lies between two looks at what others wrote.
const lookPeriod = 20 * time.Millisecond

// A tokenReader reads whose tokens changed, in the order of the commits: who writes is
// alone.
type tokenReader struct {
	cache *tokenCache
	pool  *sql.DB
	last  int64 // the last change that was seen
}

// watch implements dialect. The table may have lost what came before it was first
// looked at, so everything is forgotten then.
func (q sqlite) watch(ctx context.Context, cache *tokenCache, seen func()) error {
	pool, err := openFile(q.file, url.Values{"_query_only": {"true"}})
	if err != nil {
		return err
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	r := tokenReader{cache: cache, pool: pool}
	err = pool.QueryRowContext(ctx, "SELECT coalesce(max(n), 0) FROM token_changes").Scan(&r.last)
	if err != nil {
		return err
	}
	cache.forgetAll()
	for {
		at := cache.age()
		if err := r.look(ctx); err != nil {
			return err
		}
		cache.trust(at)
		seen()
		pause(ctx, lookPeriod)
	}
}

const tokenChanges = `SELECT n, user_id FROM token_changes WHERE n > ? ORDER BY n`

// look forgets whose tokens changed. If some of the changes are no longer in the table,
// it forgets everybody.
func (r *tokenReader) look(ctx context.Context) error {
	rows, err := r.pool.QueryContext(ctx, tokenChanges, r.last)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		var user domain.UserID
		if err := rows.Scan(&n, &user); err != nil {
			return err
		}
		if n != r.last+1 {
			r.cache.forgetAll()
		}
		r.last = n
		r.cache.forget(user)
	}
	return rows.Err()
}
