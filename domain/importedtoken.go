package domain

import (
	"crypto/sha256"
	"crypto/subtle"
	"strings"
)

// An ImportedToken is what stores know of a token that another server gave out,
// and that was taken over. Such a token says nothing of its session. So the id of
// the session is kept beside it, sealed with the token itself: whoever reads the
// store and has no token learns no id.
type ImportedToken struct {
	// Hash is the token's own.
	Hash TokenHash
	// Session is the hash of the session's id.
	Session TokenHash
	// Sealed is the session's id, which the token opens.
	Sealed [sessionSize]byte
}

// ImportToken makes a token of another server one of a session, as a token of
// the kind and of no other.
func ImportToken(kind TokenKind, token string, session SessionID) ImportedToken {
	imported := ImportedToken{Hash: Token(token).Hash(), Session: session.Hash()}
	seal(kind, token, imported.Sealed[:], []byte(session))
	return imported
}

// SessionID returns the id of the token's session. A token that is not the
// imported one, or is shown as one of another kind, opens an id that is nobody's.
func (t ImportedToken) SessionID(kind TokenKind, token string) SessionID {
	id := make([]byte, sessionSize)
	seal(kind, token, id, t.Sealed[:])
	return SessionID(id)
}

// seal seals what is open, and opens what is sealed.
func seal(kind TokenKind, token string, to, from []byte) {
	pad := sha256.Sum256([]byte("session of " + string(kind) + token))
	subtle.XORBytes(to, from, pad[:sessionSize])
}

// IsForeign says whether s may be a token that another server gave out: it has
// not the form of ours, and is no longer than tokens are.
func IsForeign(s string) bool {
	const longest = 1024
	ours := len(s) >= kindSize && strings.HasPrefix(s, "dw") && s[kindSize-1] == '_'
	return s != "" && len(s) <= longest && !ours
}
