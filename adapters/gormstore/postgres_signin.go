package gormstore

import (
	"context"
	"database/sql"
	"errors"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// insertDevice and orReplaceSession surround what is put into devices by a sign-in: it
// makes a session the only one of its device.
const (
	insertDevice = `
	INSERT INTO devices (user_id, device_id, display_name, created_at,
		session_hash, session_ends_at, access_hash, access_expires_at, refresh_hash, refresh_expires_at, issued_at,
		provider_session, last_seen_at, last_seen_address, last_seen_agent)
`
	orReplaceSession = `
	ON CONFLICT (user_id, device_id) DO UPDATE SET
		session_hash = excluded.session_hash, session_ends_at = excluded.session_ends_at,
		access_hash = excluded.access_hash, access_expires_at = excluded.access_expires_at,
		refresh_hash = excluded.refresh_hash, refresh_expires_at = excluded.refresh_expires_at,
		confirmed = true, previous_refresh_hash = NULL, previous_refresh_expires_at = NULL,
		issued_at = excluded.issued_at, provider_session = excluded.provider_session,
` + keepLastSeen + `
	WHERE devices.issued_at <= excluded.issued_at
`
)

// signIn is one statement. The user of a link that is known, or else one of the
// name who is there, is locked, which also fetches the newest version of the row.
// A user who came while the statement waited is invisible to its snapshot: the
// insert meets the row, and the assignment that changes nothing locks and returns
// it (DO NOTHING would return no row). The device's session is replaced in place,
// so that a device cannot have two. A row that was there has been locked by its
// insert, and tells that by its xmax.
//
// Whether a user who is there may be taken by a link that is not known is not
// decided here: what the statement sees of the user's links may be old. Such a
// user is told to be undecided, and nothing is written. The insert of a link meets
// one only if its identity is creating another user at the same time; then the
// whole statement fails, and the next attempt finds the link.
//
// Tokens that were issued later than $19 are not replaced; the last column then
// says when. See [inOrder].
const signIn = `
WITH known AS MATERIALIZED (
	SELECT user_id FROM links WHERE key = $7
), found AS MATERIALIZED (
	SELECT ` + userColumns + `, false AS created
	FROM users WHERE id IN (coalesce((SELECT user_id FROM known), $1), coalesce((SELECT user_id FROM known), $2))
	ORDER BY id = $1 DESC LIMIT 1
	FOR NO KEY UPDATE
), made AS (
	INSERT INTO users (id, display_name, avatar_url, admin, created_at)
	SELECT $2, $4, $20, $21, $5 WHERE $3 AND NOT EXISTS (SELECT FROM found)
	ON CONFLICT (id) DO UPDATE SET id = excluded.id
	RETURNING ` + userColumns + `, xmax = 0 AS created
), who AS (
	SELECT *, $6 AND NOT created AND NOT EXISTS (SELECT FROM known) AS undecided
	FROM (SELECT * FROM found UNION ALL SELECT * FROM made) either
), usable AS (
	SELECT id, created FROM who WHERE NOT locked AND NOT deactivated AND NOT undecided
), link AS (
	INSERT INTO links (key, provider, issuer, subject, user_id, created_at)
	SELECT $7, $8, $9, $10, id, $5 FROM usable WHERE $6 AND created
), address AS (
	INSERT INTO third_party_ids (medium, address, user_id, validated_at, added_at)
	SELECT 'email', $22, id, $5, $5 FROM usable WHERE created AND $22 <> ''
	ON CONFLICT (medium, address) DO NOTHING
), device AS (
` + insertDevice + `	SELECT id, $11, $12, $5, $13, $14, $15, $16, $17, $18, $19, $23, $24, $25, $26 FROM usable
` + orReplaceSession + `	RETURNING xmax = 0 AS created
)
SELECT ` + userColumns + `, created, coalesce((SELECT created FROM device), false), undecided,
	CASE WHEN EXISTS (SELECT FROM usable) AND NOT EXISTS (SELECT FROM device) THEN
		coalesce((SELECT d.issued_at FROM devices d WHERE d.user_id = who.id AND d.device_id = $11), $19)
	END
FROM who`

// SignIn is one statement, but for an identity that is not known and a user who
// is there.
func (s postgresSessions) SignIn(ctx context.Context, in domain.SignIn) (out domain.SignedIn, err error) {
	if err := in.Check(); err != nil {
		return domain.SignedIn{}, err
	}
	err = s.calls.write(ctx, func(db *gorm.DB) error {
		out, err = signInDecided(db, in)
		return err
	})
	if errors.Is(err, errUndecided) {
		err = s.calls.transact(ctx, func(db *gorm.DB) error {
			if err := decide(db, in); err != nil {
				return err
			}
			out, err = signInDecided(db, in)
			return err
		})
	}
	if err != nil {
		return domain.SignedIn{}, err
	}
	return out, nil
}

// errUndecided means that nobody has decided yet whether the identity may have
// the user.
var errUndecided = errors.New("the link is not decided")

// signInDecided runs the statement, or returns errUndecided. It does so past GORM,
// which would copy the text byte by byte: that costs more than all else here.
func signInDecided(db *gorm.DB, in domain.SignIn) (domain.SignedIn, error) {
	var row userRow
	var created, newDevice, undecided bool
	key := in.Link.Key()
	opened := in.Session()
	ctx, conn := db.Statement.Context, db.Statement.ConnPool
	err := inOrder(in.At, func(issuedAt int64) (overtakenAt sql.NullInt64, err error) {
		err = scanRow(conn.QueryRowContext(ctx, signIn,
			string(in.Users[0]), string(in.Users[len(in.Users)-1]), in.Create, in.DisplayName, in.At.UnixMilli(),
			in.Link != domain.Link{}, key[:], in.Link.Provider, in.Link.Issuer, in.Link.Subject,
			string(in.Device), in.DeviceName,
			hash(opened.ID), millis(opened.Ends),
			hash(opened.Access), millis(opened.AccessExpires), hash(opened.Refresh), millis(opened.RefreshExpires),
			issuedAt, in.AvatarURL, in.Admin, in.Email, hash(opened.ProviderSession),
			millis(in.Seen.At), in.Seen.Address, in.Seen.UserAgent,
		), append(row.columns(), &created, &newDevice, &undecided, &overtakenAt)...)
		return overtakenAt, err
	})
	if err != nil {
		return domain.SignedIn{}, err
	}
	if undecided {
		return domain.SignedIn{}, errUndecided
	}
	return domain.SignedIn{User: row.user(), Created: created, NewDevice: newDevice}, row.user().MayUse()
}

const lockFirst = `
SELECT ` + userColumns + ` FROM users WHERE id IN ($1, $2) ORDER BY id = $1 DESC LIMIT 1
FOR NO KEY UPDATE`

// decide gives the user who is there to the identity of the sign-in, or says why
// not. Whoever does that locks the user first, and looks at its links then, with
// another statement: so it sees all that were given to it.
func decide(db *gorm.DB, in domain.SignIn) error {
	var row userRow
	if err := scanUser(db.Raw(lockFirst, string(in.Users[0]), string(in.Users[len(in.Users)-1])), &row); err != nil {
		return err
	}
	user, key := row.user(), in.Link.Key()
	err := take(db.Where("key = ?", key[:]), &linkRow{})
	if !errors.Is(err, domain.ErrNotFound) {
		return err // it became known meanwhile
	}
	has, err := linksOf(db, user.ID)
	if err != nil {
		return err
	}
	if err := in.Link.MayTake(has, in.LinkExisting); err != nil {
		return err
	}
	if err := user.MayUse(); err != nil {
		return err
	}
	return putLink(db, user.ID, in)
}
