package gormstore

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	// snapshotNow is what a query sees: transactions that had ended. With it comes
	// the time of the server, in milliseconds.
	snapshotNow = `SELECT pg_current_snapshot()::text, (extract(epoch FROM clock_timestamp()) * 1000)::bigint`

	// changesSince are the changes that a snapshot does not see and this query does,
	// and what this query sees. Transactions that the snapshot did not see end were
	// under way then, and so listed in it, or began later: both are found by the
	// index, however many old changes there are.
	changesSince = snapshotNow + `, ARRAY(
	(SELECT user_id FROM token_changes WHERE xact >= pg_snapshot_xmax($1::text::pg_snapshot) ORDER BY xact LIMIT 4096)
	UNION ALL
	(SELECT user_id FROM token_changes WHERE xact = ANY (ARRAY(SELECT pg_snapshot_xip($1::text::pg_snapshot))) LIMIT 4096))`
)

// A postgresLog reads the table of changes, on a connection of its own.
//
// Neither the numbers of a sequence nor those of transactions are committed in their
// order; so it asks for what the last query did not see. LISTEN and NOTIFY would say
// it sooner, but commits that notify wait for each other while the log is synced: then
// many refreshes or logins at a time take several times as long. They get lost behind
// poolers, too.
type postgresLog struct {
	conn     *pgx.Conn
	snapshot string // of the last query; "": there was none
	at       int64  // when that was, by the server's clock
}

// changes implements dialect.
func (p postgres) changes(ctx context.Context) (changeLog, error) {
	ctx, cancel := context.WithTimeout(ctx, connectLimit)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, p.config.Copy())
	if err != nil {
		return nil, err
	}
	return &postgresLog{conn: conn}, nil
}

func (l *postgresLog) close() {
	limit, cancel := context.WithTimeout(context.Background(), watchPause)
	defer cancel()
	_ = l.conn.Close(limit) // nothing is lost if it is not told
}

func (l *postgresLog) next(ctx context.Context) (users []domain.UserID, all bool, err error) {
	before, at := l.snapshot, l.at
	if before == "" {
		return nil, true, l.conn.QueryRow(ctx, snapshotNow).Scan(&l.snapshot, &l.at)
	}
	err = l.conn.QueryRow(ctx, changesSince, before).Scan(&l.snapshot, &l.at, &users)
	return users, len(users) >= tooMany || l.at-at > (changesKept/2).Milliseconds(), err
}
