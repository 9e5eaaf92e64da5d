package httpapi

import (
	"testing"
	"time"
)

func TestRequestIDsDifferAndComeInTheOrderOfTheirTimes(t *testing.T) {
	at := time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	seen, last := map[string]bool{}, ""
	for range 100 {
		earlier := last
		for range 100 {
			id := newRequestID(at)
			if len(id) != 26 || seen[id] || id <= earlier {
				t.Fatalf("%s after %s", id, earlier)
			}
			seen[id] = true
			last = max(last, id)
		}
		at = at.Add(time.Millisecond)
	}
}
