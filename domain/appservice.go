package domain

import (
	"crypto/sha256"
	"crypto/subtle"
	"regexp"
)

// An Appservice is an application service that the operator has registered
// (Matrix specification, application service API, "Registration").
type Appservice struct {
	ID  string
	URL string // where it listens; empty: nowhere
	// Token is the hash of the token with which it comes.
	Token TokenHash
	// HomeserverToken is the one with which it is called.
	HomeserverToken string
	// Sender is the user that it is by itself.
	Sender UserID
	// Namespaces are the users that it may act as.
	Namespaces []Namespace
	// Limited says that the requests of its users are limited as others' are.
	Limited bool
}

// A Namespace is a set of this server's users.
type Namespace struct {
	// Users matches from the beginning of a user id; what follows is free.
	Users *regexp.Regexp
	// Exclusive says that nobody else may have such a name.
	Exclusive bool
}

// Covers says whether the application service may act as the user. server is
// this server: nobody may act as a user of another.
func (a Appservice) Covers(user UserID, server ServerName) bool {
	if user == a.Sender {
		return true
	}
	return user.Server() == server && a.matches(user, false)
}

func (a Appservice) matches(user UserID, exclusively bool) bool {
	for _, n := range a.Namespaces {
		if n.Exclusive || !exclusively {
			if at := n.Users.FindStringIndex(string(user)); at != nil && at[0] == 0 {
				return true
			}
		}
	}
	return false
}

// Appservices are all that are registered.
type Appservices []Appservice

// ByToken returns the application service that has the token. How long it takes
// says nothing about the tokens there are.
func (all Appservices) ByToken(token string) (found Appservice, ok bool) {
	if len(all) == 0 || token == "" {
		return found, false
	}
	hash := sha256.Sum256([]byte(token))
	for _, a := range all {
		if subtle.ConstantTimeCompare(hash[:], a.Token[:]) == 1 {
			found, ok = a, true
		}
	}
	return found, ok
}

// Reserved returns [ErrExclusive] if the name belongs to an application service
// other than the one with the id; "" is none. The user that an application
// service is by itself belongs to it, too.
func (all Appservices) Reserved(user UserID, id string) error {
	for _, a := range all {
		if a.ID != id && (user == a.Sender || a.matches(user, true)) {
			return Refuse(ErrExclusive, "exclusive", "This user ID is reserved for an application service")
		}
	}
	return nil
}
