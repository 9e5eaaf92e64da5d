package keys

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

// checkNames finds configured algorithms that nobody may use.
func (l *loader) checkNames() {
	for _, name := range l.Algorithms {
		switch {
		case strings.EqualFold(strings.TrimSpace(name), "none"):
			l.algorithmFault("%.20q is never accepted: anyone could write a token without a signature", name)
		case !known(name):
			l.algorithmFault("%.20q is unknown; there are %s", name, list(knownNames()))
		}
	}
}

// checkFit finds configured algorithms that no key can verify.
func (l *loader) checkFit() {
	usable := filter(knownNames(), func(name string) bool { return l.fitting(name) > 0 })
	for _, name := range l.Algorithms {
		if known(name) && !slices.Contains(usable, name) {
			l.algorithmFault("no key in %s fits %s; what is there fits %s", l.field, name, list(usable))
		}
	}
}

func (l *loader) algorithmFault(format string, args ...any) {
	l.faults = append(l.faults, &Fault{"algorithms", fmt.Sprintf(format, args...)})
}

// checkChoice finds keys that no token could choose: by "kid", or without one
// by being the only key that fits the token's "alg".
func (l *loader) checkChoice() {
	if len(l.keys) == 1 {
		return
	}
	for _, key := range l.keys {
		fits := filter(l.allowed, key.Fits)
		alone := filter(fits, func(name string) bool { return l.fitting(name) == 1 })
		switch {
		case len(fits) == 0:
			l.warn("%s is never used: it fits none of %s", key.name, list(l.allowed))
		case key.ID == "" && len(alone) == 0:
			l.fault("%s has no kid, and other keys fit %s too, so no token could choose it; give each key a kid", key.name, list(fits))
		case key.ID == "":
			l.warn("%s has no kid: it is only for tokens that have none either", key.name)
		}
	}
}

// fitting counts the keys that can verify the algorithm.
func (l *loader) fitting(algorithm string) int {
	n := 0
	for _, key := range l.keys {
		if key.Fits(algorithm) {
			n++
		}
	}
	return n
}

// usual returns the usual algorithm of each key, none of them twice.
func usual(keys []namedKey) []string {
	var names []string
	for _, key := range keys {
		if name := key.Usable()[0]; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func knownNames() []string {
	var names []string
	for _, a := range domain.Algorithms() {
		names = append(names, a.Name)
	}
	return names
}

func known(name string) bool { return slices.Contains(knownNames(), name) }

func filter(words []string, keep func(string) bool) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool { return !keep(word) })
}

func list(words []string) string { return strings.Join(words, ", ") }
