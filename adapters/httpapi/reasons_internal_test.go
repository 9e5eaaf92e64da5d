package httpapi

import (
	"regexp"
	"testing"
)

// Logs and metrics know an answer by its reason, whatever its text says.
func TestEveryAnswerHasAReason(t *testing.T) {
	code := regexp.MustCompile(`^[a-z][a-z_]+$`)
	for _, a := range append(answers, internal) {
		if !code.MatchString(a.reason) {
			t.Errorf("%v: reason %q", a.kind, a.reason)
		}
	}
}
