package foreign

import (
	"regexp"
	"strconv"
	"time"
)

// placeholder is a value that is no value yet, but what a tool that makes the
// file, or the environment, replaces.
var placeholder = regexp.MustCompile(`^(\$[A-Z_][A-Z0-9_]*|\$\{[^}]*\}|\$\([^)]*\)|\{\{.*\}\}|<%.*%>|%%.*%%|@@.*@@|ENC\[.*\])\s*$`)

func isPlaceholder(text string) bool { return placeholder.MatchString(text) }

// synapseSpan is a duration as Synapse writes it.
var synapseSpan = regexp.MustCompile(`^([0-9]{1,9})([smhdwy])$`)

var synapseUnits = map[string]time.Duration{
	"s": time.Second, "m": time.Minute, "h": time.Hour,
	"d": 24 * time.Hour, "w": 7 * 24 * time.Hour, "y": 365 * 24 * time.Hour,
}

// span returns a duration, and whether there is one. A number counts units; a
// text is as Synapse writes it, or a number of units too.
func (s *section) span(name string, unit time.Duration) (time.Duration, bool) {
	switch v := s.value(name).(type) {
	case nil:
		return 0, false
	case int64:
		if v >= 0 && v <= int64(maxSpan/unit) {
			return time.Duration(v) * unit, true
		}
	case string:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && n >= 0 && n <= int64(maxSpan/unit) {
			return time.Duration(n) * unit, true
		}
		if parts := synapseSpan.FindStringSubmatch(v); parts != nil {
			n, _ := strconv.ParseInt(parts[1], 10, 64) // nine digits at most
			if unit := synapseUnits[parts[2]]; n <= int64(maxSpan/unit) {
				return time.Duration(n) * unit, true
			}
		}
	}
	s.refuse(name, "wants a duration, of %d years at most", int(maxSpan/synapseUnits["y"]))
	return 0, false
}

// maxSpan is longer than anybody stays signed in.
const maxSpan = 200 * 365 * 24 * time.Hour
