package foreign_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/config/foreign"
)

func FuzzYAML(f *testing.F) {
	f.Add([]byte("server_name: a\nx: &x {enabled: on}\njwt_config: {<<: *x, secret: !!str 1, algorithm: HS256}\n"))
	fuzz(f, "testdata/*.yaml", foreign.Synapse)
}

func FuzzTOML(f *testing.F) {
	f.Add([]byte("server_name = 'a'\n[jwt]\nsecret = \"a\\u0085\\r\\n#: b\"\n"))
	f.Add([]byte("[global]\nserver_name = '-'\n[global.jwt]\nenable = true\nkey = '''-----BEGIN \r # x'''\nformat='ECDSA'\nalgorithm='ES256'\n"))
	fuzz(f, "testdata/*.toml", "")
}

// FuzzValues holds Convert to this: what it takes over is what was there, to the
// last byte.
func FuzzValues(f *testing.F) {
	f.Add("example.org", good, "https://login.example.org/")
	f.Add("yes", "\"\\ # \t\r\n\u0085\u2028\x00\u00a0\ufeff\U0010ffff", "null: [&a, *b]")
	f.Add("0x1", " - ", "~")
	f.Fuzz(func(t *testing.T, server, secret, issuer string) {
		text, err := toml.Marshal(map[string]any{
			"server_name": server, "jwt": map[string]any{"secret": secret, "issuer": []string{issuer}},
		})
		if err != nil || !utf8.ValidString(server) || !utf8.ValidString(secret) || !utf8.ValidString(issuer) {
			t.Skip("TOML holds nothing but UTF-8")
		}
		result, err := foreign.Convert(foreign.Palpo, foreign.File{Name: "f", Text: text})
		if err != nil || result.Refused() {
			return
		}
		c, err := config.Parse("f", result.YAML, nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, result.YAML)
		}
		if p := c.JWT.Providers[0]; c.ServerName != server || p.Secret.Reveal() != secret || p.Issuers[0] != issuer {
			t.Errorf("%q, %q, %q became\n%s", server, secret, issuer, result.YAML)
		}
	})
}

// fuzz holds Convert to this: it never panics; it says why it writes nothing, in
// one line each; what it writes can be read.
func fuzz(f *testing.F, seeds string, kind foreign.Kind) {
	files, err := filepath.Glob(seeds)
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		result, err := foreign.Convert(kind, foreign.File{Name: "f", Text: text})
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q", err)
			}
			return
		}
		for _, finding := range result.Findings {
			if strings.ContainsAny(finding.String(), "\r\n\x1b") || finding.Why == "" {
				t.Errorf("%q", finding)
			}
		}
		if result.Refused() != (result.YAML == nil) {
			t.Errorf("refused: %v, and wrote %d bytes", result.Refused(), len(result.YAML))
		}
		if !result.Refused() {
			checkWritten(t, result.YAML)
		}
	})
}

// checkWritten demands that what was written can be read, whatever faults the
// values have.
func checkWritten(t *testing.T, text []byte) {
	if strings.Contains(string(text), "_file: ") || strings.Contains(string(text), "appservices: ") {
		return // the fuzzer must not open what it makes up
	}
	c, err := config.Parse("f", text, nil)
	var faults config.Faults
	switch {
	case err == nil:
		if c.ServerName == "" {
			t.Errorf("no server name:\n%s", text)
		}
	case !errors.As(err, &faults):
		t.Error(err)
	}
	for _, fault := range faults {
		if fault.Path == "" || strings.Contains(fault.Problem, "unknown key") || strings.Contains(fault.Problem, "wants ") ||
			strings.Contains(fault.Problem, "twice; first") {
			t.Errorf("%v\n%s", fault, text)
		}
	}
}
