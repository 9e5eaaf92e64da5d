package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/seed-31b6c987/doorward/domain"
)

// postgresLanes is how many groups of sign-ins are under way at a time: while one
// syncs the log of the server, others work.
const postgresLanes = 2

// signInGroup is [signIn] for many at once, each as a row of arrays. Whoever cannot
// be decided beside the others is told so, and comes again.
//
// The users who are there are locked in the order of their ids; then those are
// created who are not, in the same order; then devices, links and e-mail addresses
// are written, each kind in an order of its own. Every step begins after the one
// before: so groups never wait in a circle, nor with anybody else who locks users
// in that order. Of members who would create one user, or are of one identity that
// is not known, the first is written, and so is the first of those on one device.
//
// The limit for waiting is set by the condition of asked, which is looked at before
// its first row, and holds until the statement, which is a transaction, ends.
//
// Whatever is in device is in chosen, too. It is joined as if it were not, since that
// is never done by comparing each with each.
const signInGroup = `
WITH asked AS MATERIALIZED (
	SELECT a.*, (SELECT l.user_id FROM links l WHERE l.key = a.key) AS known
	FROM unnest($1::text[], $2::text[], $3::boolean[], $4::text[], $5::text[], $6::boolean[], $7::text[],
			$8::bytea[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[],
			$15::bytea[], $16::bigint[], $17::bytea[], $18::bigint[], $19::bytea[], $20::bigint[], $21::bytea[],
			$22::bigint[], $23::text[], $24::text[])
		WITH ORDINALITY AS a (first, last, may_create, display_name, avatar_url, admin, email,
			key, provider, issuer, subject, device_id, device_name, at,
			session_hash, session_ends_at, access_hash, access_expires_at, refresh_hash, refresh_expires_at, provider_session,
			last_seen_at, last_seen_address, last_seen_agent,
			n)
	WHERE (SELECT set_config('lock_timeout', $25, true)) IS NOT NULL
), meant AS MATERIALIZED (
	SELECT n, key IS NOT NULL AND known IS NULL AS is_new,
		CASE WHEN known IS NULL AND first <> last THEN coalesce((SELECT id FROM users WHERE id = first), last)
		ELSE coalesce(known, last) END AS id
	FROM asked
), found AS MATERIALIZED (
	SELECT ` + userColumns + `
	FROM users WHERE id = ANY (ARRAY(SELECT id FROM meant))
	ORDER BY id
	FOR NO KEY UPDATE
), makers AS MATERIALIZED (
	SELECT n, last FROM (
		SELECT n, last, row_number() OVER (PARTITION BY last ORDER BY n) AS of_user,
			row_number() OVER (PARTITION BY coalesce(key, int8send(n)) ORDER BY n) AS of_key
		FROM meant JOIN asked USING (n) WHERE may_create AND id NOT IN (SELECT id FROM found)
	) ranked
	WHERE of_user = 1 AND of_key = 1
), made AS (
	INSERT INTO users (id, display_name, avatar_url, admin, created_at)
	SELECT last, display_name, avatar_url, admin, at FROM makers JOIN asked USING (n, last) ORDER BY last
	ON CONFLICT (id) DO NOTHING
	RETURNING ` + userColumns + `
), who AS MATERIALIZED (
	SELECT n, false AS created, is_new AS undecided, ` + userColumns + ` FROM meant JOIN found USING (id)
	UNION ALL
	SELECT n, true, false, made.* FROM made JOIN makers ON makers.last = made.id
), chosen AS MATERIALIZED (
	SELECT DISTINCT ON (id, device_id) n, id AS user_id, device_id, created AS is_new
	FROM who JOIN asked USING (n)
	WHERE NOT locked AND NOT deactivated AND NOT undecided
	ORDER BY id, device_id, n
), link AS (
	INSERT INTO links (key, provider, issuer, subject, user_id, created_at)
	SELECT key, provider, issuer, subject, user_id, at FROM chosen JOIN asked USING (n) WHERE is_new AND key IS NOT NULL
	ORDER BY key
), address AS (
	INSERT INTO third_party_ids (medium, address, user_id, validated_at, added_at)
	SELECT 'email', email, user_id, at, at FROM chosen JOIN asked USING (n) WHERE is_new AND email <> ''
	ORDER BY email, n
	ON CONFLICT (medium, address) DO NOTHING
), device AS (
` + insertDevice + `	SELECT user_id, device_id, device_name, at,
		session_hash, session_ends_at, access_hash, access_expires_at, refresh_hash, refresh_expires_at, at,
		provider_session, last_seen_at, last_seen_address, last_seen_agent
	FROM chosen JOIN asked USING (n, device_id)
	ORDER BY user_id, device_id
` + orReplaceSession + `	RETURNING user_id, device_id, xmax = 0 AS is_new
)
SELECT who.n, CASE
		WHEN undecided THEN 'alone'
		WHEN locked OR deactivated THEN 'refused'
		WHEN chosen.n IS NULL THEN 'again'
		WHEN device.user_id IS NULL THEN 'alone'
		ELSE 'done'
	END, who.created, coalesce(device.is_new, false), ` + userColumns + `
FROM who LEFT JOIN chosen USING (n)
	FULL JOIN device ON device.user_id = chosen.user_id AND device.device_id = chosen.device_id`

// writeGroup signs in a group.
func (s *Store) writeGroup(ctx context.Context, group []*signInRequest) ([]outcome, error) {
	conn, err := s.pools[0].Conn(ctx)
	if err != nil {
		return nil, s.ofGroup(ctx, err)
	}
	defer conn.Close()
	var outcomes []outcome
	// Past GORM and database/sql: their ways for arrays cost more than the rest.
	err = conn.Raw(func(driver any) error {
		rows, err := driver.(*stdlib.Conn).Conn().Query(ctx, signInGroup, columnsOfGroup(group)...)
		if err != nil {
			return err
		}
		outcomes, err = scanGroup(rows, group)
		return err
	})
	if err != nil {
		return nil, s.ofGroup(ctx, err)
	}
	return outcomes, nil
}

// ofGroup says what an error of a group means. If the server says that the
// statement failed, then nothing of it took effect.
func (s *Store) ofGroup(ctx context.Context, err error) error {
	var server *pgconn.PgError
	if errors.As(err, &server) && server.SeverityUnlocalized == "ERROR" {
		return fmt.Errorf("%w: %w", errAgain, s.dialect.explain(err))
	}
	return s.meaning(context.Background(), ctx, err)
}

// scanGroup reads what the statement says of each member. It says nothing of those
// who have no user.
func scanGroup(rows pgx.Rows, group []*signInRequest) ([]outcome, error) {
	outcomes := make([]outcome, len(group))
	for i, r := range group {
		outcomes[i] = outcome{err: domain.ErrNotFound}
		if r.Create {
			outcomes[i] = outcome{way: inAnotherGroup}
		}
	}
	var n int
	var verdict string
	var out domain.SignedIn
	var user userRow
	columns := append([]any{&n, &verdict, &out.Created, &out.NewDevice}, user.columns()...)
	_, err := pgx.ForEachRow(rows, columns, func() error {
		out.User = user.user()
		outcomes[n-1] = verdicts[verdict](out)
		return nil
	})
	return outcomes, err
}

// verdicts are what the statement says of a member whose user is there.
var verdicts = map[string]func(domain.SignedIn) outcome{
	"done":    func(out domain.SignedIn) outcome { return outcome{signedIn: out} },
	"refused": func(out domain.SignedIn) outcome { return outcome{err: out.User.MayUse()} },
	"again":   func(domain.SignedIn) outcome { return outcome{way: inAnotherGroup} },
	"alone":   func(domain.SignedIn) outcome { return outcome{way: byItself} },
}

// columnsOfGroup returns the arguments of the statement.
func columnsOfGroup(group []*signInRequest) []any {
	sessions := make([]domain.Session, len(group))
	for i, r := range group {
		sessions[i] = r.Session()
	}
	return []any{
		column(group, func(r *signInRequest) string { return string(r.Users[0]) }),
		column(group, func(r *signInRequest) string { return string(r.last()) }),
		column(group, func(r *signInRequest) bool { return r.Create }),
		column(group, func(r *signInRequest) string { return r.DisplayName }),
		column(group, func(r *signInRequest) string { return r.AvatarURL }),
		column(group, func(r *signInRequest) bool { return r.Admin }),
		column(group, func(r *signInRequest) string { return r.Email }),
		column(group, func(r *signInRequest) []byte { return r.key }),
		column(group, func(r *signInRequest) string { return r.Link.Provider }),
		column(group, func(r *signInRequest) string { return r.Link.Issuer }),
		column(group, func(r *signInRequest) string { return r.Link.Subject }),
		column(group, func(r *signInRequest) string { return string(r.Device) }),
		column(group, func(r *signInRequest) string { return r.DeviceName }),
		column(group, func(r *signInRequest) int64 { return r.At.UnixMilli() }),
		column(sessions, func(s domain.Session) []byte { return hash(s.ID) }),
		column(sessions, func(s domain.Session) *int64 { return pointer(millis(s.Ends)) }),
		column(sessions, func(s domain.Session) []byte { return hash(s.Access) }),
		column(sessions, func(s domain.Session) *int64 { return pointer(millis(s.AccessExpires)) }),
		column(sessions, func(s domain.Session) []byte { return hash(s.Refresh) }),
		column(sessions, func(s domain.Session) *int64 { return pointer(millis(s.RefreshExpires)) }),
		column(sessions, func(s domain.Session) []byte { return hash(s.ProviderSession) }),
		column(group, func(r *signInRequest) *int64 { return pointer(millis(r.Seen.At)) }),
		column(group, func(r *signInRequest) string { return r.Seen.Address }),
		column(group, func(r *signInRequest) string { return r.Seen.UserAgent }),
		patience.String(),
	}
}

// column returns one value of each.
func column[T, V any](of []T, value func(T) V) []V {
	values := make([]V, len(of))
	for i, one := range of {
		values[i] = value(one)
	}
	return values
}

// pointer is a column as the driver knows it in arrays.
func pointer(n sql.NullInt64) *int64 {
	if !n.Valid {
		return nil
	}
	return &n.Int64
}
