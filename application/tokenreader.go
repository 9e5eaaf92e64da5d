package application

import (
	"context"
	"sync"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// A TokenReader reads access and refresh tokens as clients present them: ours,
// and those that were imported from another server. It may be used concurrently.
//
// Rubbish costs no query while nothing is imported. Whether that is so is looked
// up once a minute at most, so a server that is running accepts imported tokens a
// minute later.
//
// Nil is one of a server without imported tokens.
type TokenReader struct {
	imported ports.ImportedTokenRepository
	now      Clock

	mu    sync.Mutex
	asked time.Time // when it was last looked up; zero: never
	any   bool      // what the answer was
}

// lookAgain is how long it is known whether there are imported tokens.
const lookAgain = time.Minute

// NewTokenReader makes one.
func NewTokenReader(imported ports.ImportedTokenRepository, now Clock) *TokenReader {
	return &TokenReader{imported: imported, now: now}
}

// A presentedToken is what is known of a token before it is looked for.
type presentedToken struct {
	session domain.SessionID
	key     domain.TokenKey
}

// read returns what is to be looked for, or [domain.ErrUnknownToken] for what
// cannot be a token of the kind.
func (t *TokenReader) read(ctx context.Context, kind domain.TokenKind, text string) (presentedToken, error) {
	token, err := domain.ParseToken(kind, text)
	if err == nil {
		return presentedToken{session: token.Session(), key: token.Key()}, nil
	}
	if t == nil || !domain.IsForeign(text) {
		return presentedToken{}, err
	}
	switch any, err := t.hasAny(ctx); {
	case err != nil:
		return presentedToken{}, err
	case !any:
		return presentedToken{}, domain.ErrUnknownToken
	}
	found, err := t.imported.ByHash(ctx, domain.Token(text).Hash())
	if err != nil {
		return presentedToken{}, unknownIfNotFound(err)
	}
	session := found.SessionID(kind, text)
	return presentedToken{session: session, key: domain.TokenKey{Session: session.Hash(), Token: found.Hash}}, nil
}

// hasAny says whether there are imported tokens. One of several callers looks; the
// others take the answer before for as long.
func (t *TokenReader) hasAny(ctx context.Context) (bool, error) {
	now := t.now()
	t.mu.Lock()
	asked, before := t.asked, t.any
	if age := now.Sub(asked); !asked.IsZero() && age >= 0 && age < lookAgain {
		t.mu.Unlock()
		return before, nil
	}
	if !asked.IsZero() {
		t.asked = now
	}
	t.mu.Unlock()

	any, err := t.imported.Any(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.asked = asked
		return false, err
	}
	t.asked, t.any = now, any
	return any, nil
}
