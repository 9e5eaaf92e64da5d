package application

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Import takes over the accounts of another server, some at a time, each time as
// one: users with their passwords, devices with their sessions, and third-party
// ids. A user who is there already is left alone, with all that it has: whoever
// logged out here since an earlier import stays logged out.
//
// It may be stopped at any time, and goes on from there the next time.
type Import struct {
	Server  domain.ServerName
	Storage ports.Storage
	Source  AccountSource
	// Canonical returns the canonical form of an address, or
	// [domain.ErrInvalidParam].
	Canonical func(medium domain.Medium, address string) (string, error)
	// Verifiable says whether passwords can be verified with a hash.
	Verifiable func(domain.PasswordHash) bool
	// Seen is told how many of all users were looked at; nil: nobody is told.
	Seen func(users, all int)
	// DryRun says that everything is counted and nothing written. What is done is
	// undone again, so nothing is missed but addresses that are in use twice.
	DryRun bool
}

// An AccountSource is another server's accounts, which do not change meanwhile.
type AccountSource interface {
	// Name is the same for the same accounts, and another for others.
	Name() string
	// Count returns how many users there are.
	Count(ctx context.Context) (int, error)
	// Read returns the accounts from a place on, in an order of the source's; from
	// the empty place on: the first. There are not so many of them that they could not
	// be written in one transaction.
	Read(ctx context.Context, from string) (domain.ForeignAccounts, error)
	// Unowned returns what is there without a user.
	Unowned(ctx context.Context) (map[domain.LeftOut]int, error)
}

// ErrOtherServer means that the accounts are those of another server name.
var ErrOtherServer = errors.New("the accounts are those of another server")

// CheckSource returns [ErrOtherServer] if none of the first accounts is the
// server's.
func CheckSource(ctx context.Context, source AccountSource, server domain.ServerName) error {
	batch, err := source.Read(ctx, "")
	if err != nil || len(batch.Accounts) == 0 {
		return err
	}
	for _, a := range batch.Accounts {
		if a.ID.Server() == server {
			return nil
		}
	}
	return fmt.Errorf("%w: of %s, and server_name is %s", ErrOtherServer, batch.Accounts[0].ID.Server(), server)
}

// errDryRun undoes what a dry run does.
var errDryRun = errors.New("this is a dry run")

// Do takes over what is left to be taken over, and returns what was, by earlier
// runs that were stopped too, even if it fails.
func (i Import) Do(ctx context.Context) (domain.ImportCounts, error) {
	progress, err := i.begin(ctx)
	if err != nil {
		return domain.ImportCounts{}, err
	}
	all, err := i.Source.Count(ctx)
	if err != nil {
		return progress.Counts, err
	}
	for over := false; !over; {
		if i.Seen != nil {
			i.Seen(progress.Counts.Seen, all)
		}
		batch, err := i.Source.Read(ctx, progress.Next)
		if err != nil {
			return progress.Counts, err
		}
		if progress, err = i.takeOver(ctx, batch, progress); err != nil {
			return progress.Counts, err
		}
		over = batch.Last
	}
	if i.Seen != nil {
		i.Seen(progress.Counts.Seen, all)
	}
	unowned, err := i.Source.Unowned(ctx)
	return progress.Counts.Plus(domain.ImportCounts{Left: unowned}), err
}

// begin returns how far an earlier import came.
func (i Import) begin(ctx context.Context) (domain.ImportProgress, error) {
	start := domain.ImportProgress{Source: i.Source.Name()}
	if i.DryRun {
		return start, nil
	}
	progress, err := i.Storage.Repositories().Imports.Progress(ctx, start.Source)
	if errors.Is(err, domain.ErrNotFound) {
		return start, nil
	}
	return progress, err
}

// takeOver takes over a batch, and returns how far the import came with it.
func (i Import) takeOver(ctx context.Context, batch domain.ForeignAccounts, before domain.ImportProgress) (domain.ImportProgress, error) {
	accounts, checked := i.check(batch.Accounts)
	after := before
	err := i.Storage.InTransaction(ctx, func(r ports.Repositories) error {
		added, err := i.add(ctx, r, accounts)
		if err != nil {
			return err
		}
		after = domain.ImportProgress{Source: before.Source, Next: batch.Next, Counts: before.Counts.Plus(checked).Plus(added)}
		switch {
		case i.DryRun:
			return errDryRun
		case batch.Last:
			return r.Imports.DeleteProgress(ctx, after.Source)
		}
		return r.Imports.PutProgress(ctx, after)
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return before, err
	}
	return after, nil
}

// add adds those of the accounts that are not there.
func (i Import) add(ctx context.Context, r ports.Repositories, accounts []domain.ForeignAccount) (counts domain.ImportCounts, err error) {
	users := make([]domain.ImportedUser, len(accounts))
	for n, a := range accounts {
		users[n] = a.ImportedUser
	}
	there, err := r.Imports.AddUsers(ctx, users)
	if err != nil {
		return counts, err
	}
	known := map[domain.UserID]domain.User{}
	for _, u := range there {
		known[u.ID] = u
	}
	var belongings belongings
	for _, a := range accounts {
		switch user, ok := known[a.ID]; {
		case !ok:
			counts = counts.Plus(i.count(a))
			belongings.gather(a, i.Canonical, &counts)
		case user == stored(a.User):
			counts.Leave(domain.LeftUserThere, 1)
		default:
			counts.Leave(domain.LeftUserDiffers, 1)
		}
	}
	taken, err := belongings.add(ctx, r)
	counts.ThirdPartyIDs -= taken
	counts.Leave(domain.LeftAddressTaken, taken)
	return counts, err
}

func (i Import) count(a domain.ForeignAccount) domain.ImportCounts {
	counts := domain.ImportCounts{Users: 1, Left: a.Left}
	if a.Unapproved {
		counts.Locked = 1
	}
	if a.Password != "" {
		counts.Passwords = 1
	}
	return counts
}
