package addresses_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/seed-31b6c987/doorward/adapters/addresses"
	"github.com/seed-31b6c987/doorward/domain"
)

// Matrix specification, appendices, "3PID Types": E-Mail.
func TestEmailAddressesAreOneWhateverTheirSpelling(t *testing.T) {
	for spelling, want := range map[string]string{
		"alice@example.org":       "alice@example.org",
		"Alice@EXAMPLE.org":       "alice@example.org",
		"Strauß@Example.com":      "strauss@example.com", // the specification's own example
		"STRAUSS@example.com":     "strauss@example.com",
		"ΣΊΣΥΦΟΣ@example.gr":      "σίσυφοσ@example.gr",
		"ﬁnn@example.org":         "finn@example.org",
		"a.b+c_d=e@x.example":     "a.b+c_d=e@x.example",
		"o'neil!#$%&*/?^`{|}~@ex": "o'neil!#$%&*/?^`{|}~@ex",
		"ali..ce.@example.org":    "ali..ce.@example.org", // some hosts gave out such
	} {
		if got, err := addresses.Canonical(domain.Email, spelling); err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", spelling, got, err, want)
		}
	}
}

func TestALetterIsOneInEveryCase(t *testing.T) {
	for r := rune(' '); r <= unicode.MaxRune; r++ {
		one, err := addresses.Canonical(domain.Email, string(r)+"@x")
		if err != nil {
			continue
		}
		if again, err := addresses.Canonical(domain.Email, one); err != nil || again != one {
			t.Errorf("%q: %q, then %q, %v", r, one, again, err)
		}
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			if same, err := addresses.Canonical(domain.Email, string(other)+"@x"); err != nil || same != one {
				t.Errorf("%q is %q, and %q is %q, %v", r, one, other, same, err)
			}
		}
	}
}

// Matrix specification, appendices, "3PID Types": "It must not contain other
// text such as real name, angle brackets or a mailto: prefix."
func TestWhatIsNoBareEmailAddressIsRefused(t *testing.T) {
	for _, address := range []string{
		"", "@", "alice", "alice@", "@example.org", "alice@@example.org", "a@b@c", `"a@b"@c`,
		"Alice <alice@example.org>", "<alice@example.org>", "mailto:alice@example.org", "alice@example.org (Alice)",
		"alice@example.org,bob@example.org", "alice@example.org;", `al"ice@example.org`, `al\ice@example.org`,
		" alice@example.org", "alice@example.org ", "alice@example.org\n", "al\x00ice@example.org", "al\u200bice@example.org",
		"alice@\u202eexample.org", "alice\u00a0@example.org", "al\xffice@example.org",
		"alice@.org", "alice@example.org.", "alice@example..org", "alice@[192.0.2.1]", "alice@host:25",
		strings.Repeat("a", 243) + "@example.org",
		strings.Repeat("ΐ", 80) + "@example.org", // 172 bytes, and 492 when folded
	} {
		refused(t, address)(addresses.Canonical(domain.Email, address))
	}
	longest := strings.Repeat("a", 242) + "@example.org"
	if got, err := addresses.Canonical(domain.Email, longest); err != nil || got != longest {
		t.Errorf("of %d bytes: got %q, %v", len(longest), got, err)
	}
}

// Matrix specification, appendices, "3PID Types": PSTN Phone numbers.
func TestPhoneNumbersAreDigits(t *testing.T) {
	for _, number := range []string{"12345", "447700900123", "123456789012345"} {
		if got, err := addresses.Canonical(domain.Phone, number); err != nil || got != number {
			t.Errorf("%s: got %q, %v", number, got, err)
		}
	}
	for _, number := range []string{
		"", "1234", "1234567890123456", "+447700900123", "0447700900123", "44 7700 900123", "44-7700-900123",
		"4477009001x3", "٤٤٧٧٠٠٩٠", "447700900123\n",
	} {
		refused(t, number)(addresses.Canonical(domain.Phone, number))
	}
}

func TestOtherMediaAreRefused(t *testing.T) {
	for _, medium := range []domain.Medium{"", "Email", "sip"} {
		refused(t, string(medium))(addresses.Canonical(medium, "alice@example.org"))
	}
}

// Matrix specification, client-server API, "Phone number": m.id.phone.
func TestANumberAsItIsTypedBecomesAnAddress(t *testing.T) {
	for _, c := range []struct{ country, number, want string }{
		{"GB", "07700 900123", "447700900123"},
		{"GB", "(07700) 900-123", "447700900123"},
		{"GB", "+44 7700 900123", "447700900123"},
		{"GB", "0044 7700 900123", "447700900123"},
		{"GB", "447700900123", "447700900123"},
		{"GB", "+49 30 901820", "4930901820"}, // a number that says its own country
		{"DE", "030/901820", "4930901820"},
		{"DE", "030 901820 ext. 5", "4930901820"},
		{"US", "(202) 555-0100", "12025550100"},
		{"US", "011 44 7700 900123", "447700900123"},
		{"IT", "06 698 12345", "390669812345"}, // the 0 is a part of the number there
		{"EG", "٠١٠٠١٢٣٤٥٦٧", "201001234567"},
	} {
		if got, err := addresses.Phone(c.country, c.number); err != nil || got != c.want {
			t.Errorf("%s in %s: got %q, %v; want %q", c.number, c.country, got, err, c.want)
		}
	}
}

func TestWhatIsNoPhoneNumberIsRefused(t *testing.T) {
	for _, c := range []struct{ country, number string }{
		{"", "07700 900123"}, {"gb", "07700 900123"}, {"GBR", "07700 900123"}, {"GB\n", "07700 900123"},
		{"XX", "07700 900123"}, {"GB", ""}, {"GB", "1"}, {"GB", "12"}, {"GB", "alice"}, {"GB", "+"}, {"GB", "\x00"},
		{"GB", "+999 7700 900123"}, {"GB", strings.Repeat("7", 20)}, {"GB", "07700 900123" + strings.Repeat(" ", 60)},
		{"GB", strings.Repeat("7", 1<<16)},
	} {
		refused(t, c.country+" "+c.number)(addresses.Phone(c.country, c.number))
	}
}

// Whatever comes, the form is stable: what is canonical stays as it is.
func FuzzCanonical(f *testing.F) {
	f.Add("email", "Strauß@Example.com")
	f.Add("email", "İ@ǰ")
	f.Add("email", "0@Ꭲ")
	f.Add("msisdn", "447700900123")
	f.Fuzz(func(t *testing.T, medium, address string) {
		once, err := addresses.Canonical(domain.Medium(medium), address)
		if err != nil {
			refused(t, address)(once, err)
			return
		}
		if twice, err := addresses.Canonical(domain.Medium(medium), once); err != nil || twice != once {
			t.Errorf("%q became %q, then %q, %v", address, once, twice, err)
		}
	})
}

func FuzzPhone(f *testing.F) {
	f.Add("GB", "07700 900123")
	f.Add("US", "tel:202-555-0100;phone-context=+1;ext=7")
	f.Fuzz(func(t *testing.T, country, number string) {
		got, err := addresses.Phone(country, number)
		if err != nil {
			refused(t, number)(got, err)
			return
		}
		if again, err := addresses.Canonical(domain.Phone, got); err != nil || again != got {
			t.Errorf("%q in %s became %q: %v", number, country, got, err)
		}
	})
}

// refused returns a function that fails the test unless it is given the refusal
// of an address, without the address in it.
func refused(t *testing.T, address string) func(string, error) {
	t.Helper()
	return func(got string, err error) {
		t.Helper()
		if got != "" || !errors.Is(err, domain.ErrInvalidParam) {
			t.Errorf("%q: got %q, %v", address, got, err)
		} else if len(address) > 5 && strings.Contains(err.Error(), address) {
			t.Errorf("the refusal repeats %q", address)
		}
	}
}
