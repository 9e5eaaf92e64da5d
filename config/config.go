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
	PublicBaseURL string   `yaml:"public_base_url"`
	HTTP          HTTP     `yaml:"http"`
	Metrics       Metrics  `yaml:"metrics"`
	Database      Database `yaml:"database"`
	JWT           JWT      `yaml:"jwt"`
	Sessions      Sessions `yaml:"sessions"`
	Log           Log      `yaml:"log"`

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
	// Migrate says that the server brings the schema up to date by itself.
	Migrate bool `yaml:"migrate"`
}

// JWT is whose tokens sign people in.
type JWT struct {
	// DeprecatedType says that m.login.jwt is taken and listed too.
	DeprecatedType bool       `yaml:"deprecated_type"`
	Providers      []Provider `yaml:"providers"`
}

// Sessions is how long people stay signed in. 0 means for ever.
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
}

// Log is how the server reports what it does.
type Log struct {
	// Level is debug, info, warn or error.
	Level string `yaml:"level"`
	// Format is text or json.
	Format string `yaml:"format"`
}

func (c *Config) setDefaults() {
	c.HTTP.Listen = "127.0.0.1:8008"
	c.HTTP.MaxBodyBytes = 64 << 10
	c.Database.URL = "sqlite:doorward.db"
	c.Database.Migrate = true
	c.JWT.DeprecatedType = true
	c.Sessions.RefreshableAccessTokenLifetime = 5 * time.Minute
	c.Log.Level = "info"
	c.Log.Format = "text"
}

func (p *Provider) setDefaults() {
	p.Leeway = 2 * time.Minute
	p.SubjectClaim = "sub"
	p.Localpart = "reject"
	p.RegisterUser = true
}
