package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/config"
)

// named are the files that the examples speak of.
var named = []string{"jwt.secret", "keys/staff.pem", "keys/partner.jwks.json"}

// example loads one of the examples, with the files that it names.
func example(t *testing.T, name string) *config.Config {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("examples", name))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, file := range named {
		write(t, folder, file, "content of "+file, 0o600)
	}
	write(t, folder, "homeserver.secret", strings.Repeat("0123456789abcdef", 4)+"\n", 0o600)
	write(t, folder, "database.url", "postgres://doorward:password@db.example.org/doorward\n", 0o600)
	c, err := config.Load(write(t, folder, name, string(text), 0o600), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// others are the examples for what stands beside Doorward.
var others = []string{"Caddyfile", "nginx.conf", "palpo.toml", "synapse.yaml"}

func TestAllExamplesLoad(t *testing.T) {
	files, err := filepath.Glob("examples/*")
	if err != nil || len(files) < 4+len(others) {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if slices.Contains(others, filepath.Base(file)) {
			continue
		}
		c := example(t, filepath.Base(file))
		if warnings := c.Warnings(); len(warnings) != 0 {
			t.Errorf("%s: warnings %q", file, warnings)
		}
	}
}

func TestTheExampleOfTheDocumentIsTheDocuments(t *testing.T) {
	c := example(t, "synapse-jwt-doc.yaml")
	p := c.JWT.Providers[0]
	if c.ServerName != "localhost" || p.Secret.Reveal() != "my-secret-token" || !p.AllowWeakSecret ||
		!cmp.Equal(p.Algorithms, []string{"HS256"}) || !p.RegisterUser {
		t.Errorf("got %+v", c)
	}
}

func TestTheCompleteExampleIsComplete(t *testing.T) {
	full := example(t, "full.yaml")
	text := string(config.Example())
	if !strings.Contains(text, "\n      secret: \"\"\n") {
		t.Error("jwt.providers[0].secret has no line")
	}
	c := parse(t, "server_name: x\njwt: {providers: [{name: x, secret: x}]}\n")
	lines := strings.Split(text, "\n")
	compareSettings(t, full, lines, "", reflect.ValueOf(*full), reflect.ValueOf(*c))
}

// The example has no policies, but shows how to write one.
func TestTheCompleteExampleShowsAPolicy(t *testing.T) {
	_, text, found := strings.Cut(string(config.Example()), "\n  terms: []\n")
	text, _, ends := strings.Cut(text, "\n\n")
	if !found || !ends {
		t.Fatal("the policies have no place")
	}
	c := parse(t, minimal+"registration:\n  terms:\n"+strings.ReplaceAll(text, "  #  ", "    ")+"\n")
	policy := reflect.ValueOf(c.Registration.Terms[0])
	for i := range policy.NumField() {
		if name := policy.Type().Field(i).Tag.Get("yaml"); !strings.Contains(text, " "+name+": ") {
			t.Errorf("%s is not shown", name)
		}
	}
}

// compareSettings demands that every setting has a line, which says "(example)"
// if its value is not the default.
func compareSettings(t *testing.T, c *config.Config, lines []string, path string, full, usual reflect.Value) {
	for i := range full.NumField() {
		name := full.Type().Field(i).Tag.Get("yaml")
		if name == "" || name == "-" {
			continue
		}
		at, got, want := strings.TrimPrefix(path+"."+name, "."), full.Field(i), usual.Field(i)
		switch {
		case got.Kind() == reflect.Struct:
			compareSettings(t, c, lines, at, got, want)
			continue
		case at == "jwt.providers":
			compareSettings(t, c, lines, at+"[0]", got.Index(0), want.Index(0))
			continue
		}
		if name == "secret" {
			continue // after reading, it is what was in secret_file
		}
		line := lines[max(0, c.Fault(at, "").Line-1)]
		if !strings.HasPrefix(strings.TrimLeft(line, " -"), name+":") {
			t.Errorf("%s has no line; its place would be %q", at, line)
			continue
		}
		isDefault := cmp.Equal(got.Interface(), want.Interface()) || got.Kind() == reflect.Slice && got.Len() == 0
		if isDefault == strings.Contains(line, "(example)") {
			t.Errorf("%s is the default: %v, but its line is %q", at, isDefault, line)
		}
	}
}

func TestTheExampleCanBeChangedByItsReader(t *testing.T) {
	config.Example()[0] = 'x'
	if config.Example()[0] == 'x' {
		t.Error("the next reader sees the change")
	}
}
