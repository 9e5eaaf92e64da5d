package domain

// A KeySet is the keys that somebody signs with at present.
type KeySet struct {
	Keys []Key
	// Issuer is whose keys they are by the account of where they come from: the
	// "iss" of every token that they sign. Empty: nothing is said about it.
	Issuer string
	// From tells an operator where they come from; empty: the configuration.
	From string
}
