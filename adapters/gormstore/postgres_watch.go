package gormstore

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/seed-31b6c987/doorward/domain"
)

// echoPeriod lies between two notifications that a listener sends to itself.
const echoPeriod = trustLimit / 3

const (
	// tokensChannel is where the schema's triggers say whose tokens changed.
	tokensChannel = "doorward_tokens"
	// echoChannel is the beginning of the name of a listener's own channel.
	echoChannel = "doorward_echo_"

	// listen needs no commit to reach the disk. NOTIFY holds a lock meanwhile which
	// all need who notify.
	listen = `
SET synchronous_commit = off;
LISTEN ` + tokensChannel + `;
DO $$ BEGIN EXECUTE format('LISTEN ` + echoChannel + `%s', pg_backend_pid()); END $$`

	echo = `SELECT pg_notify('` + echoChannel + `' || pg_backend_pid(), '')`
)

var (
	errPooled = errors.New("there is a pooler before PostgreSQL, through which no notifications come")
	errDeaf   = errors.New("PostgreSQL does not deliver notifications")
)

// A tokenListener hears of what was committed, on a connection of its own.
//
// Notifications come in the order of the commits. So when a listener hears what it
// sent to itself, it has heard of everything that was committed before it sent it.
type tokenListener struct {
	cache *tokenCache
	conn  *pgx.Conn
	sent  time.Duration // when the echo was sent that is on its way
	heard bool          // the echo
}

// watch implements dialect. It listens first and forgets everything then: of what was
// committed before it listened it has not heard.
func (p postgres) watch(ctx context.Context, cache *tokenCache, seen func()) error {
	l := &tokenListener{cache: cache}
	if err := l.connect(ctx, p.config); err != nil {
		return err
	}
	defer l.close()
	cache.forgetAll()
	for {
		if err := l.echo(ctx); err != nil {
			return err
		}
		seen()
	}
}

func (l *tokenListener) connect(ctx context.Context, config *pgx.ConnConfig) (err error) {
	ctx, cancel := context.WithTimeout(ctx, connectLimit)
	defer cancel()
	config = config.Copy()
	config.OnNotification = l.hear
	if l.conn, err = pgx.ConnectConfig(ctx, config); err != nil {
		return err
	}
	var pid uint32
	err = l.conn.QueryRow(ctx, "SELECT pg_backend_pid()", pgx.QueryExecModeSimpleProtocol).Scan(&pid)
	if err == nil && pid != l.conn.PgConn().PID() {
		err = errPooled
	}
	if err == nil {
		_, err = l.conn.Exec(ctx, listen)
	}
	if err != nil {
		l.close()
	}
	return err
}

func (l *tokenListener) close() {
	limit, cancel := context.WithTimeout(context.Background(), echoPeriod)
	defer cancel()
	_ = l.conn.Close(limit) // nothing is lost if it is not told
}

func (l *tokenListener) hear(_ *pgconn.PgConn, n *pgconn.Notification) {
	if strings.HasPrefix(n.Channel, echoChannel) {
		l.heard = true
		l.cache.trust(l.sent)
		return
	}
	l.cache.forget(domain.UserID(n.Payload))
}

func (l *tokenListener) send(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, connectLimit)
	defer cancel()
	l.heard, l.sent = false, l.cache.age()
	_, err := l.conn.Exec(ctx, echo)
	return err
}

// echo sends an echo, and hears whatever comes for a period.
func (l *tokenListener) echo(ctx context.Context) error {
	if err := l.send(ctx); err != nil {
		return err
	}
	period, cancel := context.WithTimeout(ctx, echoPeriod)
	defer cancel()
	for period.Err() == nil {
		if err := l.conn.PgConn().WaitForNotification(period); err != nil && period.Err() == nil {
			return err
		}
	}
	if !l.heard || l.conn.IsClosed() {
		return errDeaf
	}
	return ctx.Err()
}
