package config

import "time"

// A Provider is a party whose tokens are believed: its keys and the rules for
// its tokens. Exactly one of its sources of keys is given.
type Provider struct {
	// Name is the provider's name in logs, of a-z, 0-9, "-" and "_". No two
	// providers have the same.
	Name string `yaml:"name"`

	// Secret is a shared secret as text.
	Secret     Secret `yaml:"secret"`
	SecretFile string `yaml:"secret_file"`
	// SecretBase64 is a shared secret in base64, of either alphabet.
	SecretBase64     Secret `yaml:"secret_base64"`
	SecretBase64File string `yaml:"secret_base64_file"`
	// PublicKey is a public key or a certificate in PEM.
	PublicKey     string `yaml:"public_key"`
	PublicKeyFile string `yaml:"public_key_file"`
	// JWKS is the content of JWKSFile, a set of keys (RFC 7517, 5). It may hold
	// shared secrets.
	JWKS     Secret `yaml:"-"`
	JWKSFile string `yaml:"jwks_file"`
	// JWKSURL is where such a set is published, and DiscoveryURL where a document
	// is that names its place (OpenID Connect Discovery). Which URLs will do is not
	// checked here.
	JWKSURL      string `yaml:"jwks_url"`
	DiscoveryURL string `yaml:"discovery_url"`
	// JWKSMaxStale is how long keys are good after they were last seen published.
	JWKSMaxStale time.Duration `yaml:"jwks_max_stale"`
	// AllowWeakSecret lets a shared secret pass that is too short or published.
	AllowWeakSecret bool `yaml:"allow_weak_secret"`

	// Algorithms are the accepted signature algorithms, by their names in
	// RFC 7518; none: the usual one of the key.
	Algorithms []string `yaml:"algorithms"`
	// Issuers are the values of "iss" that are this provider's. No other
	// provider has one of them, and at most one provider has none.
	Issuers []string `yaml:"issuers"`
	// Audiences are the accepted values of "aud"; none: a token may have no "aud".
	Audiences []string `yaml:"audiences"`
	// Leeway is how far clocks may differ.
	Leeway time.Duration `yaml:"leeway"`
	// Require are the names of claims that every token must have.
	Require []string `yaml:"require"`
	// MaxAge is how long ago a token may have been issued; 0: any time.
	MaxAge time.Duration `yaml:"max_age"`
	// MaxLifetime is how long after its issue a token may expire; 0: any time.
	MaxLifetime time.Duration `yaml:"max_lifetime"`
	// SingleUse says that a token, known by its "jti", is good once. It needs
	// MaxLifetime.
	SingleUse bool `yaml:"single_use"`
	// SessionEndsWithToken says that a session ends when its token expires.
	SessionEndsWithToken bool `yaml:"session_ends_with_token"`

	// SubjectClaim is the path of the claim that names the user; "a.b" is the
	// member b of the object a.
	SubjectClaim string `yaml:"subject_claim"`
	// DisplayNameClaim, EmailClaim, AvatarClaim and AdminClaim are the paths of the
	// claims that hold a user's display name, e-mail address and avatar, and whether
	// it is an administrator; empty: none does. Each has a policy, [First] or
	// [Always].
	DisplayNameClaim  string `yaml:"display_name_claim"`
	DisplayNamePolicy string `yaml:"display_name_policy"`
	EmailClaim        string `yaml:"email_claim"`
	EmailPolicy       string `yaml:"email_policy"`
	AvatarClaim       string `yaml:"avatar_claim"`
	AvatarPolicy      string `yaml:"avatar_policy"`
	AdminClaim        string `yaml:"admin_claim"`
	AdminPolicy       string `yaml:"admin_policy"`
	// Allow are the rules that must hold for a login, as [ParseRule] reads them.
	Allow []string `yaml:"allow"`
	// Localpart says what becomes of a subject that is no localpart of a user
	// id: reject or escape.
	Localpart string `yaml:"localpart"`
	// RegisterUser says that a user who does not exist is created.
	RegisterUser bool `yaml:"register_user"`
	// LinkExisting says that a user who exists, and whom no identity has yet, becomes
	// that of the identity whose name it has. It is never nil: left out, it is true
	// with one provider and closed registration.
	LinkExisting *bool `yaml:"link_existing"`
	// AllowUIA says that a token completes a stage of User-Interactive
	// Authentication.
	AllowUIA bool `yaml:"allow_uia"`
}
