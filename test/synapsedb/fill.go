package synapsedb

import "context"

// numbers are the numbers from 1 to $1, as n.
const numbers = ` WITH RECURSIVE n (i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT `

// Fill adds users of a server, @user1 to @userN, each with a profile, a password
// hash, an e-mail address and three devices: one with an access token that never
// expires, one with tokens that were refreshed, and one with both that were
// refreshed just now, an answer to which nobody has used. And each has the three
// keys of cross-signing that Synapse keeps among the devices.
func (db *DB) Fill(ctx context.Context, users int, server string) error {
	for _, statement := range []string{
		`INSERT INTO users (name, password_hash, creation_ts)` + numbers +
			`'@user' || i || ':' || $2, '$2b$12$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 1500000000 + i FROM n`,
		`INSERT INTO profiles (user_id, displayname, full_user_id)` + numbers + `'user' || i, 'User ' || i, '@user' || i || ':' || $2 FROM n`,
		`INSERT INTO user_threepids (user_id, medium, address, validated_at, added_at)` + numbers +
			`'@user' || i || ':' || $2, 'email', 'user' || i || '@mail.example', 1500000000000, 1500000000000 FROM n`,
		`INSERT INTO devices (user_id, device_id, display_name, last_seen, ip, user_agent)` + numbers +
			`'@user' || i || ':' || $2, kind || i, 'A device', 1600000000000 + i, '192.0.2.1', 'An agent of a browser of some length (X11; Linux)'
			FROM n CROSS JOIN (SELECT 'WEB' AS kind UNION SELECT 'PHONE' UNION SELECT 'TABLET') k`,
		`INSERT INTO devices (user_id, device_id, display_name, hidden)` + numbers +
			`'@user' || i || ':' || $2, kind || i, kind, true FROM n CROSS JOIN (SELECT 'master' AS kind UNION SELECT 'self' UNION SELECT 'user') k`,
		`INSERT INTO refresh_tokens (id, user_id, device_id, token, next_token_id)` + numbers +
			`4 * i, '@user' || i || ':' || $2, 'PHONE' || i, 'syr_phone_' || i, NULL FROM n`,
		`INSERT INTO refresh_tokens (id, user_id, device_id, token, next_token_id)` + numbers +
			`4 * i + 1, '@user' || i || ':' || $2, 'TABLET' || i, 'syr_new_' || i, NULL FROM n`,
		`INSERT INTO refresh_tokens (id, user_id, device_id, token, next_token_id)` + numbers +
			`4 * i + 2, '@user' || i || ':' || $2, 'TABLET' || i, 'syr_tablet_' || i, 4 * i + 1 FROM n`,
		`INSERT INTO access_tokens (id, user_id, device_id, token, last_validated, used)` + numbers +
			`4 * i, '@user' || i || ':' || $2, 'WEB' || i, 'syt_web_' || i, 1550000000000, true FROM n`,
		`INSERT INTO access_tokens (id, user_id, device_id, token, valid_until_ms, refresh_token_id, used)` + numbers +
			`4 * i + 1, '@user' || i || ':' || $2, 'PHONE' || i, 'syt_phone_' || i, 1600000000000, 4 * i, true FROM n`,
		`INSERT INTO access_tokens (id, user_id, device_id, token, valid_until_ms, refresh_token_id, used)` + numbers +
			`4 * i + 3, '@user' || i || ':' || $2, 'TABLET' || i, 'syt_new_' || i, 1600000000000, 4 * i + 1, false FROM n`,
		`INSERT INTO access_tokens (id, user_id, device_id, token, valid_until_ms, refresh_token_id, used)` + numbers +
			`4 * i + 2, '@user' || i || ':' || $2, 'TABLET' || i, 'syt_tablet_' || i, 1600000000000, 4 * i + 2, true FROM n`,
	} {
		if err := db.Exec(ctx, statement, users, server); err != nil {
			return err
		}
	}
	return nil
}
