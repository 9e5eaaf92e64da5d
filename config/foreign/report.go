package foreign

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Verdict is what becomes of a setting that has no counterpart. Verdicts are
// ordered by their weight.
type Verdict int

// The verdicts that there are.
const (
	// Ignored does no harm.
	Ignored Verdict = iota
	// Decide needs somebody's decision: something works otherwise than before.
	Decide
	// Refused means that nothing is written before it is changed.
	Refused
)

// String returns the word that a line about the setting begins with.
func (v Verdict) String() string { return [...]string{"ignored", "decide", "refused"}[v] }

// A Finding is what became of a setting that has no counterpart, or not quite.
// It holds no value that may be a secret, and no line breaks.
type Finding struct {
	Verdict Verdict
	// Path is the setting's in its own configuration, as in jwt_config.secret.
	Path string
	// Why says what the setting did, or what to do now.
	Why string
}

// String returns the line that is printed of it.
func (f Finding) String() string { return f.Verdict.String() + ": " + f.Path + ": " + f.Why }

// A report collects findings.
type report struct{ findings []Finding }

// add notes a finding. A setting is refused once: what follows from its having
// no value says nothing more.
func (r *report) add(v Verdict, path, why string, args ...any) {
	known := func(f Finding) bool { return f.Verdict == Refused && f.Path == path }
	if v == Refused && slices.ContainsFunc(r.findings, known) {
		return
	}
	r.findings = append(r.findings, Finding{v, path, fmt.Sprintf(why, args...)})
}

// sorted returns the findings by their weight, and those of the same weight in
// the order in which they were made.
func (r *report) sorted() []Finding {
	slices.SortStableFunc(r.findings, func(a, b Finding) int { return int(a.Verdict) - int(b.Verdict) })
	return r.findings
}

const maxShown = 100

// shown returns a name that somebody has chosen as it can be printed in a line.
func shown(name string) string {
	if len(name) > maxShown {
		name = strings.ToValidUTF8(name[:maxShown], "") + "…"
	}
	if !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return name
}
