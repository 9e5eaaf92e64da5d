package domain_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestDeviceIDs(t *testing.T) {
	for _, good := range []string{"A", "a b/c:☃", strings.Repeat("x", 255), strings.Repeat("☃", 255)} {
		if got, err := domain.ParseDeviceID(good); err != nil || string(got) != good {
			t.Errorf("%q: got %q, %v", good, got, err)
		}
	}
	for _, bad := range []string{"", "a\nb", "\x00", "\x7f", "\u0085", "\xff", strings.Repeat("x", 256)} {
		if got, err := domain.ParseDeviceID(bad); !errors.Is(err, domain.ErrInvalidParam) {
			t.Errorf("%q: got %q, %v; want ErrInvalidParam", bad, got, err)
		}
	}
}

func TestDeviceNamesHaveAtMost100Characters(t *testing.T) {
	if err := domain.CheckDeviceName(strings.Repeat("☃", 100)); err != nil {
		t.Error(err)
	}
	err := domain.CheckDeviceName(strings.Repeat("x", 101))
	if !errors.Is(err, domain.ErrTooLong) || err.Error() != "Device display name is too long (max 100)" {
		t.Errorf("101 characters: got %v", err)
	}
}

func TestNewDeviceIDsAreTenLettersAndDiffer(t *testing.T) {
	seen := map[domain.DeviceID]bool{}
	for range 1000 {
		id := domain.NewDeviceID()
		if !regexp.MustCompile(`^[A-Z]{10}$`).MatchString(string(id)) || seen[id] {
			t.Fatalf("got %q", id)
		}
		seen[id] = true
	}
}
