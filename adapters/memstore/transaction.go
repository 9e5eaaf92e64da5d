package memstore

import (
	"context"
	"errors"
	"sync"

	"github.com/seed-31b6c987/doorward/ports"
)

var errEnded = errors.New("the transaction has ended")

// calls is what repositories need: to look, and to change something. The store
// makes a transaction of every call; a transaction does not.
type calls interface {
	read(context.Context, func(*view) error) error
	write(context.Context, func(*view) error) error
}

// ask makes a call, calls.read or calls.write, that has an answer. One that
// fails has none.
func ask[T any](ctx context.Context, call func(context.Context, func(*view) error) error, do func(*view) (T, error)) (T, error) {
	var answer, none T
	err := call(ctx, func(v *view) (err error) {
		answer, err = do(v)
		return err
	})
	if err != nil {
		return none, err
	}
	return answer, nil
}

func repositories(c calls) ports.Repositories {
	return ports.Repositories{
		Users:              users{c},
		Devices:            devices{c},
		Sessions:           sessions{c},
		Links:              links{c},
		Sightings:          sightings{c},
		Passwords:          passwords{c},
		ThirdPartyIDs:      thirdPartyIDs{c},
		Tickets:            tickets{c},
		Interactions:       interactions{c},
		RegistrationTokens: registrationTokens{c},
		Audit:              audit{c},
		ImportedTokens:     importedTokens{c},
		Imports:            imports{c},
		KeySets:            keySets{c},
		Outbox:             outbox{c},
		Leases:             leases{c},
		DeadSessions:       deadSessions{c},
	}
}

// A transaction lets several calls share one view.
type transaction struct {
	mu   sync.Mutex
	view *view // nil when the transaction has ended
}

func (t *transaction) read(ctx context.Context, do func(*view) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.view == nil {
		return errEnded
	}
	return do(t.view)
}

// write is read: the repositories check everything before they change the
// first thing, so that a call that fails leaves the view as it was.
func (t *transaction) write(ctx context.Context, do func(*view) error) error {
	return t.read(ctx, do)
}

func (t *transaction) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.view = nil
}
