package application_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// elsewhere are accounts of another server, of which two are handed over at once.
type elsewhere struct {
	accounts []domain.ForeignAccount
	read     func(from string) error // before each batch
}

// Name implements application.AccountSource.
func (e elsewhere) Name() string { return "elsewhere" }

// Count implements application.AccountSource.
func (e elsewhere) Count(context.Context) (int, error) { return len(e.accounts), nil }

// Read implements application.AccountSource.
func (e elsewhere) Read(ctx context.Context, from string) (domain.ForeignAccounts, error) {
	if e.read != nil {
		if err := e.read(from); err != nil {
			return domain.ForeignAccounts{}, err
		}
	}
	begin, _ := strconv.Atoi(from)
	end := min(begin+2, len(e.accounts))
	return domain.ForeignAccounts{
		Accounts: e.accounts[begin:end], Next: strconv.Itoa(end), Last: end == len(e.accounts),
	}, ctx.Err()
}

// Unowned implements application.AccountSource.
func (e elsewhere) Unowned(context.Context) (map[domain.LeftOut]int, error) {
	return map[domain.LeftOut]int{domain.LeftDeviceOfNobody: 7}, nil
}

func importOf(storage ports.Storage, source elsewhere) application.Import {
	return application.Import{
		Server: "example.org", Storage: storage, Source: source,
		Canonical: func(medium domain.Medium, address string) (string, error) {
			if medium != domain.Email {
				return "", domain.ErrInvalidParam
			}
			return strings.ToLower(address), nil
		},
		Verifiable: func(hash domain.PasswordHash) bool { return strings.HasPrefix(string(hash), "$") },
	}
}

// foreign is an account with a device of its name, that a token "syt_" and the
// name opens, and an e-mail address.
func foreign(id domain.UserID) domain.ForeignAccount {
	name := id.Localpart()
	return domain.ForeignAccount{
		ImportedUser: domain.ImportedUser{User: domain.User{ID: id, DisplayName: name, CreatedAt: at}, Password: "$hash"},
		Devices: []domain.ForeignDevice{{
			Device: domain.Device{ID: domain.DeviceID(name), CreatedAt: at}, Session: domain.ForeignSession{Access: "syt_" + name},
		}},
		ThirdPartyIDs: []domain.ThirdPartyID{{Medium: domain.Email, Address: name + "@Mail.example"}},
	}
}

func foreigners(names ...string) (accounts []domain.ForeignAccount) {
	for _, name := range names {
		accounts = append(accounts, foreign(domain.UserID("@"+name+":example.org")))
	}
	return accounts
}

// of are the counts of n accounts of foreigners.
func of(n int, left map[domain.LeftOut]int) domain.ImportCounts {
	all := map[domain.LeftOut]int{domain.LeftDeviceOfNobody: 7}
	for why, n := range left {
		all[why] = n
	}
	return domain.ImportCounts{Seen: n, Users: n, Passwords: n, Devices: n, Sessions: n, ThirdPartyIDs: n, Left: all}
}

func wantCounts(t *testing.T, got, want domain.ImportCounts) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func mustImport(t *testing.T, i application.Import) domain.ImportCounts {
	t.Helper()
	counts, err := i.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// whose returns the device that a token of another server opens.
func whose(t *testing.T, storage ports.Storage, token string) (domain.DeviceID, error) {
	t.Helper()
	r := storage.Repositories()
	clock := func() time.Time { return at }
	bearer, err := application.Authenticate{
		Sessions: r.Sessions, Users: r.Users, Tickets: r.Tickets,
		Tokens: application.NewTokenReader(r.ImportedTokens, clock), Now: clock,
	}.Do(t.Context(), application.Presented{Token: token})
	return bearer.Device, err
}
