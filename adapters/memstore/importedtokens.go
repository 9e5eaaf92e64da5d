package memstore

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// importedTokens is the ports.ImportedTokenRepository.
type importedTokens struct{ calls calls }

func (r importedTokens) Add(ctx context.Context, tokens []domain.ImportedToken) error {
	return r.calls.write(ctx, func(v *view) error {
		for _, t := range tokens {
			if _, ok := v.imported.get(t.Hash); !ok {
				v.imported.set(t.Hash, t)
			}
		}
		return nil
	})
}

func (r importedTokens) ByHash(ctx context.Context, hash domain.TokenHash) (domain.ImportedToken, error) {
	return ask(ctx, r.calls.read, func(v *view) (domain.ImportedToken, error) {
		found, ok := v.imported.get(hash)
		if !ok {
			return domain.ImportedToken{}, domain.ErrNotFound
		}
		return found, nil
	})
}

func (r importedTokens) Any(ctx context.Context) (bool, error) {
	return ask(ctx, r.calls.read, func(v *view) (bool, error) {
		for range v.imported.all() {
			return true, nil
		}
		return false, nil
	})
}

// DeleteEnded looks at all at once.
func (r importedTokens) DeleteEnded(ctx context.Context, _ domain.TokenHash) (next domain.TokenHash, deleted int, err error) {
	deleted, err = ask(ctx, r.calls.write, func(v *view) (int, error) {
		return v.imported.removeAll(func(t domain.ImportedToken) bool {
			_, lives := v.sessions.get(t.Session)
			return !lives
		}), nil
	})
	return domain.TokenHash{}, deleted, err
}
