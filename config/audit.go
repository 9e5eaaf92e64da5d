package config

import "time"

// Audit is what becomes of the audit records: who did what, when and from where.
type Audit struct {
	// Enabled says that they are kept in the database; the log has them in any case.
	Enabled bool `yaml:"enabled"`
	// Retention is how long they are kept; 0: for ever.
	Retention time.Duration `yaml:"retention"`
}
