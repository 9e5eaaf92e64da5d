package gormstore

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// An importedTokenRow is a row of the table imported_tokens.
type importedTokenRow struct {
	Hash        []byte `gorm:"primaryKey"`
	SessionHash []byte
	Sealed      []byte
}

// TableName tells GORM the table.
func (importedTokenRow) TableName() string { return "imported_tokens" }

// importedTokens is the ports.ImportedTokenRepository.
type importedTokens struct{ calls calls }

func (r importedTokens) Add(ctx context.Context, tokens []domain.ImportedToken) error {
	rows := make([]importedTokenRow, len(tokens))
	for i, t := range tokens {
		rows[i] = importedTokenRow{Hash: t.Hash[:], SessionHash: t.Session[:], Sealed: t.Sealed[:]}
	}
	return r.calls.transact(ctx, func(db *gorm.DB) error {
		_, err := insert(db, rows)
		return err
	})
}

func (r importedTokens) ByHash(ctx context.Context, hash domain.TokenHash) (domain.ImportedToken, error) {
	var session, sealed []byte
	err := r.calls.read(ctx, func(db *gorm.DB) error {
		return scanOne(db.Raw("SELECT session_hash, sealed FROM imported_tokens WHERE hash = ?", hash[:]), &session, &sealed)
	})
	if err != nil {
		return domain.ImportedToken{}, err
	}
	found := domain.ImportedToken{Hash: hash, Session: hashOf(session)}
	copy(found.Sealed[:], sealed)
	return found, nil
}

func (r importedTokens) Any(ctx context.Context) (any bool, err error) {
	err = r.calls.read(ctx, func(db *gorm.DB) error {
		return scanOne(db.Raw("SELECT EXISTS (SELECT 1 FROM imported_tokens)"), &any)
	})
	return any, err
}

// lookedAt is how many imported tokens DeleteEnded looks at.
const lookedAt = 5000

const endedTokens = `
SELECT hash FROM imported_tokens i
WHERE hash > ? AND hash <= ? AND NOT EXISTS (SELECT 1 FROM devices d WHERE d.session_hash = i.session_hash)`

// DeleteEnded looks for them apart from deleting them: nobody who writes waits
// meanwhile, and a session that has ended does not come back.
func (r importedTokens) DeleteEnded(ctx context.Context, after domain.TokenHash) (next domain.TokenHash, deleted int, err error) {
	err = r.calls.readAndWrite(ctx, func(reader, writer *gorm.DB) error {
		var end []byte
		err := scanOne(reader.Raw("SELECT hash FROM imported_tokens WHERE hash > ? ORDER BY hash LIMIT 1 OFFSET ?", after[:], lookedAt), &end)
		switch next = hashOf(end); {
		case errors.Is(err, domain.ErrNotFound):
			end = bytes.Repeat([]byte{0xff}, len(after))
		case err != nil:
			return err
		}
		var ended [][]byte
		if err := reader.Raw(endedTokens, after[:], end).Scan(&ended).Error; err != nil {
			return err
		}
		deleted = 0
		for some := range slices.Chunk(ended, atOnce) {
			result := writer.Where("hash IN ?", some).Delete(&importedTokenRow{})
			if result.Error != nil {
				return result.Error
			}
			deleted += int(result.RowsAffected)
		}
		return nil
	})
	return next, deleted, err
}
