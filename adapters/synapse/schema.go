package synapse

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// needed are the columns without which a database is not that of a Synapse.
var needed = map[string][]string{
	"users":          {"name", "password_hash", "creation_ts", "admin", "is_guest", "deactivated"},
	"profiles":       {"user_id", "displayname", "avatar_url"},
	"devices":        {"user_id", "device_id", "display_name", "last_seen", "ip", "user_agent"},
	"access_tokens":  {"id", "user_id", "device_id", "token"},
	"user_threepids": {"user_id", "medium", "address", "validated_at", "added_at"},
}

// later are the tables that an older Synapse does not have.
var later = []string{"refresh_tokens", "erased_users"}

// queries are the queries for what the database has. Those of one batch concern
// the users after $1, up to $2.
type queries struct {
	users, devices, tokens, addresses string
	// refresh and previous are for refresh tokens: by their ids, and by the id of the
	// next. They are empty if there are none.
	refresh, previous string
}

// look finds out what the database has.
func (s *Source) look(ctx context.Context) (queries, error) {
	has := map[string][]string{}
	for _, table := range append([]string{"users", "profiles", "devices", "access_tokens", "user_threepids"}, later...) {
		columns, err := s.columnsOf(ctx, table)
		if err != nil {
			return queries{}, err
		}
		for _, column := range needed[table] {
			if !slices.Contains(columns, column) {
				return queries{}, fmt.Errorf("that is not the database of a Synapse: it has no column %s.%s; homeserver.yaml says at database.args which is", table, column)
			}
		}
		has[table] = columns
	}
	return s.dialect.queries(has), nil
}

func (s *Source) columnsOf(ctx context.Context, table string) (columns []string, err error) {
	rows, err := s.pool.QueryContext(ctx, s.dialect.columns, table)
	if err != nil {
		return nil, s.meaning(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		var column string
		if err := rows.Scan(&column); err != nil {
			return nil, err
		}
		columns = append(columns, column)
	}
	return columns, s.meaning(ctx, rows.Err())
}

// queries writes the queries for a database that has these columns of tables.
func (d dialect) queries(has map[string][]string) queries {
	or := func(table, column, otherwise string) string {
		if !slices.Contains(has[table], column) {
			return otherwise
		}
		return column
	}
	erased := "false"
	if len(has["erased_users"]) > 0 {
		erased = "EXISTS (SELECT 1 FROM erased_users e WHERE e.user_id = u.name)"
	}
	q := queries{
		// Subqueries are looked up by an index, whatever a planner thinks of joins.
		users: `SELECT name, password_hash, creation_ts, admin, is_guest, deactivated, ` +
			strings.Join([]string{or("users", "locked", "false"), or("users", "suspended", "false"), or("users", "approved", "true"), erased}, ", ") + `,
			(SELECT p.displayname FROM profiles p WHERE p.user_id = ` + d.localpart + `),
			(SELECT p.avatar_url FROM profiles p WHERE p.user_id = ` + d.localpart + `)
			FROM users u WHERE name > $1 ORDER BY name LIMIT $2`,
		devices: `SELECT user_id, device_id, display_name, last_seen, ip, user_agent, ` + or("devices", "hidden", "false") + `
			FROM devices WHERE user_id > $1 AND user_id <= $2 ORDER BY coalesce(last_seen, 0) DESC, device_id LIMIT $3`,
		tokens: `SELECT user_id, device_id, token, ` +
			strings.Join([]string{
				or("access_tokens", "valid_until_ms", "NULL"), or("access_tokens", "used", "true"),
				or("access_tokens", "refresh_token_id", "NULL"), or("access_tokens", "last_validated", "NULL"),
				or("access_tokens", "puppets_user_id", "NULL"),
			}, ", ") + `
			FROM access_tokens WHERE user_id > $1 AND user_id <= $2 ORDER BY id DESC`,
		addresses: `SELECT user_id, medium, address, validated_at, added_at
			FROM user_threepids WHERE user_id > $1 AND user_id <= $2 ORDER BY medium, address`,
	}
	if len(has["refresh_tokens"]) > 0 {
		refresh := `SELECT id, coalesce(next_token_id, 0), token, expiry_ts, ultimate_session_expiry_ts FROM refresh_tokens WHERE `
		q.refresh, q.previous = refresh+"id "+d.isAmong, refresh+"next_token_id "+d.isAmong
	}
	return q
}
