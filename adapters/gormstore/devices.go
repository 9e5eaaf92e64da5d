package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// A deviceRow is a row of the table devices, less the session.
type deviceRow struct {
	UserID          string `gorm:"primaryKey"`
	DeviceID        string `gorm:"primaryKey"`
	DisplayName     string
	CreatedAt       int64 `gorm:"autoCreateTime:false"`
	LastSeenAt      sql.NullInt64
	LastSeenAddress string
	LastSeenAgent   string
}

// TableName tells GORM the table.
func (deviceRow) TableName() string { return "devices" }

func (r deviceRow) device() domain.Device {
	return domain.Device{
		UserID:      domain.UserID(r.UserID),
		ID:          domain.DeviceID(r.DeviceID),
		DisplayName: r.DisplayName,
		CreatedAt:   fromMillis(r.CreatedAt),
		LastSeen:    domain.Seen{At: timeOf(r.LastSeenAt), Address: r.LastSeenAddress, UserAgent: r.LastSeenAgent},
	}
}

// devices is the ports.DeviceRepository.
type devices struct{ calls calls }

func (d devices) ByID(ctx context.Context, user domain.UserID, id domain.DeviceID) (domain.Device, error) {
	if err := domain.CheckText(string(user), string(id)); err != nil {
		return domain.Device{}, err
	}
	var row deviceRow
	err := d.calls.read(ctx, func(db *gorm.DB) error {
		return take(db.Where("user_id = ? AND device_id = ?", string(user), string(id)), &row)
	})
	if err != nil {
		return domain.Device{}, err
	}
	return row.device(), nil
}

func (d devices) List(ctx context.Context, user domain.UserID) ([]domain.Device, error) {
	if err := domain.CheckText(string(user)); err != nil {
		return nil, err
	}
	var rows []deviceRow
	err := d.calls.read(ctx, func(db *gorm.DB) error {
		return db.Where("user_id = ?", string(user)).Order("device_id").Find(&rows).Error
	})
	if err != nil {
		return nil, err
	}
	list := make([]domain.Device, 0, len(rows))
	for _, row := range rows {
		list = append(list, row.device())
	}
	return list, nil
}

func (d devices) Create(ctx context.Context, device domain.Device) error {
	row := deviceRow{
		UserID: string(device.UserID), DeviceID: string(device.ID), DisplayName: device.DisplayName,
		CreatedAt:  device.CreatedAt.UnixMilli(),
		LastSeenAt: millis(device.LastSeen.At), LastSeenAddress: device.LastSeen.Address, LastSeenAgent: device.LastSeen.UserAgent,
	}
	if err := domain.CheckText(row.UserID, row.DeviceID, row.DisplayName, row.LastSeenAddress, row.LastSeenAgent); err != nil {
		return err
	}
	return d.calls.transact(ctx, func(db *gorm.DB) error {
		if err := lockUser(db, device.UserID); err != nil {
			return err
		}
		return create(db, &row)
	})
}

func (d devices) Rename(ctx context.Context, user domain.UserID, id domain.DeviceID, name string) error {
	if err := domain.CheckText(string(user), string(id), name); err != nil {
		return err
	}
	return d.calls.write(ctx, func(db *gorm.DB) error {
		result := db.Exec("UPDATE devices SET display_name = ? WHERE user_id = ? AND device_id = ?", name, string(user), string(id))
		return orIfNone(result, domain.ErrNotFound)
	})
}

func (d devices) Delete(ctx context.Context, user domain.UserID, ids ...domain.DeviceID) ([]domain.DeviceID, error) {
	return d.delete(ctx, user, ids, func(*gorm.DB) ([]domain.DeviceID, error) { return ids, nil })
}

func (d devices) DeleteAll(ctx context.Context, user domain.UserID, but ...domain.DeviceID) ([]domain.DeviceID, error) {
	return d.delete(ctx, user, but, func(db *gorm.DB) (ids []domain.DeviceID, err error) {
		err = db.Raw("SELECT device_id FROM devices WHERE user_id = ?", string(user)).Scan(&ids).Error
		return slices.DeleteFunc(ids, func(id domain.DeviceID) bool { return slices.Contains(but, id) }), err
	})
}

// atOnce is how many ids a statement names: a database takes only so many
// arguments.
const atOnce = 1000

// delete locks the user first, so nobody signs in meanwhile: those that signed in
// before are seen by the statements after that one. It deletes what choose
// chooses.
func (d devices) delete(
	ctx context.Context, user domain.UserID, named []domain.DeviceID, choose func(*gorm.DB) ([]domain.DeviceID, error),
) (gone []domain.DeviceID, err error) {
	if err := domain.CheckText(append(plain(named), string(user))...); err != nil {
		return nil, err
	}
	err = d.calls.transact(ctx, func(db *gorm.DB) error {
		gone = nil
		if err := lockUser(db, user); err != nil {
			return err
		}
		ids, err := choose(db)
		if err != nil {
			return err
		}
		for some := range slices.Chunk(plain(ids), atOnce) {
			var deleted []domain.DeviceID
			err := db.Raw("DELETE FROM devices WHERE user_id = ? AND device_id IN ? RETURNING device_id", string(user), some).
				Scan(&deleted).Error
			if err != nil {
				return err
			}
			gone = append(gone, deleted...)
		}
		return nil
	})
	if errors.Is(err, domain.ErrNotFound) {
		return nil, nil // a user who does not exist has no devices
	}
	if err != nil {
		return nil, err
	}
	slices.Sort(gone)
	return gone, nil
}
