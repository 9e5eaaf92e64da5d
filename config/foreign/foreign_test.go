package foreign_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/config/foreign"
)

var update = flag.Bool("update", false, "write the golden files anew")

// convert converts a text of a kind; the kind "" stands for the one it is for.
func convert(t *testing.T, kind foreign.Kind, text string) foreign.Result {
	t.Helper()
	result, err := foreign.Convert(kind, foreign.File{Name: "file", Text: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// lines are the findings as they are printed.
func lines(result foreign.Result) string {
	var b strings.Builder
	for _, finding := range result.Findings {
		b.WriteString(finding.String() + "\n")
	}
	return b.String()
}

// parse reads what was made of a configuration.
func parse(t *testing.T, result foreign.Result) *config.Config {
	t.Helper()
	if result.Refused() {
		t.Fatal(lines(result))
	}
	c, err := config.Parse("made", result.YAML, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, result.YAML)
	}
	return c
}

// The golden files are what an operator sees: the new configuration, and the
// lines about what is not in it.
func TestWhatBecomesOfWholeConfigurations(t *testing.T) {
	names, err := filepath.Glob("testdata/*-*.*")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		if strings.Contains(name, ".golden.") {
			continue
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			result, err := foreign.Convert("", foreign.File{Name: filepath.Base(name), Text: text})
			if err != nil {
				t.Fatal(err)
			}
			base := strings.TrimSuffix(name, filepath.Ext(name))
			golden(t, base+".golden.yaml", string(result.YAML))
			golden(t, base+".golden.txt", lines(result))
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-update writes it anew):\n%s", name, diff)
	}
}

func TestEveryTopLevelKeyIsTakenOverOrReported(t *testing.T) {
	// Those that became settings, with nothing to be said of them.
	silent := map[string]bool{"server_name": true, "public_baseurl": true, "rc_login": true, "rc_registration": true,
		"enable_registration": true, "registration_shared_secret_path": true, "allow_guest_access": true, "app_service_config_files": true,
		"session_lifetime": true, "refreshable_access_token_lifetime": true, "refresh_token_lifetime": true,
		"nonrefreshable_access_token_lifetime": true, "login_via_existing_session": true,
		// Those that switch nothing on.
		"registrations_require_3pid": true, "enable_registration_captcha": true, "hs_disabled": true, "limit_usage_by_mau": true}
	text, err := os.ReadFile("testdata/synapse-full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	said := lines(convert(t, "", string(text)))
	keys := 0
	for line := range strings.Lines(string(text)) {
		key, _, ok := strings.Cut(line, ":")
		if !ok || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			continue
		}
		keys++
		if reported := regexp.MustCompile(`(?m)^[a-z]+: ` + key + `[:.[]`).MatchString(said); reported == silent[key] {
			t.Errorf("%s: reported %v, silent %v", key, reported, silent[key])
		}
	}
	if keys < 120 {
		t.Errorf("only %d keys", keys)
	}
}

func TestTheKindIsRecognised(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want foreign.Kind
	}{
		"YAML":                  {"server_name: a\n", foreign.Synapse},
		"YAML with a beginning": {"# server = 1\n---\nserver_name: a\n", foreign.Synapse},
		"YAML in JSON":          {`{"server_name": "a"}`, foreign.Synapse},
		"TOML":                  {"# a: b\n\nserver_name = \"a\"\n", foreign.Palpo},
		"TOML, table first":     {"[db]\nurl = \"x\"\n", ""},
		"TOML, quoted key":      {"\"server_name\"=\"a\"\n", foreign.Palpo},
		"TOML with a BOM":       {"\ufeffserver_name = \"a\"\n", foreign.Palpo},
		"TOML with global":      {"[global]\nserver_name = \"a\"\n", foreign.Tuwunel},
		"Doorward's own":        {"server_name: a\njwt: {providers: []}\n", ""},
		"no homeserver's":       {"a: b\n", ""},
		"nothing":               {"", ""},
		"a list":                {"- a\n", ""},
	} {
		result, err := foreign.Convert("", foreign.File{Name: name, Text: []byte(c.text)})
		if result.Kind != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v", name, result.Kind, err)
		}
	}
}

func TestAWrongKindIsSaid(t *testing.T) {
	_, err := foreign.Convert(foreign.Palpo, foreign.File{Name: "f.toml", Text: []byte("[global]\n")})
	if err == nil || !strings.Contains(err.Error(), "Tuwunel") {
		t.Error(err)
	}
}

func TestLaterFilesReplaceTopLevelKeys(t *testing.T) {
	result, err := foreign.Convert("",
		foreign.File{Name: "a.yaml", Text: []byte("server_name: a\nenable_registration: true\nregistration_requires_token: true\njwt_config: {enabled: true, secret: x, algorithm: HS256, issuer: i}\n")},
		foreign.File{Name: "b.yaml", Text: []byte("jwt_config: {enabled: true, secret: y, algorithm: HS512}\n")})
	if err != nil {
		t.Fatal(err)
	}
	c := parse(t, result)
	if p := c.JWT.Providers[0]; p.Secret.Reveal() != "y" || len(p.Issuers) != 0 || !c.Registration.TokensRequired {
		t.Errorf("%s", result.YAML)
	}
	toml := foreign.File{Name: "c.toml", Text: []byte("server_name = \"a\"\n")}
	if _, err := foreign.Convert("", toml, toml); err == nil {
		t.Error("two files of Palpo are taken")
	}
}
