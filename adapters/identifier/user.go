package identifier

import (
	"context"
	"errors"
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// FindUser returns the user that a name means, a user id or the localpart of one
// of this server, and whether there is such a user. The case of A to Z makes no
// difference, but a user who exists under exactly this spelling, from the days
// when that was allowed, is taken before the one in lower case. If there is none,
// the id is that in lower case, so it is the same for every spelling; it may be
// an impossible one, or of another server. Errors are those of the repository.
func FindUser(ctx context.Context, users ports.UserRepository, name string, server domain.ServerName) (id domain.UserID, exists bool, err error) {
	for _, id = range spellings(name, server) {
		if _, impossible := domain.ParseUserID(string(id)); impossible != nil || id.Server() != server {
			continue
		}
		_, err = users.ByID(ctx, id)
		if !errors.Is(err, domain.ErrNotFound) {
			return id, err == nil, err
		}
	}
	return id, false, nil
}

// spellings returns the ids that a name may mean, the best first.
func spellings(name string, server domain.ServerName) []domain.UserID {
	local, at := name, server
	if full, ok := strings.CutPrefix(name, "@"); ok {
		if before, after, ok := strings.Cut(full, ":"); ok {
			local, at = before, domain.ServerName(after)
		}
	}
	id := func(local string) domain.UserID { return domain.UserID("@" + local + ":" + string(at)) }
	folded := domain.FoldLocalpart(local)
	if folded == local {
		return []domain.UserID{id(local)}
	}
	return []domain.UserID{id(local), id(folded)}
}
