package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Fault is one thing that is wrong with the configuration. It never holds a
// secret.
type Fault struct {
	// File is the configuration file, or the environment variable that gave the
	// value.
	File string
	// Line is counted from 1; 0: in no particular line.
	Line int
	// Path is the setting, as in jwt.providers[0].secret; empty: none.
	Path string
	// Problem says what is wrong, and what to do where that helps.
	Problem string
}

// Error implements error: "doorward.yaml:14: jwt.providers[0].name: is missing".
func (f Fault) Error() string {
	where := f.File
	if f.Line > 0 {
		where = strings.TrimPrefix(fmt.Sprintf("%s:%d", f.File, f.Line), ":")
	}
	parts := slices.DeleteFunc([]string{where, f.Path, f.Problem}, func(s string) bool { return s == "" })
	return strings.Join(parts, ": ")
}

// Faults are all that is wrong, in the order of the file; what comes from the
// environment follows.
type Faults []Fault

// Error implements error, with one line for each fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Error()
	}
	return strings.Join(lines, "\n")
}

// with returns the faults and those of more that are about something else: a
// setting has one fault, and so have the keys of a provider.
func (f Faults) with(more Faults) Faults {
	all := slices.Clone(f)
	for _, fault := range more {
		known := func(k Fault) bool { return k.subject() == fault.subject() }
		if !slices.ContainsFunc(f, known) {
			all = append(all, fault)
		}
	}
	return all
}

// subject is the setting that the fault is about, or the provider if it is
// about its keys.
func (f Fault) subject() string {
	i := strings.LastIndexByte(f.Path, '.')
	for _, source := range []string{"secret", "public_key", "jwks_file", "jwks_url", "discovery_url"} {
		if i >= 0 && strings.HasPrefix(f.Path[i+1:], source) {
			return f.Path[:i]
		}
	}
	return f.Path
}

func (f Faults) sort(file string) {
	slices.SortStableFunc(f, func(a, b Fault) int {
		if a.File != b.File {
			switch file {
			case a.File:
				return -1
			case b.File:
				return 1
			}
			return cmp.Compare(a.File, b.File)
		}
		return cmp.Compare(a.Line, b.Line)
	})
}

// An origin is where a value was given.
type origin struct {
	file string
	line int
	path string // which setting gave it: the value's own path, or that of its file
}

// origins knows where each given value comes from, by its path; the path ""
// stands for the whole.
type origins map[string]origin

func (o origins) fault(path, format string, args ...any) Fault {
	fault := Fault{Path: path, Problem: fmt.Sprintf(format, args...)}
	at, found := o[path]
	if found {
		fault.Path = at.path
	}
	for rest := path; !found && rest != ""; {
		rest = rest[:max(0, strings.LastIndexAny(rest, ".["))]
		at, found = o[rest]
	}
	fault.File, fault.Line = at.file, at.line
	return fault
}

// Fault says what is wrong with the setting of a path, as in
// jwt.providers[0].public_key, at the place where its value was given: for what
// others find out about a configuration.
func (c *Config) Fault(path, format string, args ...any) Fault {
	return c.origins.fault(path, format, args...)
}
