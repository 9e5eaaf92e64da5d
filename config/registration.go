package config

// Registration is who may make an account.
type Registration struct {
	// Enabled says that people may register by themselves.
	Enabled bool `yaml:"enabled"`
	// TokensRequired says that they need a registration token for it (stage
	// m.login.registration_token).
	TokensRequired bool `yaml:"tokens_required"`
	// SharedSecret lets programs that know it make accounts, 16 bytes at least;
	// empty: none does. It does not depend on Enabled.
	SharedSecret     Secret `yaml:"shared_secret"`
	SharedSecretFile string `yaml:"shared_secret_file"`
	// Guests says that guests may come in.
	Guests bool `yaml:"guests"`
	// Terms are what a new user must accept (stage m.login.terms).
	Terms []Policy `yaml:"terms"`
}

// A Policy is a document that a new user must accept, in one language. All
// languages of a document have its id and version.
type Policy struct {
	// ID and Version are opaque identifiers: 1 to 255 of 0-9, A-Z, a-z and
	// "._~-".
	ID      string `yaml:"id"`
	Version string `yaml:"version"`
	// Language is a language and perhaps a region (RFC 5646, 2.2), as in en or
	// pt-BR.
	Language string `yaml:"language"`
	// Name is what people read before they follow the URL.
	Name string `yaml:"name"`
	// URL is where the document is, by http or https.
	URL string `yaml:"url"`
}
