package compose

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"time"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// An Operator administers what is in the database at the command line, and
// accounts for it.
type Operator struct {
	application.Administer
	// Delegation is nil unless homeserver.kind says that one delegates.
	Delegation *application.Delegation
	Records    ports.AuditRepository
	audit      *application.Audit
}

// Record writes down what the operator has done to a user.
func (o Operator) Record(ctx context.Context, event domain.AuditEvent, user domain.UserID, more domain.AuditRecord) error {
	more.ID, more.At, more.Actor = rand.Text(), o.Now(), domain.ActorCommand
	more.Event, more.Result, more.User = event, domain.AuditOK, user
	o.audit.Note(more)
	if err := o.audit.Write(ctx); err != nil {
		return fmt.Errorf("it is done, but there is no audit record of it: %w", err)
	}
	return nil
}

// Administration opens the database, to administer what is in it beside a server
// that may be running. It makes none and changes no schema, and returns
// [ErrMemory] or [ErrNoDatabase] where there is none. Whoever is going to create
// users claims it: then it is the server's, as if that had run. The returned
// function releases what was opened.
func Administration(ctx context.Context, cfg *config.Config, check Check, claim bool, log *slog.Logger) (Operator, func(), error) {
	store, err := Database(ctx, cfg, log)
	if err != nil {
		return Operator{}, nil, err
	}
	err = store.CheckSchema(ctx)
	switch {
	case err != nil:
	case claim:
		err = store.BelongTo(ctx, check.Server)
	default:
		err = store.CheckServer(ctx, check.Server)
	}
	if err != nil {
		store.Close()
		return Operator{}, nil, ofDatabase(err)
	}
	delegation, err := newDelegation(cfg, store, time.Now, log)
	if err != nil {
		store.Close()
		return Operator{}, nil, err
	}
	records := store.Repositories().Audit
	return Operator{
		Delegation: delegation,
		Administer: application.Administer{
			Server:      check.Server,
			Appservices: check.Appservices,
			Storage:     delegation.Noting(store),
			Hasher:      hasher(cfg),
			Now:         time.Now,
		},
		Records: records,
		audit:   application.NewAudit(records, auditRules(cfg), time.Now),
	}, func() { store.Close() }, nil
}
