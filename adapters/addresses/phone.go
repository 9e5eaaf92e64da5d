package addresses

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// maxTyped is the greatest length of a phone number as it is typed, in bytes.
const maxTyped = 64

var (
	country = regexp.MustCompile(`^[A-Z]{2}$`)

	errCountry = invalid("country", "country must be two upper-case letters, as in ISO 3166-1")
	errPhone   = invalid("phone", "That is no phone number of this country")
)

// Phone returns the canonical form of the address, of the medium
// [domain.Phone], that a number as people type it means in a country, a code of
// ISO 3166-1 (Matrix specification, client-server API, "Phone number"). It
// returns [domain.ErrInvalidParam] if it means none. Whether anybody has the
// number is not looked at: numbering plans change faster than programs.
func Phone(region, number string) (string, error) {
	if !country.MatchString(region) {
		return "", errCountry
	}
	if len(number) > maxTyped {
		return "", errPhone
	}
	parsed, err := phonenumbers.Parse(number, region)
	if err != nil {
		return "", errPhone // the library's error may quote the number
	}
	digits := strings.TrimPrefix(phonenumbers.Format(parsed, phonenumbers.E164), "+")
	if digits, err = msisdn(digits); err != nil {
		return "", errPhone
	}
	return digits, nil
}
