package domain

import "crypto/sha256"

// ProviderSession identifies a session at a provider in a store, whatever the
// length of its parts: the SHA-256 of provider, issuer and the session's id there,
// its "sid" (OpenID Connect Back-Channel Logout 1.0, 2.1), separated by NUL, of
// which only the last may hold one.
func ProviderSession(provider, issuer, id string) TokenHash {
	return sha256.Sum256([]byte("sid\x00" + provider + "\x00" + issuer + "\x00" + id))
}

// A ProviderLogout says whose sessions a provider wants to end, as it has proven
// (OpenID Connect Back-Channel Logout 1.0, 2.4).
type ProviderLogout struct {
	// Link is whose sessions end: all that the user has. Zero: those of Session,
	// whoever's they are.
	Link Link
	// Session is the session at the provider with which they end, and no others;
	// zero: they all do.
	Session TokenHash
	// Once is what nobody may have used before.
	Once Once
	// Evidence is what is to be remembered of the proof.
	Evidence Evidence
}

// An EndedSession says whose session ended, and which device was deleted with it.
type EndedSession struct {
	User   UserID
	Device DeviceID
}
