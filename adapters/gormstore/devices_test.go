package gormstore_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// A statement takes some 30,000 arguments on one of the databases, and some
// 60,000 on the other.
func TestAnyNumberOfDevicesMayBeNamed(t *testing.T) {
	onBoth(t, func(t *testing.T, _ string, store *gormstore.Store) {
		devices := store.Repositories().Devices
		var many []domain.DeviceID
		for i := range 70_000 {
			many = append(many, domain.DeviceID(fmt.Sprintf("%05d", i)))
		}
		first, last := many[0], many[len(many)-1]
		for _, id := range []domain.DeviceID{last, "stays", first} {
			if err := signIn(t.Context(), store, login(alice, id, string(id))); err != nil {
				t.Fatal(err)
			}
		}
		gone, err := devices.Delete(t.Context(), alice, many...)
		if diff := cmp.Diff([]domain.DeviceID{first, last}, gone); diff != "" || err != nil {
			t.Error(err, diff)
		}
		gone, err = devices.DeleteAll(t.Context(), alice, many...)
		if diff := cmp.Diff([]domain.DeviceID{"stays"}, gone); diff != "" || err != nil {
			t.Error(err, diff)
		}
	})
}

func TestDeletingDevicesEndsASignInThatItWaitedFor(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(ports.Repositories) ([]domain.DeviceID, error)
		want []domain.DeviceID
	}{
		"DeleteAll": {func(r ports.Repositories) ([]domain.DeviceID, error) {
			return r.Devices.DeleteAll(t.Context(), alice, "d")
		}, []domain.DeviceID{"new"}},
		"Delete": {func(r ports.Repositories) ([]domain.DeviceID, error) {
			return r.Devices.Delete(t.Context(), alice, "new", "d", "none")
		}, []domain.DeviceID{"d", "new"}},
	} {
		var gone []domain.DeviceID
		updateWaits(t,
			func(r ports.Repositories) error {
				_, err := r.Sessions.SignIn(t.Context(), login(alice, "new", "b"))
				return err
			},
			func(r ports.Repositories) (err error) { gone, err = c.end(r); return err })
		if !slices.Equal(gone, c.want) {
			t.Errorf("%s deleted %v, want %v", name, gone, c.want)
		}
	}
}
