package application

import (
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Dependencies are what the use cases need from outside, and what an operator
// decides. Those without a comment are needed.
type Dependencies struct {
	Server  domain.ServerName
	Types   LoginTypes
	Storage ports.Storage
	Limiter ports.RateLimiter
	Hasher  ports.PasswordHasher
	Now     Clock
	// Rules are zero for sessions that last for ever, on any number of devices.
	Rules domain.SessionRules
	// Appservices are those that are registered, and Caller is how they are called;
	// nil if there are none.
	Appservices domain.Appservices
	Caller      AppserviceCaller
	// LogoutTokens verifies what providers end sessions with; nil: they end none.
	LogoutTokens ports.LogoutVerifier
	// LoginTokens are not offered if zero.
	LoginTokens LoginTokenRules
	// Registration is closed if zero; Stages are what opens it to somebody.
	Registration Registration
	Stages       RegistrationStages
	// SharedSecret lets programs register users; empty: it does not.
	SharedSecret SharedSecret
	// Administrators are, if zero, the users who are.
	Administrators Administrators
	// Audit keeps no records if zero.
	Audit AuditRules
	// Delegation is that of a homeserver; nil: none has handed authentication over.
	Delegation *Delegation
}

// UseCases are all that Doorward does.
type UseCases struct {
	Login              Login
	Refresh            Refresh
	Authenticate       Authenticate
	Logout             Logout
	LogoutAll          LogoutAll
	ProviderLogout     ProviderLogout
	Preview            Preview
	Confirm            Confirm
	Register           Register
	SignedRegistration SignedRegistration
	Devices            Devices
	LoginTokens        LoginTokens
	ChangePassword     ChangePassword
	Deactivate         Deactivate
	ThirdPartyIDs      ThirdPartyIDs
	Capabilities       Capabilities
	OpenID             OpenID
	PingAppservice     PingAppservice
	Moderate           Moderate
	Administrators     Administrators
	Administer         Administer
	RegistrationTokens RegistrationTokens
	Introspect         Introspect
	Revoke             Revoke
	// Delegation is nil if no homeserver has handed authentication over.
	Delegation *Delegation
	// LastSeen is told which devices are used.
	LastSeen *LastSeen
	// Audit is told what was done, and refused.
	Audit *Audit
}

// New makes the use cases.
func New(d Dependencies) UseCases {
	d.Storage = d.Delegation.Noting(d.Storage)
	r := d.Storage.Repositories()
	seen := NewLastSeen(r.Sightings, d.Now)
	tokens := NewTokenReader(r.ImportedTokens, d.Now)
	authenticate := Authenticate{
		Server: d.Server, Appservices: d.Appservices,
		Sessions: r.Sessions, Users: r.Users, Devices: r.Devices, Tickets: r.Tickets, Tokens: tokens, Now: d.Now,
	}
	confirm := Confirm{
		Server: d.Server, Types: d.Types, Appservices: d.Appservices,
		Storage: d.Storage, Hasher: d.Hasher, Limiter: d.Limiter, Registration: d.Stages, Now: d.Now,
	}
	register := Register{
		Server: d.Server, Appservices: d.Appservices,
		Storage: d.Storage, Hasher: d.Hasher, Limiter: d.Limiter,
		Confirm: confirm, Open: d.Registration, Rules: d.Rules, Delegation: d.Delegation, Now: d.Now,
	}
	return UseCases{
		Login: Login{
			Server: d.Server, Types: d.Types, Appservices: d.Appservices,
			Storage: d.Storage, Limiter: d.Limiter, Rules: d.Rules, Delegation: d.Delegation, Now: d.Now,
		},
		Refresh:      Refresh{Sessions: r.Sessions, Tokens: tokens, Limiter: d.Limiter, Rules: d.Rules, Now: d.Now},
		Authenticate: authenticate,
		Logout:       Logout{Authenticate: authenticate},
		LogoutAll:    LogoutAll{Authenticate: authenticate, Storage: d.Storage},
		ProviderLogout: ProviderLogout{
			Tokens: d.LogoutTokens, Storage: d.Storage, Limiter: d.Limiter, Now: d.Now,
		},
		Preview: Preview{
			Server: d.Server, Appservices: d.Appservices, Users: r.Users, Links: r.Links, Tickets: r.Tickets, Now: d.Now,
		},
		Confirm:            confirm,
		Register:           register,
		SignedRegistration: SignedRegistration{Register: register, Secret: d.SharedSecret},
		Devices:            Devices{Storage: d.Storage, LastSeen: seen, Now: d.Now},
		LoginTokens:        LoginTokens{Storage: d.Storage, Limiter: d.Limiter, Rules: d.LoginTokens, Now: d.Now},
		ChangePassword:     ChangePassword{Types: d.Types, Hasher: d.Hasher, Storage: d.Storage, Now: d.Now},
		Deactivate:         Deactivate{Storage: d.Storage, Now: d.Now},
		ThirdPartyIDs:      ThirdPartyIDs{IDs: r.ThirdPartyIDs},
		Capabilities:       Capabilities{Confirm: confirm},
		OpenID: OpenID{
			Appservices: d.Appservices, Users: r.Users, Tickets: r.Tickets,
			Storage: d.Storage, Limiter: d.Limiter, Now: d.Now,
		},
		PingAppservice:     PingAppservice{Authenticate: authenticate, Caller: d.Caller, Now: d.Now},
		Moderate:           Moderate{Server: d.Server, Users: r.Users},
		Administrators:     d.Administrators,
		Administer:         Administer{Server: d.Server, Appservices: d.Appservices, Storage: d.Storage, Hasher: d.Hasher, Now: d.Now},
		RegistrationTokens: RegistrationTokens{Tokens: r.RegistrationTokens, Now: d.Now},
		Introspect:         Introspect{Authenticate: authenticate},
		Revoke:             Revoke{Logout: Logout{Authenticate: authenticate}, Delegation: d.Delegation},
		Delegation:         d.Delegation,
		LastSeen:           seen,
		Audit:              NewAudit(r.Audit, d.Audit, d.Now),
	}
}
