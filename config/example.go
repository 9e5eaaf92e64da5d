package config

import _ "embed"

//go:embed examples/full.yaml
var example string

// Example returns a complete configuration with a comment on every setting. It
// is valid once the files that it names are there.
func Example() []byte { return []byte(example) }
