// Package config reads Doorward's settings: YAML, overridden by environment
// variables, with secrets and keys in files of their own if wanted.
//
// It reads strictly. An unknown or repeated key, a value of the wrong type and
// a value that makes no sense are faults, and all of them are reported at once,
// each with its file, line and path. Only what needs other knowledge than the
// text is left to others: whether the server name follows Matrix's grammar,
// whether a key is one and fits its algorithms. They report what they find
// with [Config.Fault], so that it reads the same.
//
// # Environment
//
// Every setting can be overridden by the variable DOORWARD_ and its path in
// capitals, with "_" between the parts: DOORWARD_DATABASE_URL,
// DOORWARD_JWT_PROVIDERS_0_SECRET. A list of texts is written with commas; a
// text that holds a comma itself can only stand in the file. Providers and
// policies have numbers; the variables of the one after the last make a new one.
// A variable of this kind that overrides nothing is a fault.
//
// # Files
//
// A setting whose name ends in _file is the path of a file that holds the
// value, relative to the folder of the configuration file. After reading, the
// value is where it would be if it had been written inline.
//
// The registration files of application services are read with the rest, but
// less strictly: they are written for other programs too, so unknown keys in
// them mean nothing here.
package config
