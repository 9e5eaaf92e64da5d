// Package addresses knows the canonical forms of third-party ids (Matrix
// specification, appendices, "3PID Types"), so that one address is one whatever
// its spelling.
//
// It is no adapter but a set of rules that several adapters share. Its errors are
// refusals of the kind [domain.ErrInvalidParam] that hold nothing of the address.
package addresses

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"

	"github.com/seed-31b6c987/doorward/domain"
)

// MaxEmail is the greatest length of an e-mail address, in bytes, in its
// canonical form and in any other (RFC 5321, 4.5.3.1.3, less the brackets).
const MaxEmail = 254

// An E.164 number has at most 15 digits; one with fewer than 5 is no number
// beyond its own network.
const minDigits, maxDigits = 5, 15

var (
	errMedium = invalid("medium", "medium must be email or msisdn")
	errEmail  = invalid("email", "That is no e-mail address of the form user@domain")
	errMSISDN = invalid("msisdn", "A phone number is 5 to 15 digits that begin with the country code, without +")
)

// Canonical returns the canonical form of an address, or
// [domain.ErrInvalidParam] for one of another medium than [domain.Email] and
// [domain.Phone], or one that is no address. The canonical form of a canonical
// form is itself.
func Canonical(medium domain.Medium, address string) (string, error) {
	switch medium {
	case domain.Email:
		return email(address)
	case domain.Phone:
		return msisdn(address)
	}
	return "", errMedium
}

// email folds the whole address, as the specification wants it: to Unicode's
// caseless matching, ß is ss.
func email(address string) (string, error) {
	if len(address) > MaxEmail || !utf8.ValidString(address) {
		return "", errEmail
	}
	address = strings.Map(foldCherokee, cases.Fold().String(address))
	local, host, ok := strings.Cut(address, "@")
	if !ok || local == "" || len(address) > MaxEmail || !isHost(host) || strings.ContainsFunc(local, isForeign) {
		return "", errEmail
	}
	return address, nil
}

// foldCherokee mends what x/text does with Cherokee letters: small ones are folded to
// capitals, by Unicode's table; x/text makes small ones of capitals, too.
func foldCherokee(r rune) rune {
	switch {
	case 'ꭰ' <= r && r <= 'ꮿ':
		return r - 'ꭰ' + 'Ꭰ'
	case 'ᏸ' <= r && r <= 'ᏽ':
		return r - 'ᏸ' + 'Ᏸ'
	}
	return r
}

// isHost says whether s could be a domain name. One dot at the end would be
// another spelling of the same.
func isHost(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || strings.ContainsFunc(label, isForeign) {
			return false
		}
	}
	return true
}

// isForeign says whether r has no place in either half of a bare address: what
// cannot be seen, and what surrounds addresses in the headers of mail (RFC 5322,
// 3.2.3).
func isForeign(r rune) bool {
	return !unicode.IsPrint(r) || strings.ContainsRune(` "(),:;<>@[\]`, r)
}

func msisdn(address string) (string, error) {
	if len(address) < minDigits || len(address) > maxDigits || address[0] == '0' ||
		strings.Trim(address, "0123456789") != "" {
		return "", errMSISDN
	}
	return address, nil
}

func invalid(what, text string) error {
	return domain.Refuse(domain.ErrInvalidParam, "invalid_"+what, text)
}
