package config

// An Appservice is what the registration file of an application service says
// (Application Service API, Registration).
type Appservice struct {
	ID string
	// URL is where the application service is called; empty: it is not. It is
	// not checked here.
	URL string
	// ASToken is what the application service shows to the homeserver, HSToken
	// what the homeserver shows to the application service.
	ASToken, HSToken Secret
	// SenderLocalpart is the localpart of the application service's own user.
	// Its grammar is not checked here.
	SenderLocalpart string
	// RateLimited says that the users it acts for are subject to rate limits.
	RateLimited bool
	// Users are the user ids that it may act for, besides its own.
	Users []Namespace
}

// A Namespace is a set of user ids.
type Namespace struct {
	// Regex is a regular expression that package regexp understands.
	Regex string `yaml:"regex"`
	// Exclusive says that nobody else may have these user ids.
	Exclusive bool `yaml:"exclusive"`
}
