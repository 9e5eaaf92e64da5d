package config

import "time"

// A Config is everything that an operator can choose. Its zero value is no
// valid one; [Load] and [Parse] make it. It is not changed afterwards, so it
// may be used concurrently.
type Config struct {
	// ServerName is the part of user ids after the colon. It is there, but its
	// grammar is not checked here.
	ServerName string `yaml:"server_name"`
	// PublicBaseURL is where clients reach the server: an http or https URL
	// without query and fragment. Empty: clients are not told.
	PublicBaseURL string       `yaml:"public_base_url"`
	HTTP          HTTP         `yaml:"http"`
	Metrics       Metrics      `yaml:"metrics"`
	Database      Database     `yaml:"database"`
	JWT           JWT          `yaml:"jwt"`
	Password      Password     `yaml:"password"`
	LoginToken    LoginToken   `yaml:"login_token"`
	Registration  Registration `yaml:"registration"`
	// AppserviceFiles are the registration files of the application services.
	AppserviceFiles []string `yaml:"appservices"`
	// Appservices is the content of AppserviceFiles, in their order. No two have
	// the same id or the same token.
	Appservices []Appservice `yaml:"-"`
	Sessions    Sessions     `yaml:"sessions"`
	RateLimits  RateLimits   `yaml:"rate_limits"`
	Homeserver  Homeserver   `yaml:"homeserver"`
	Admin       Admin        `yaml:"admin"`
	Audit       Audit        `yaml:"audit"`
	Log         Log          `yaml:"log"`

	origins  origins
	warnings []string
}

// HTTP is how the client-server API is served.
type HTTP struct {
	// Listen is host:port; an empty host means every address of the machine.
	Listen string `yaml:"listen"`
	// TrustedProxies are networks (CIDR) or single addresses whose
	// X-Forwarded-For is believed.
	TrustedProxies []string `yaml:"trusted_proxies"`
	// MaxBodyBytes is the greatest size of a request's body.
	MaxBodyBytes int64 `yaml:"max_body_bytes"`
	// LogSample is what part of the routine requests is logged, from 0 to 1.
	LogSample float64 `yaml:"log_sample"`
}

// Metrics is where the metrics are served.
type Metrics struct {
	// Listen is host:port; empty: nowhere.
	Listen string `yaml:"listen"`
}

// Database is where users, devices and sessions are kept.
type Database struct {
	// URL begins with sqlite:, postgres:// or postgresql://, or is memory:. It
	// may hold a password.
	URL     Secret `yaml:"url"`
	URLFile string `yaml:"url_file"`
	// MaxConnections limits the connections to the database; 0: the machine
	// decides.
	MaxConnections int `yaml:"max_connections"`
	// GroupSignIns says that sign-ins that have to wait are written together.
	GroupSignIns bool `yaml:"group_sign_ins"`
	// TokenCache is how many access tokens the server knows in memory; 0: none.
	TokenCache int `yaml:"token_cache"`
	// Migrate says that the server brings the schema up to date by itself.
	Migrate bool `yaml:"migrate"`
}

// JWT is whose tokens sign people in.
type JWT struct {
	// DeprecatedType says that m.login.jwt is taken and listed too.
	DeprecatedType bool       `yaml:"deprecated_type"`
	Providers      []Provider `yaml:"providers"`
}

// Password is whether people sign in with a password (m.login.password).
type Password struct {
	Enabled bool `yaml:"enabled"`
	// Pepper is what the server from which accounts were imported puts after every
	// password; empty: nothing. Passwords that are set here have none.
	Pepper     Secret `yaml:"pepper"`
	PepperFile string `yaml:"pepper_file"`
}

// LoginToken is whether a client may sign in another one by a token
// (m.login.token; "POST /v1/login/get_token").
type LoginToken struct {
	Enabled bool `yaml:"enabled"`
	// Lifetime is how long a token may lie unused: a second to ten minutes.
	Lifetime time.Duration `yaml:"lifetime"`
}

// Sessions is how long people stay signed in, where 0 means for ever, and on how
// many devices.
type Sessions struct {
	// AccessTokenLifetime is that of access tokens for clients that cannot
	// refresh them.
	AccessTokenLifetime time.Duration `yaml:"access_token_lifetime"`
	// RefreshableAccessTokenLifetime is that of the others.
	RefreshableAccessTokenLifetime time.Duration `yaml:"refreshable_access_token_lifetime"`
	// RefreshTokenLifetime begins when the refresh token is given out.
	RefreshTokenLifetime time.Duration `yaml:"refresh_token_lifetime"`
	// SessionLifetime begins at the login, and limits all the others.
	SessionLifetime time.Duration `yaml:"session_lifetime"`
	// MaxDevicesPerUser is how many devices a user may have; 0: any number.
	MaxDevicesPerUser int `yaml:"max_devices_per_user"`
}

// Admin is who may administer users over HTTP.
type Admin struct {
	// APIToken is the bearer token of programs that administer, 32 characters at
	// least; empty: none is taken.
	APIToken     Secret `yaml:"api_token"`
	APITokenFile string `yaml:"api_token_file"`
}

// Log is how the server reports what it does.
type Log struct {
	// Level is debug, info, warn or error.
	Level string `yaml:"level"`
	// Format is text or json.
	Format string `yaml:"format"`
}
