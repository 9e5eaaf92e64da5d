package gormstore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/seed-31b6c987/doorward/domain"
)

// rowsAtOnce is how many rows a statement inserts: a database takes only so many
// arguments.
const rowsAtOnce = 500

// insert inserts those rows that are not there, and returns how many. Statements
// have few different sizes, so that few of them are prepared and kept.
func insert[T any](db *gorm.DB, rows []T) (inserted int64, err error) {
	for size := rowsAtOnce; len(rows) > 0; {
		for size > len(rows) {
			size = max(size/5, 1)
		}
		some := rows[:size]
		rows = rows[size:]
		result := db.Clauses(clause.OnConflict{DoNothing: true}).Create(some)
		if result.Error != nil {
			return inserted, result.Error
		}
		inserted += result.RowsAffected
	}
	return inserted, nil
}

// An importedUserRow is a row of the table users.
type importedUserRow struct {
	User         userRow `gorm:"embedded"`
	PasswordHash string
}

// TableName tells GORM the table.
func (importedUserRow) TableName() string { return "users" }

// An importedDeviceRow is a row of the table devices.
type importedDeviceRow struct {
	Device  deviceRow  `gorm:"embedded"`
	Session sessionRow `gorm:"embedded"`
}

// TableName tells GORM the table.
func (importedDeviceRow) TableName() string { return "devices" }

// imports is the ports.ImportRepository.
type imports struct{ calls calls }

// errMeanwhile is for users that came between two statements: the next time they
// are seen.
var errMeanwhile = fmt.Errorf("%w: %w: somebody else adds the same users", domain.ErrUnavailable, errAgain)

func (r imports) AddUsers(ctx context.Context, users []domain.ImportedUser) (there []domain.User, err error) {
	rows := make([]importedUserRow, len(users))
	for i, u := range users {
		row, err := rowOfUser(u.User)
		if err != nil {
			return nil, err
		}
		if err := domain.CheckText(string(u.Password)); err != nil {
			return nil, err
		}
		rows[i] = importedUserRow{User: row, PasswordHash: string(u.Password)}
	}
	err = r.calls.transact(ctx, func(db *gorm.DB) error {
		if there, err = usersOf(db, rows); err != nil {
			return err
		}
		known := map[string]bool{}
		for _, u := range there {
			known[string(u.ID)] = true
		}
		missing := slices.DeleteFunc(slices.Clone(rows), func(row importedUserRow) bool { return known[row.User.ID] })
		slices.SortFunc(missing, func(a, b importedUserRow) int { return strings.Compare(a.User.ID, b.User.ID) }) // as all do
		inserted, err := insert(db, missing)
		if err == nil && inserted < int64(len(missing)) {
			return errMeanwhile
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return there, nil
}

// usersOf returns those of the users that are there.
func usersOf(db *gorm.DB, of []importedUserRow) (there []domain.User, err error) {
	ids := make([]string, len(of))
	for i, row := range of {
		ids[i] = row.User.ID
	}
	slices.Sort(ids)
	for some := range slices.Chunk(ids, atOnce) {
		var rows []userRow
		if err := db.Where("id IN ?", some).Order("id").Find(&rows).Error; err != nil {
			return nil, err
		}
		for _, row := range rows {
			there = append(there, row.user())
		}
	}
	return there, nil
}

func (r imports) AddDevices(ctx context.Context, devices []domain.ImportedDevice) error {
	rows := make([]importedDeviceRow, len(devices))
	for i, d := range devices {
		row := deviceRow{
			UserID: string(d.UserID), DeviceID: string(d.ID), DisplayName: d.DisplayName,
			CreatedAt:  d.CreatedAt.UnixMilli(),
			LastSeenAt: millis(d.LastSeen.At), LastSeenAddress: d.LastSeen.Address, LastSeenAgent: d.LastSeen.UserAgent,
		}
		if err := domain.CheckText(row.UserID, row.DeviceID, row.DisplayName, row.LastSeenAddress, row.LastSeenAgent); err != nil {
			return err
		}
		rows[i] = importedDeviceRow{Device: row, Session: rowOfSession(d.Session)}
	}
	return r.calls.transact(ctx, func(db *gorm.DB) error {
		inserted, err := insert(db, rows)
		if err == nil && inserted < int64(len(rows)) {
			return domain.ErrExists
		}
		return err
	})
}

func (r imports) AddThirdPartyIDs(ctx context.Context, ids []domain.ThirdPartyID) (taken []domain.ThirdPartyID, err error) {
	rows := make([]thirdPartyIDRow, len(ids))
	for i, id := range ids {
		if rows[i], err = rowOfThirdPartyID(id); err != nil {
			return nil, err
		}
	}
	err = r.calls.transact(ctx, func(db *gorm.DB) error {
		taken = nil
		inserted, err := insert(db, rows)
		if err != nil || inserted == int64(len(rows)) {
			return err
		}
		owners, err := ownersOf(db, rows)
		for i, row := range rows {
			if owners[[2]string{row.Medium, row.Address}] != row.UserID {
				taken = append(taken, ids[i])
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return taken, nil
}

// ownersOf returns whose the addresses are, by medium and address.
func ownersOf(db *gorm.DB, of []thirdPartyIDRow) (map[[2]string]string, error) {
	owners := map[[2]string]string{}
	for some := range slices.Chunk(of, rowsAtOnce) {
		addresses := make([][]any, len(some))
		for i, row := range some {
			addresses[i] = []any{row.Medium, row.Address}
		}
		var found []thirdPartyIDRow
		if err := db.Where("(medium, address) IN ?", addresses).Find(&found).Error; err != nil {
			return nil, err
		}
		for _, row := range found {
			owners[[2]string{row.Medium, row.Address}] = row.UserID
		}
	}
	return owners, nil
}
