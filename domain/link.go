package domain

import "crypto/sha256"

// A Link is an identity elsewhere: the subject of an issuer that a provider
// speaks for. It is remembered with the user who first signs in with it, and
// decides from then on who that is, whatever names the identity goes by.
type Link struct {
	Provider string // the name of the provider in the configuration
	Issuer   string // empty if the credential names none
	Subject  string
}

// Key identifies the link in a store, whatever the length of its parts: the
// SHA-256 of provider, issuer and subject, separated by NUL (which none of
// them may hold).
func (l Link) Key() [sha256.Size]byte {
	return sha256.Sum256([]byte(l.Provider + "\x00" + l.Issuer + "\x00" + l.Subject))
}

// MayTake says whether an identity that is not known yet may have an account that
// is there already, and has these links: nil, or [ErrOtherIdentity]. It may if
// the account is its own in other spellings, which providers that do not know
// upper case from lower case write now and then. An account that nobody has by a
// link it may have if existing ones are given away. The zero Link asks for nothing.
func (l Link) MayTake(has []Link, existing bool) error {
	if l == (Link{}) {
		return nil
	}
	if len(has) == 0 && !existing {
		return ErrOtherIdentity
	}
	for _, other := range has {
		other.Subject = FoldLocalpart(other.Subject)
		if other != (Link{l.Provider, l.Issuer, FoldLocalpart(l.Subject)}) {
			return ErrOtherIdentity
		}
	}
	return nil
}
