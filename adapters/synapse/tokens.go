package synapse

import (
	"context"
	"database/sql"

	"github.com/seed-31b6c987/doorward/domain"
)

// An accessToken is a row of the table access_tokens.
type accessToken struct {
	user              string
	device            sql.NullString
	token             string
	expires           sql.NullInt64
	used              sql.NullBool
	refresh, loggedIn sql.NullInt64 // the id of the refresh token that belongs to it, and when
	puppets           sql.NullString
}

// A refreshToken is a row of the table refresh_tokens.
type refreshToken struct {
	id, next     int64
	token        string
	expires, end sql.NullInt64
}

// readTokens gives the devices their sessions. Of several access tokens of a device
// the newest counts, and the others were replaced. A refresh token that was
// exchanged knows the one for which it was.
func (b *batch) readTokens(ctx context.Context) error {
	devices := map[[2]string]*domain.ForeignDevice{}
	for i := range b.accounts {
		account := &b.accounts[i]
		for j := range account.Devices {
			d := &account.Devices[j]
			devices[[2]string{string(account.ID), string(d.ID)}] = d
		}
	}
	refreshable := map[int64]*domain.ForeignSession{}
	err := b.each(ctx, func(rows *sql.Rows) error {
		var t accessToken
		if err := rows.Scan(&t.user, &t.device, &t.token, &t.expires, &t.used, &t.refresh, &t.loggedIn, &t.puppets); err != nil {
			return err
		}
		account := b.account(t.user)
		switch {
		case account == nil:
		case t.puppets.Valid:
			account.Left[domain.LeftTokenPuppet]++
		case !t.device.Valid:
			account.Left[domain.LeftTokenNoDevice]++
		default:
			if d := devices[[2]string{t.user, t.device.String}]; d != nil && t.give(d) && t.refresh.Valid {
				refreshable[t.refresh.Int64] = &d.Session
			}
		}
		return nil
	}, b.source.queries.tokens, b.after, b.last)
	if err != nil || len(refreshable) == 0 || b.source.queries.refresh == "" {
		return err
	}
	return b.readRefreshTokens(ctx, refreshable)
}

// give gives the token to its device, and says whether it is the newest.
func (t accessToken) give(d *domain.ForeignDevice) bool {
	if d.Session.Access != "" {
		d.Session.Replaced = append(d.Session.Replaced, t.token)
		return false
	}
	d.Session = domain.ForeignSession{Access: t.token, AccessExpires: millis(t.expires), Confirmed: t.used.Bool}
	if t.loggedIn.Valid {
		d.CreatedAt = millis(t.loggedIn)
	}
	return true
}

// readRefreshTokens completes the sessions, which it is given by the ids of their
// refresh tokens.
func (b *batch) readRefreshTokens(ctx context.Context, sessions map[int64]*domain.ForeignSession) error {
	ids := make([]int64, 0, len(sessions))
	for id := range sessions {
		ids = append(ids, id)
	}
	among, err := b.source.dialect.numbers(ids)
	if err != nil {
		return err
	}
	err = b.eachRefreshToken(ctx, b.source.queries.refresh, among, func(t refreshToken) {
		s := sessions[t.id]
		s.Refresh, s.RefreshExpires, s.Ends = t.token, millis(t.expires), millis(t.end)
	})
	if err != nil {
		return err
	}
	return b.eachRefreshToken(ctx, b.source.queries.previous, among, func(t refreshToken) {
		s := sessions[t.next]
		s.PreviousRefresh, s.PreviousRefreshExpires = t.token, millis(t.expires)
	})
}

func (b *batch) eachRefreshToken(ctx context.Context, query string, among any, take func(refreshToken)) error {
	return b.each(ctx, func(rows *sql.Rows) error {
		var t refreshToken
		err := rows.Scan(&t.id, &t.next, &t.token, &t.expires, &t.end)
		if err == nil {
			take(t)
		}
		return err
	}, query, among)
}
