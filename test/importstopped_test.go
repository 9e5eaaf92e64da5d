package test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// An import that is stopped between its batches, or in one, goes on, and nobody is
// missed or there twice.
func TestAnImportThatIsStoppedGoesOn(t *testing.T) {
	onRemovals(t, plain, func(r *removal) {
		const users = 1700
		if err := r.from.Fill(r.Context(), users, "example.org"); err != nil {
			r.Fatal(err)
		}
		stops := 0
		for at := 0; ; at++ {
			ctx, cancel := context.WithCancel(r.Context())
			i := r.takeOver(false)
			steps := 0
			i.Seen = func(int, int) {
				if steps++; steps == 2 && at < 2 { // after the first batch
					cancel()
				}
			}
			i.Source = &interrupted{AccountSource: i.Source, at: at, cancel: cancel}
			counts, err := i.Do(ctx)
			cancel()
			if errors.Is(err, context.Canceled) {
				stops++
				continue
			}
			want := domain.ImportCounts{Seen: users, Users: users, Passwords: users, Devices: 3 * users, Sessions: 3 * users, ThirdPartyIDs: users}
			if counts.Left[domain.LeftDeviceHidden] != 3*users || counts.Left[domain.LeftTokenReplaced] != users {
				r.Errorf("left out: %v", counts.Left)
			}
			if counts.Left = nil; err != nil || !cmp.Equal(want, counts) {
				r.Errorf("got %+v, %v", counts, err)
			}
			break
		}
		if stops < 3 {
			r.Errorf("it was stopped %d times", stops)
		}
		_, n, err := r.Storage.Repositories().Users.List(r.Context(), domain.UserQuery{Limit: 1})
		if err != nil || n != users {
			r.Errorf("there are %d users, %v", n, err)
		}
		for _, user := range []int{1, 2, 600, 1100, users} {
			id, token := fmt.Sprintf("@user%d:example.org", user), fmt.Sprint("syt_web_", user)
			if a := r.whoami(r.T, token); a.text("user_id") != id {
				r.Errorf("%s: %s", token, a)
			}
		}
	})
}

// interrupted is a source that stops an import after it has read, so in the middle
// of a batch, the third time.
type interrupted struct {
	application.AccountSource
	at     int
	cancel func()
}

// Read implements application.AccountSource.
func (i *interrupted) Read(ctx context.Context, from string) (domain.ForeignAccounts, error) {
	batch, err := i.AccountSource.Read(ctx, from)
	if i.at == 2 {
		i.cancel()
	}
	return batch, err
}
