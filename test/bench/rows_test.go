package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEveryRowHasALimitOnEachStore(t *testing.T) {
	for _, r := range rows {
		for _, store := range []string{onPostgres, onSQLite} {
			if len(r.limits[store]) == 0 {
				t.Errorf("%s has no limit on %s", r.name, store)
			}
		}
	}
}

func TestRowsAreMeantByTheirNamesOrTheirGroups(t *testing.T) {
	for _, c := range []struct {
		wanted, name string
		want         bool
	}{
		{"", "whoami", true},
		{"whoami", "whoami", true},
		{"login whoami", "login-new", true},
		{"login-new", "login-new", true},
		{"login-new", "login-device", false},
		{"log", "login-new", false},
	} {
		if got := isMeant(strings.Fields(c.wanted), c.name); got != c.want {
			t.Errorf("%q means %s: %t", c.wanted, c.name, got)
		}
	}
}

func TestTablesHaveAllColumnsInEachLine(t *testing.T) {
	measured := result{Title: "whoami", PerSecond: 12345, Limits: []limitResult{{Name: "bare"}, {Name: "µ"}}}
	var text bytes.Buffer
	report{Results: []result{measured}}.writeMarkdown(&text)
	lines, width := 0, 0
	for line := range strings.Lines(text.String()) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		if lines++; lines == 1 {
			width = utf8.RuneCountInString(line)
		}
		if strings.Count(line, "|") != len(resultColumns)+1 || utf8.RuneCountInString(line) != width {
			t.Errorf("%q", line)
		}
	}
	if lines != 4 || !strings.Contains(text.String(), "| 12,345 ") {
		t.Errorf("%d lines:\n%s", lines, text.String())
	}
}

func TestTheReferenceHasOneLineForEachRow(t *testing.T) {
	few := result{Row: "whoami", Title: "whoami", Store: onSQLite, Clients: 1, Limits: []limitResult{{Name: "bare"}, {Name: "µ"}}}
	most := few
	most.Clients, most.PerSecond = mostClients, 12345
	var text bytes.Buffer
	report{Results: []result{few, most}}.writeReference(&text)
	if strings.Count(text.String(), "\n| whoami ") != 1 || !strings.Contains(text.String(), "| 12,345 | 0.00 of bare ") {
		t.Error(text.String())
	}
}
