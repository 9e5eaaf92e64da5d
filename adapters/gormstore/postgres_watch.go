package gormstore

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	// snapshotNow is what a query sees: transactions that had ended. With it comes
	// the time of the server, in milliseconds; where the table of devices is, which is
	// elsewhere when it was truncated or restored, for which no trigger runs; and
	// whether this is a standby, which may know of changes late, or not at all: its
	// snapshots do not list what is under way.
	snapshotNow = `SELECT pg_current_snapshot()::text, (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
	coalesce(pg_relation_filenode(to_regclass('devices')), 0)::bigint, pg_is_in_recovery()`

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
	conn *pgx.Conn
	seen postgresSeen // by the last query
}

// A postgresSeen is what a query of a postgresLog sees.
type postgresSeen struct {
	snapshot  string // "": there was none
	at        int64  // when that was, by the server's clock
	devices   int64  // the file of the table
	isStandby bool
}

// changes implements dialect.
func (p postgres) changes(ctx context.Context) (changeLog, error) {
	ctx, cancel := context.WithTimeout(ctx, connectLimit)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, p.config.Copy())
	if err != nil {
		return nil, err
	}
	log := &postgresLog{conn: conn}
	if err := prepareConnection(ctx, conn); err != nil {
		log.close()
		return nil, err
	}
	return log, nil
}

func (l *postgresLog) close() {
	limit, cancel := context.WithTimeout(context.Background(), watchPause)
	defer cancel()
	_ = l.conn.Close(limit) // nothing is lost if it is not told
}

// errStandby means that changes are asked of a server that has them from another.
var errStandby = errors.New("the server is a standby")

func (l *postgresLog) next(ctx context.Context) (users []domain.UserID, all bool, err error) {
	before, now := l.seen, &l.seen
	columns := []any{&now.snapshot, &now.at, &now.devices, &now.isStandby}
	if before.snapshot == "" {
		err = l.conn.QueryRow(ctx, snapshotNow).Scan(columns...)
	} else {
		err = l.conn.QueryRow(ctx, changesSince, before.snapshot).Scan(append(columns, &users)...)
	}
	if err == nil && now.isStandby {
		err = errStandby
	}
	return users, len(users) >= tooMany || before.mayMiss(*now), err
}

// mayMiss says whether something may have happened between two queries that the
// second does not tell.
func (s postgresSeen) mayMiss(now postgresSeen) bool {
	slept := now.at - s.at // less than nothing, if the clock was set back
	return s.snapshot == "" || s.devices != now.devices || slept < 0 || slept > (changesKept/2).Milliseconds()
}
