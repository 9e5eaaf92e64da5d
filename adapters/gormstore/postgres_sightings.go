package gormstore

import (
	"context"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// postgresSightings is the ports.SightingRepository on PostgreSQL.
type postgresSightings struct{ calls calls }

// recordAll is one statement for a batch. It waits for nobody, since meanwhile
// it would make others wait for the rows that it has: devices that somebody else
// holds are passed over and returned. Of the others the newest version is looked
// at, so that nothing later is overwritten.
const recordAll = `
WITH seen AS MATERIALIZED (
	SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[])
		AS s (n, user_id, device_id, at, address, agent)
), held AS MATERIALIZED (
	SELECT d.user_id, d.device_id, s.n, s.at, s.address, s.agent
	FROM seen s JOIN devices d ON d.user_id = s.user_id AND d.device_id = s.device_id
	WHERE d.last_seen_at IS NULL OR d.last_seen_at < s.at
	FOR NO KEY UPDATE OF d SKIP LOCKED
), written AS (
	UPDATE devices d SET last_seen_at = held.at, last_seen_address = held.address, last_seen_agent = held.agent
	FROM held
	WHERE d.user_id = held.user_id AND d.device_id = held.device_id
)
SELECT s.n
FROM seen s JOIN devices d ON d.user_id = s.user_id AND d.device_id = s.device_id
WHERE (d.last_seen_at IS NULL OR d.last_seen_at < s.at) AND s.n NOT IN (SELECT n FROM held)`

// Record waits for those of the devices that others hold one by one, each as a
// statement of its own, while it holds none.
func (r postgresSightings) Record(ctx context.Context, sightings []domain.Sighting) error {
	if err := checkSightings(sightings); err != nil {
		return err
	}
	return r.calls.write(ctx, func(db *gorm.DB) error {
		var passedOver []int
		if err := db.Raw(recordAll, columnsOf(sightings)...).Scan(&passedOver).Error; err != nil {
			return err
		}
		for _, n := range passedOver {
			if err := record(db, sightings[n]); err != nil {
				return err
			}
		}
		return nil
	})
}

// record writes down one sighting, if it is later than what is known.
func record(db *gorm.DB, s domain.Sighting) error {
	return db.Exec(`
		UPDATE devices SET last_seen_at = ?, last_seen_address = ?, last_seen_agent = ?
		WHERE user_id = ? AND device_id = ? AND (last_seen_at IS NULL OR last_seen_at < ?)`,
		s.At.UnixMilli(), s.Address, s.UserAgent, string(s.User), string(s.Device), s.At.UnixMilli()).Error
}

// columnsOf returns the sightings as an array for each column, their numbers
// first.
func columnsOf(sightings []domain.Sighting) []any {
	var numbers, times []int64
	var users, devices, addresses, agents []string
	for n, s := range sightings {
		numbers, times = append(numbers, int64(n)), append(times, s.At.UnixMilli())
		users, devices = append(users, string(s.User)), append(devices, string(s.Device))
		addresses, agents = append(addresses, s.Address), append(agents, s.UserAgent)
	}
	return []any{numbers, users, devices, times, addresses, agents}
}
