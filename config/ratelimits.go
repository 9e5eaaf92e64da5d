package config

// RateLimits is how often somebody may try. Whoever tries more often is told to
// wait.
type RateLimits struct {
	// Enabled says that there are limits at all.
	Enabled bool `yaml:"enabled"`
	// LoginFailed limits refused logins from one address and, for passwords,
	// to one account.
	LoginFailed Limit `yaml:"login_failed"`
	// LoginAddress limits all attempts to log in from one address.
	LoginAddress Limit `yaml:"login_address"`
	// LoginAccount limits the successful logins of one account.
	LoginAccount Limit `yaml:"login_account"`
	// Registration limits the accounts that one address makes.
	Registration Limit `yaml:"registration"`
	// Refresh limits how often one device refreshes its tokens.
	Refresh Limit `yaml:"refresh"`
	// LoginToken limits the login tokens that one user asks for.
	LoginToken Limit `yaml:"login_token"`
	// Store is where attempts are counted: memory, or the URL of a Redis server
	// (redis:// or rediss://) that several instances share. It may hold a
	// password.
	Store     Secret `yaml:"store"`
	StoreFile string `yaml:"store_file"`
}

// A Limit is a bucket of attempts, which refills by itself. Both numbers are
// greater than 0.
type Limit struct {
	// PerSecond is how many attempts come back in a second.
	PerSecond float64 `yaml:"per_second"`
	// Burst is how many attempts fit in, which may follow each other at once.
	Burst int `yaml:"burst"`
}

// memoryStore counts the attempts in this process.
const memoryStore = "memory"
