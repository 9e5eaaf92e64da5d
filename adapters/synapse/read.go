package synapse

import (
	"context"
	"database/sql"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	// usersAtOnce is how many users are handed over at once, if they do not have too
	// many devices.
	usersAtOnce = 500
	// devicesAtOnce is how many devices are. A user with more keeps those that were
	// used last: programs that log in anew each time they start have such.
	devicesAtOnce = 5000
)

// Read returns accounts in the order of their ids. What belongs to one of them is
// of one moment, even if Synapse is running.
func (s *Source) Read(ctx context.Context, from string) (accounts domain.ForeignAccounts, err error) {
	tx, err := s.pool.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return accounts, s.meaning(ctx, err)
	}
	defer tx.Rollback()
	for n := usersAtOnce; ; n /= 2 {
		b := batch{tx: tx, source: s, after: from, most: n}
		if fits, err := b.read(ctx); err != nil {
			return accounts, s.meaning(ctx, err)
		} else if fits {
			return domain.ForeignAccounts{Accounts: b.accounts, Next: b.last, Last: len(b.accounts) < n}, nil
		}
	}
}

// A batch is what is read at once.
type batch struct {
	tx       *sql.Tx
	source   *Source
	after    string // the users come after this one
	last     string // the last of the users
	most     int    // how many users there are at most
	accounts []domain.ForeignAccount
	places   map[string]int // of the users in accounts
}

// account returns the account of a user; nil if there is no such user.
func (b *batch) account(user string) *domain.ForeignAccount {
	i, ok := b.places[user]
	if !ok {
		return nil
	}
	return &b.accounts[i]
}

// read reads a batch, unless it has too many devices.
func (b *batch) read(ctx context.Context) (fits bool, err error) {
	if err := b.readUsers(ctx); err != nil || len(b.accounts) == 0 {
		return true, err
	}
	if fits, err := b.readDevices(ctx); err != nil || !fits {
		return fits, err
	}
	if err := b.readTokens(ctx); err != nil {
		return true, err
	}
	return true, b.readAddresses(ctx)
}

// each calls scan for each row of a query.
func (b *batch) each(ctx context.Context, scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := b.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (b *batch) readUsers(ctx context.Context) error {
	b.last, b.places = b.after, map[string]int{}
	return b.each(ctx, func(rows *sql.Rows) error {
		var id string
		var password, name, avatar sql.NullString
		var created sql.NullInt64
		var admin, guest, deactivated, locked, suspended, approved, erased sql.NullBool
		err := rows.Scan(&id, &password, &created, &admin, &guest, &deactivated, &locked, &suspended, &approved, &erased, &name, &avatar)
		if err != nil {
			return err
		}
		b.last, b.places[id] = id, len(b.accounts)
		b.accounts = append(b.accounts, domain.ForeignAccount{
			ImportedUser: domain.ImportedUser{
				User: domain.User{
					ID: domain.UserID(id), DisplayName: name.String, AvatarURL: avatar.String,
					CreatedAt: time.Unix(created.Int64, 0).UTC(), // of all times the only one in seconds
					Admin:     admin.Bool, Guest: guest.Bool, Deactivated: deactivated.Bool,
					Locked: locked.Bool, Suspended: suspended.Bool, Erased: erased.Bool,
				},
				Password: domain.PasswordHash(password.String),
			},
			Unapproved: approved.Valid && !approved.Bool,
			Left:       map[domain.LeftOut]int{},
		})
		return nil
	}, b.source.queries.users, b.after, b.most)
}

// readDevices reads the devices, and says whether there are not too many. Those of
// a single user are never too many.
func (b *batch) readDevices(ctx context.Context) (fits bool, err error) {
	read := 0
	err = b.each(ctx, func(rows *sql.Rows) error {
		var user, id string
		var name, address, agent sql.NullString
		var seen sql.NullInt64
		var hidden sql.NullBool
		if err := rows.Scan(&user, &id, &name, &seen, &address, &agent, &hidden); err != nil {
			return err
		}
		account := b.account(user)
		if read++; read > devicesAtOnce || account == nil {
			return nil
		}
		if hidden.Bool { // a key of cross-signing, kept among the devices
			account.Left[domain.LeftDeviceHidden]++
			return nil
		}
		account.Devices = append(account.Devices, domain.ForeignDevice{Device: domain.Device{
			ID: domain.DeviceID(id), DisplayName: name.String,
			CreatedAt: account.CreatedAt, // as long as no token says more
			LastSeen:  domain.Seen{At: millis(seen), Address: address.String, UserAgent: agent.String},
		}})
		return nil
	}, b.source.queries.devices, b.after, b.last, devicesAtOnce+1)
	if err != nil || read <= devicesAtOnce {
		return true, err
	}
	if b.most > 1 {
		return false, nil
	}
	var all int
	err = b.tx.QueryRowContext(ctx, "SELECT count(*) FROM devices WHERE user_id = $1", b.last).Scan(&all)
	b.accounts[0].Left[domain.LeftDeviceBeyondLimit] = max(all-devicesAtOnce, 0)
	return true, err
}

func (b *batch) readAddresses(ctx context.Context) error {
	return b.each(ctx, func(rows *sql.Rows) error {
		var user, medium, address string
		var validated, added sql.NullInt64
		if err := rows.Scan(&user, &medium, &address, &validated, &added); err != nil {
			return err
		}
		if account := b.account(user); account != nil {
			account.ThirdPartyIDs = append(account.ThirdPartyIDs, domain.ThirdPartyID{
				Medium: domain.Medium(medium), Address: address,
				ValidatedAt: millis(validated), AddedAt: millis(added),
			})
		}
		return nil
	}, b.source.queries.addresses, b.after, b.last)
}

// millis is a time in a column, in which NULL is none.
func millis(column sql.NullInt64) time.Time {
	if !column.Valid {
		return time.Time{}
	}
	return time.UnixMilli(column.Int64).UTC()
}
