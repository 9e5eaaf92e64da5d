package config_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/config"
)

// irc is a registration file as bridges write them, with what is only for
// others.
const irc = `# of a bridge
id: "irc"
url: http://localhost:9999
as_token: as of irc, no guess
hs_token: hs of irc
sender_localpart: ircbot
rate_limited: false
protocols: [irc]
de.sorunome.msc2409.push_ephemeral: true
protocols: ~
namespaces:
  users:
    - exclusive: true
      regex: '@_irc_.*:example\.org'
      group_id: +irc:example.org
    - {exclusive: false, regex: "@ircbot:.*"}
  aliases:
    - {exclusive: true}
  rooms: []
`

// registrations is a configuration with registration files in a folder.
func registrations(t *testing.T, texts ...string) (*config.Config, error) {
	t.Helper()
	folder := t.TempDir()
	var names []string
	for i, text := range texts {
		name := fmt.Sprintf("%d.yaml", i)
		write(t, folder, name, text, 0o600)
		names = append(names, name)
	}
	text := minimal + "appservices: [" + strings.Join(names, ", ") + "]\n"
	return config.Parse(filepath.Join(folder, "doorward.yaml"), []byte(text), nil)
}

// Application Service API, Registration.
func TestRegistrationFilesAreRead(t *testing.T) {
	const json = "{\r\n\t\"id\": \"bot\",\r\n\t\"url\": null, \"as_token\": \"\\u0061s\\/bot, no guess\", \"hs_token\": \"hs\",\r\n" +
		"\t\"sender_localpart\": \"bot\", \"rate_limited\": null, \"namespaces\": {}, \"x\": [{\"y\": 1e9}]\r\n}\r\n"
	c, err := registrations(t, irc, json)
	if err != nil {
		t.Fatal(err)
	}
	want := []config.Appservice{{
		ID: "irc", URL: "http://localhost:9999", ASToken: "as of irc, no guess", HSToken: "hs of irc", SenderLocalpart: "ircbot",
		Users: []config.Namespace{{Regex: `@_irc_.*:example\.org`, Exclusive: true}, {Regex: "@ircbot:.*"}},
	}, {
		ID: "bot", ASToken: "as/bot, no guess", HSToken: "hs", SenderLocalpart: "bot", RateLimited: true,
	}}
	if diff := cmp.Diff(want, c.Appservices); diff != "" {
		t.Error(diff)
	}
	if w := c.Warnings(); len(w) != 0 {
		t.Errorf("warnings: %q", w)
	}
}

func TestRegistrationFilesThatAreFaults(t *testing.T) {
	replaced := func(old, by string) string { return strings.Replace(irc, old, by, 1) }
	const users = "namespaces.users[0]"
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"nothing", "", []string{"id: is missing", "as_token: is missing", "hs_token: is missing",
			"sender_localpart: is missing", "url: is missing; it may be null", "namespaces: is missing; it may be {}"}},
		{"no settings", "- a\n", []string{`wants settings, each "name: value"`}},
		{"no YAML", "id: 'a\n", []string{":1: is no YAML: could not find end character of single-quoted text"}},
		{"no UTF-8", "id: \xff\n", []string{"is no text in UTF-8"}},
		{"no id", replaced(`id: "irc"`, "id:"), []string{":2: id: is missing"}},
		{"an empty token", replaced("as of irc, no guess", `""`), []string{":4: as_token: is missing"}},
		{"a token that is a number", replaced("as of irc, no guess", "12345"), []string{":4: as_token: wants text; put it in quotes"}},
		{"a token that stands twice", irc + "hs_token: x\n", []string{":20: hs_token: stands twice; first in line 5"}},
		{"no URL", replaced("url: http://localhost:9999\n", ""), []string{"url: is missing; it may be null"}},
		{"no namespaces", irc[:strings.Index(irc, "namespaces:")], []string{"namespaces: is missing; it may be {}"}},
		{"a text for a truth", replaced("false", `"false"`), []string{":7: rate_limited: wants true or false"}},
		{"a namespace without a regex", replaced(`regex: '@_irc_.*:example\.org'`, "a: b"), []string{":13: " + users + ".regex: is missing"}},
		{"a namespace that may be exclusive", replaced("exclusive: true\n      ", ""), []string{":13: " + users + ".exclusive: is missing"}},
		{"a namespace that is a text", replaced("- exclusive: true\n      regex: '@_irc_.*:example\\.org'\n      group_id: +irc:example.org", "- '@_irc_.*'"),
			[]string{`:13: ` + users + `: wants settings, each "name: value"`}},
		{"no regular expression", replaced("@_irc_.*:", "@_irc_(.*:"), []string{":14: " + users + ".regex: is no regular expression: missing closing )"}},
		{"one of Perl's", replaced("@_irc_.*:", "@_irc_(?!x).*:"), []string{":14: " + users + ".regex: is no regular expression: invalid or unsupported Perl syntax"}},
		{"an alias bomb", "a: &a [x]\nb: *a\n", []string{
			":1: anchors (&) are not understood here; a text that begins with & stands in quotes",
			":2: aliases (*) are not understood here; a text that begins with * stands in quotes"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := registrations(t, c.text)
			if err == nil {
				t.Fatal("accepted")
			}
			got := strings.Split(err.Error(), "\n")
			for i, line := range got {
				_, got[i], _ = strings.Cut(line, "doorward.yaml:6: appservices[0]: 0.yaml")
				got[i] = strings.TrimPrefix(got[i], ": ")
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Application Service API, Registration: ids and tokens are unique.
func TestWhatMustDifferBetweenApplicationServices(t *testing.T) {
	other := strings.NewReplacer(`"irc"`, "other", "as of irc, no guess", "another", "ircbot", "otherbot").Replace(irc)
	for _, c := range []struct {
		name, second, want string
	}{
		{"ids", strings.NewReplacer("as of irc, no guess", "another", "ircbot", "otherbot").Replace(irc), "the file has the id of appservices[0]"},
		{"tokens", strings.NewReplacer(`"irc"`, "other", "ircbot", "otherbot").Replace(irc), "the file has the as_token of appservices[0]"},
		{"users", strings.NewReplacer(`"irc"`, "other", "as of irc, no guess", "another").Replace(irc), "the file has the sender_localpart of appservices[0]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := registrations(t, irc, c.second)
			if err == nil || !strings.HasSuffix(err.Error(), "doorward.yaml:6: appservices[1]: "+c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := registrations(t, irc, other); err != nil {
		t.Error(err)
	}
	if _, err := registrations(t, "a: b", "a: b"); err == nil || strings.Contains(err.Error(), "the file has") {
		t.Errorf("what is missing in both is no id of both: %v", err)
	}
}

func TestARegistrationFileThatCannotBeRead(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "large", strings.Repeat("#", 1<<20+1), 0o600)
	write(t, folder, "irc", irc, 0o600)
	name := filepath.Join(folder, "d.yaml")
	for setting, want := range map[string]string{
		"missing":  "[0]: the file (looked for in " + folder + ") cannot be read: no such file or directory",
		"/missing": "[0]: the file cannot be read: no such file or directory",
		"large":    "[0]: the file (looked for in " + folder + ") is larger than 1024 KiB",
		"irc, irc": "[1]: stands twice in the list",
	} {
		_, err := config.Parse(name, []byte("server_name: a\nappservices: ["+setting+"]\n"), nil)
		if want = name + ":2: appservices" + want; err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	c, err := config.Parse(name, []byte("server_name: a\n"), []string{"DOORWARD_APPSERVICES=irc"})
	if err != nil || len(c.Appservices) != 1 {
		t.Errorf("from the environment: %v, %v", c, err)
	}
}

func TestARegistrationFileThatOthersCanReadIsWarnedAbout(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "irc.yaml", irc, 0o644)
	path := write(t, folder, "d.yaml", "server_name: a\nappservices: [irc.yaml]\npassword: {enabled: false}\n", 0o644)
	c, err := config.Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	// Somebody can sign in: the application service.
	want := []string{path + ":2: appservices[0]: others than its owner may use the file (mode 0644); chmod 600 it"}
	if diff := cmp.Diff(want, c.Warnings()); diff != "" {
		t.Error(diff)
	}
}

func TestNoFaultShowsTheTokenOfAnApplicationService(t *testing.T) {
	for _, token := range []string{"|hunter2", "'hunter2", "&hunter2 a", "[hunter2]", "{hunter2: a}", "a: hunter2", "x\nas_token: hunter2"} {
		_, err := registrations(t, strings.Replace(irc, "as of irc, no guess", token, 1))
		if err == nil {
			t.Errorf("%s is accepted", token)
		}
		checkHidden(t, token, fmt.Sprint(err), "hunter2")
	}
	c, err := registrations(t, strings.ReplaceAll(irc, "of irc", "hunter2"))
	checkHidden(t, "%+v", fmt.Sprintf("%+v %#v %v", c, c, err), "hunter2")
}
