package domain

// SessionRules are what an operator decides about sessions.
type SessionRules struct {
	Lifetimes
	// MaxDevices is how many devices a user may have; 0: any number.
	MaxDevices int
	// InfoURI is where users read about that limit.
	InfoURI string
}
