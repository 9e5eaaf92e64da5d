package foreign

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// A syntax is the language that a configuration is written in.
type syntax int

const (
	isYAML syntax = iota
	isTOML
)

// tomlLine is the first line of a TOML text that says something: a table or an
// assignment. YAML begins with neither.
var tomlLine = regexp.MustCompile(`^(\[|("[^"]*"|'[^']*'|[A-Za-z0-9_.-]+)[ \t]*=)`)

// syntaxOf tells TOML from YAML by the first line that says something.
func syntaxOf(text []byte) syntax {
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case tomlLine.MatchString(line):
			return isTOML
		default:
			return isYAML
		}
	}
	return isYAML
}

func (s syntax) read(text []byte, r *report) (map[string]any, error) {
	if s == isTOML {
		return readTOML(text)
	}
	return readYAML(text, r)
}

// recognise returns the kind of a configuration, or says why it is not of the
// wanted one.
func recognise(wanted Kind, s syntax, top map[string]any) (Kind, error) {
	_, hasGlobal := top["global"]
	found := Synapse
	switch {
	case s == isTOML && hasGlobal:
		found = Tuwunel
	case s == isTOML:
		found = Palpo
	}
	switch {
	case wanted != "" && wanted != found:
		return "", fmt.Errorf("is written as %v's configuration and not as %v's", found, wanted)
	case wanted == "" && s == isYAML && isDoorwards(top):
		return "", errors.New("is Doorward's configuration already")
	case wanted == "" && !hasGlobal && top["server_name"] == nil:
		return "", errors.New("has no server_name, so it is no configuration of a homeserver that is known here; " +
			"if it is, say whose with --from")
	}
	return found, nil
}

// isDoorwards says whether there is a key that Doorward has and Synapse has not.
func isDoorwards(top map[string]any) bool {
	for _, name := range []string{"public_base_url", "jwt", "appservices", "login_token", "rate_limits"} {
		if _, there := top[name]; there {
			return true
		}
	}
	return false
}
