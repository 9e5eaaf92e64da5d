package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/config"
)

func TestAFaultSaysWhere(t *testing.T) {
	for want, fault := range map[string]config.Fault{
		"f:3: a.b: is bad":    {File: "f", Line: 3, Path: "a.b", Problem: "is bad"},
		"f: a.b: is bad":      {File: "f", Path: "a.b", Problem: "is bad"},
		"f: is bad":           {File: "f", Problem: "is bad"},
		"3: a.b: is bad":      {Line: 3, Path: "a.b", Problem: "is bad"},
		"a.b: is bad":         {Path: "a.b", Problem: "is bad"},
		"DOORWARD_A: b: is c": {File: "DOORWARD_A", Path: "b", Problem: "is c"},
	} {
		if got := fault.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestEveryFaultIsReportedAtOnce(t *testing.T) {
	got := faults(t, `
servername: example.org
public_base_url: ftp://example.org/
http:
  listen: 8008
  max_body_bytes: lots
database:
  url: mysql://x
  url: "memory:"
jwt:
  deprecated_type: yes
  providers:
    - name: Corp
      secrets: x
      leeway: 120
      require: [exp, exp]
    - name: two
      secret: a
      secret_file: b
      localpart: escaped
log: loud
colour: red
`, "DOORWARD_LOG_LEVEL=loud", "DOORWARD_DATABSE_URL=x")
	want := []string{
		`doorward.yaml: server_name: is missing; it is the part of user ids after the colon`,
		`doorward.yaml:2: servername: unknown key; did you mean server_name?`,
		`doorward.yaml:3: public_base_url: is no URL as in https://matrix.example.org/, without user, query and fragment`,
		`doorward.yaml:5: http.listen: wants text; put it in quotes`,
		`doorward.yaml:6: http.max_body_bytes: wants a whole number`,
		`doorward.yaml:9: database.url: stands twice; first in line 8`,
		`doorward.yaml:11: jwt.deprecated_type: wants true or false`,
		`doorward.yaml:13: jwt.providers[0]: has no keys; give one of secret, secret_file, secret_base64, secret_base64_file, public_key, public_key_file, jwks_file, jwks_url, discovery_url`,
		`doorward.yaml:13: jwt.providers[0].name: has other characters than a-z, 0-9, - and _, begins with - or _, or is longer than 63`,
		`doorward.yaml:14: jwt.providers[0].secrets: unknown key; did you mean secret?`,
		`doorward.yaml:15: jwt.providers[0].leeway: wants a duration, as in 30s, 5m or 24h`,
		`doorward.yaml:16: jwt.providers[0].require[1]: stands twice in the list`,
		`doorward.yaml:17: jwt.providers[1].issuers: is empty, as at jwt.providers[0]; at most one provider may have no issuers`,
		`doorward.yaml:19: jwt.providers[1].secret_file: there is secret too; a provider has its keys from one place`,
		`doorward.yaml:20: jwt.providers[1].localpart: is none of reject, escape; did you mean escape?`,
		`doorward.yaml:21: log: wants settings, each "name: value"`,
		`doorward.yaml:22: colour: unknown key`,
		`DOORWARD_DATABSE_URL: no setting has this variable; did you mean DOORWARD_DATABASE_URL?`,
		`DOORWARD_LOG_LEVEL: log.level: is none of debug, info, warn, error`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNoConfiguration(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "doorward.yaml: server_name: is missing; it is the part of user ids after the colon"},
		{"a list", "- a\n", `doorward.yaml: wants settings, each "name: value"`},
		{"a text", "a\n", `doorward.yaml: wants settings, each "name: value"`},
		{"no UTF-8", "server_name: \xff\n", "doorward.yaml: is no text in UTF-8"},
		{"too large", strings.Repeat("#", 1<<20+1), "doorward.yaml: is larger than 1024 KiB"},
		{"too many words", "a: [" + strings.Repeat("1,", 10_000) + "]", "doorward.yaml: has more than 20000 words and signs"},
		{"too many lines", "a: |\n" + strings.Repeat("\n", 10_000), "doorward.yaml: has more than 10000 lines"},
		{"too many lines of an old Mac", strings.Repeat("\r", 10_001), "doorward.yaml: has more than 10000 lines"},
		{"a bracket without end", "\nhttp: {listen: x\n", "doorward.yaml:2: is no YAML: could not find flow mapping end token '}'"},
		{"a quote without end", "a: b\nc: 'd\n", "doorward.yaml:2: is no YAML: could not find end character of single-quoted text"},
		{"a tab", "\ta: 1\n", "doorward.yaml:1: is no YAML: tab character cannot use as a map key directly"},
		{"a second document", "server_name: a\n---\nserver_name: b\n", "doorward.yaml:2: a second document begins here; one is wanted"},
		{"a second document without a beginning", "server_name: a\n...\nserver_name: b\n", "doorward.yaml:2: the end of a document (...) is not understood here; the end of the file is enough"},
		{"an empty document and another", "---\n---\nserver_name: b\n", "doorward.yaml:2: a second document begins here; one is wanted"},
		{"an anchor", "a: &x b\n", "doorward.yaml:1: anchors (&) are not understood here; a text that begins with & stands in quotes"},
		{"an alias", "a: *x\n", "doorward.yaml:1: aliases (*) are not understood here; a text that begins with * stands in quotes"},
		{"a merge key", "<<: {a: b}\n", "doorward.yaml:1: merge keys (<<) are not understood here"},
		{"a tag", "a: !!str b\n", "doorward.yaml:1: tags (!) are not understood here; a text that begins with ! stands in quotes"},
		{"a directive", "%YAML 1.2\n", "doorward.yaml:1: directives (%) are not understood here; a text that begins with % stands in quotes"},
		{"a key of several words", "? [a]\n: b\n", "doorward.yaml:1: keys marked with ? are not understood here; a text that begins with ? stands in quotes"},
		{"deep brackets", "a: " + strings.Repeat("[", 17) + strings.Repeat("]", 17), "doorward.yaml:1: is nested too deeply"},
		{"deep braces", strings.Repeat("{a: ", 5_000), "doorward.yaml:1: is nested too deeply"},
		{"deep dashes", strings.Repeat("- ", 5_000), "doorward.yaml:1: is nested too deeply"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff([]string{c.want}, faults(t, c.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An alias bomb is refused without its billion laughs.
func TestAnAliasBombIsRefused(t *testing.T) {
	got := faults(t, "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")
	if len(got) != 6 {
		t.Errorf("got %d faults: %v", len(got), got)
	}
}

func TestOthersReportFaultsAtTheirPlace(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "key.pem", "PEM", 0o600)
	path := write(t, folder, "d.yaml", `server_name: example.org
jwt:
  providers:
    - name: corp
      algorithms:
        - ES256
        - ES384
      public_key_file: key.pem
`, 0o600)
	c, err := config.Load(path, []string{"DOORWARD_JWT_PROVIDERS_0_SUBJECT_CLAIM=x", "DOORWARD_JWT_PROVIDERS_0_REQUIRE=exp"})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ path, want string }{
		{"server_name", path + ":1: server_name: is 1 bad"},
		{"jwt.providers[0].algorithms[1]", path + ":7: jwt.providers[0].algorithms[1]: is 1 bad"},
		{"jwt.providers[0].public_key", path + ":8: jwt.providers[0].public_key_file: is 1 bad"},
		{"jwt.providers[0].issuers[3]", path + ":4: jwt.providers[0].issuers[3]: is 1 bad"},
		{"jwt.providers[0].subject_claim", "DOORWARD_JWT_PROVIDERS_0_SUBJECT_CLAIM: jwt.providers[0].subject_claim: is 1 bad"},
		{"jwt.providers[0].require[0]", "DOORWARD_JWT_PROVIDERS_0_REQUIRE: jwt.providers[0].require[0]: is 1 bad"},
		{"log.level", path + ": log.level: is 1 bad"},
		{"", path + ": is 1 bad"},
	} {
		if got := c.Fault(test.path, "is %d bad", 1).Error(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	if got := new(config.Config).Fault("log.level", "is bad").Error(); got != "log.level: is bad" {
		t.Errorf("without a file: %q", got)
	}
}

func TestFaultsThatOthersFindJoinThoseOfOtherSettings(t *testing.T) {
	others := func(c *config.Config) config.Faults {
		return config.Faults{
			c.Fault("jwt.providers[1].secret", "is short"),
			c.Fault("server_name", "is bad"),
			c.Fault("log.level", "is known already"),
			c.Fault("jwt.providers[0].secret", "is known already"),
		}
	}
	const text = `server_name: "a b"
log: {level: loud}
jwt:
  providers:
    - {name: one, secret: x, secret_file: y}
    - {name: two, secret: x, leeway: 1}
`
	c, err := config.Parse("doorward.yaml", []byte(text), nil, others)
	var faults config.Faults
	if !errors.As(err, &faults) || c != nil {
		t.Fatal(c, err)
	}
	var lines []int
	for _, fault := range faults {
		lines = append(lines, fault.Line)
		if strings.Contains(fault.Problem, "known already") {
			t.Errorf("said twice: %v", fault)
		}
	}
	if diff := cmp.Diff([]int{1, 2, 5, 6, 6, 6}, lines); diff != "" {
		t.Errorf("%s\n%v", diff, faults)
	}
	unreadable := func(*config.Config) config.Faults { t.Error("asked about nothing"); return nil }
	if _, err := config.Parse("doorward.yaml", []byte("a: ["), nil, unreadable); err == nil {
		t.Error("rubbish is accepted")
	}
}
