package ports

import "context"

// Repositories are what is stored, either each call for itself or, inside
// [Storage.InTransaction], all calls together.
type Repositories struct {
	Users              UserRepository
	Devices            DeviceRepository
	Sessions           SessionRepository
	Links              LinkRepository
	Sightings          SightingRepository
	Passwords          PasswordRepository
	ThirdPartyIDs      ThirdPartyIDRepository
	Tickets            TicketRepository
	Interactions       InteractionRepository
	RegistrationTokens RegistrationTokenRepository
	Audit              AuditRepository
	ImportedTokens     ImportedTokenRepository
	Imports            ImportRepository
	KeySets            KeySetRepository
	Outbox             OutboxRepository
	Leases             LeaseRepository
	DeadSessions       DeadSessionRepository
}

// A Storage keeps what has to outlive a request.
type Storage interface {
	// Repositories returns the repositories whose every call is a transaction
	// of its own.
	Repositories() Repositories

	// InTransaction calls do with repositories whose calls take effect together
	// when do returns nil, and not at all when it returns an error (which
	// InTransaction then returns), panics, or ctx ends first. do may be called
	// more than once, and uses only the repositories it is given, and only
	// until it returns.
	InTransaction(ctx context.Context, do func(Repositories) error) error

	// CleanUp deletes what the storage keeps for itself and nobody needs any more. It
	// may take long; ctx ends it, and the next call goes on. It is to be called every
	// few minutes, by whoever likes to.
	CleanUp(ctx context.Context) error

	// Ping returns nil if the storage answers, so that reading would succeed.
	Ping(ctx context.Context) error
}
