package domain_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestTextsOfARecordAreOneLineOfBoundedLength(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"2026-11", "2026-11"},
		{`a "quoted" 'one' $(x)`, `a "quoted" 'one' $(x)`},
		{"ünï 🚪", "ünï 🚪"},
		{"a\r\nlevel=INFO msg=forged", `a\r\nlevel=INFO msg=forged`},
		{`a\nb`, `a\\nb`}, // otherwise it could not be told from a line break
		{`\"`, `\\"`},
		{"\x1b[31m\x00\x7f", `\x1b[31m\x00\x7f`},
		{"\u202egnp.exe\u2028\u200b\ufeff", `\u202egnp.exe\u2028\u200b\ufeff`},
		{"a\xffb", `a\xffb`},
		{strings.Repeat("x", 512), strings.Repeat("x", 512)},
		{strings.Repeat("x", 513), strings.Repeat("x", 511) + "…"},
		{strings.Repeat("é", 512), strings.Repeat("é", 512)},
		{strings.Repeat("\n", 300), strings.Repeat(`\n`, 255) + `\` + "…"},
	} {
		all := domain.AuditRecord{
			ID: c.text, Reason: c.text, Detail: c.text, LoginType: c.text,
			Evidence: domain.Evidence{Provider: c.text, KeyID: c.text, Subject: c.text},
			User:     domain.UserID(c.text), Device: c.text, Actor: c.text, Address: c.text,
		}
		want := domain.AuditRecord{
			ID: c.want, Reason: c.want, Detail: c.want, LoginType: c.want,
			Evidence: domain.Evidence{Provider: c.want, KeyID: c.want, Subject: c.want},
			User:     domain.UserID(c.want), Device: c.want, Actor: c.want, Address: c.want,
		}
		if diff := cmp.Diff(want, all.Escaped()); diff != "" {
			t.Errorf("%q: %s", c.text, diff)
		}
		if got := (domain.AuditQuery{User: domain.UserID(c.text)}).Escaped().User; string(got) != c.want {
			t.Errorf("%q is looked for as %q", c.text, got)
		}
	}
}

func FuzzEscaped(f *testing.F) {
	f.Add("a\r\nb\\")
	f.Fuzz(func(t *testing.T, text string) {
		got := domain.AuditRecord{Evidence: domain.Evidence{KeyID: text}}.Escaped().KeyID
		if strings.ContainsFunc(got, func(r rune) bool { return !strconv.IsGraphic(r) }) ||
			domain.CheckText(got) != nil || utf8.RuneCountInString(got) > 512 {
			t.Errorf("%q became %q", text, got)
		}
	})
}

func TestWhichRecordsHaveAPlaceInTheTable(t *testing.T) {
	proven := domain.Evidence{Verified: true}
	for _, c := range []struct {
		name   string
		record domain.AuditRecord
		want   bool
	}{
		{"a login", domain.AuditRecord{Event: domain.AuditLogin, Result: domain.AuditOK}, true},
		{"a logout", domain.AuditRecord{Event: domain.AuditLogout, Result: domain.AuditOK}, true},
		{"administration", domain.AuditRecord{Event: domain.AuditTokenDeleted, Result: domain.AuditOK}, true},
		{"a refusal after a valid signature", domain.AuditRecord{Event: domain.AuditLogin, Result: domain.AuditRefused, Evidence: proven}, true},
		{"a failure after a valid signature", domain.AuditRecord{Event: domain.AuditLogin, Result: domain.AuditFailed, Evidence: proven}, true},
		{"a refusal before", domain.AuditRecord{Event: domain.AuditLogin, Result: domain.AuditRefused}, false},
		{"a failure before", domain.AuditRecord{Event: domain.AuditLogin, Result: domain.AuditFailed}, false},
		{"a refresh", domain.AuditRecord{Event: domain.AuditRefresh, Result: domain.AuditOK}, false},
		{"a new name of a device", domain.AuditRecord{Event: domain.AuditDeviceRenamed, Result: domain.AuditOK}, false},
		{"what is no event", domain.AuditRecord{Result: domain.AuditOK, Evidence: proven}, false},
	} {
		if got := c.record.IsKept(); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

func TestARecordIsToTheMillisecond(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6_999_999, time.UTC)
	if got := (domain.AuditRecord{At: at}).Escaped().At; !got.Equal(at.Truncate(time.Millisecond)) {
		t.Errorf("%v", got)
	}
}

// The names are promises: each event of the source is listed, once, in snake case.
func TestAllEventsAreListed(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "auditevent.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
			if value, ok := spec.Values[0].(*ast.BasicLit); ok {
				name, _ := strconv.Unquote(value.Value)
				names = append(names, name)
			}
		}
		return true
	})
	var listed []string
	for _, event := range domain.AuditEvents() {
		listed = append(listed, string(event))
	}
	if diff := cmp.Diff(names, listed); diff != "" || len(names) < 20 {
		t.Error(diff)
	}
	for i, name := range listed {
		if !regexp.MustCompile(`^[a-z][a-z0-9_]+$`).MatchString(name) || slices.Contains(listed[:i], name) {
			t.Errorf("%q", name)
		}
	}
}
