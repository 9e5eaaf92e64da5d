package main

import (
	"os"
	"strings"
	"testing"
)

const (
	oldSynapse = "server_name: localhost\nmedia_store_path: /m\njwt_config: {enabled: true, secret: 0123456789abcdef0123456789abcdef, algorithm: HS256, issuer: i}\n"
	oldPalpo   = "server_name = \"localhost\"\n[jwt]\nsecret = \"my-secret-token\"\n"
	unsafe     = "server_name = \"localhost\"\n[jwt]\nsecret = \"x\"\nvalidate_exp = false\n"
)

func TestImportExitCodes(t *testing.T) {
	files := map[string]string{"hs.yaml": oldSynapse, "more.yaml": "server_name: example.org\n", "palpo.toml": oldPalpo, "unsafe.toml": unsafe, "other.yaml": "a: b\n", "there.yaml": "x"}
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"hs.yaml", 0, "ignored: media_store_path: not Doorward's"},
		{"hs.yaml", 0, "server_name: localhost"},
		{"hs.yaml more.yaml", 0, "server_name: example.org"},
		{"palpo.toml --from palpo", 0, "set allow_weak_secret: true"},
		{"palpo.toml --from tuwunel", 1, "Palpo's"},
		{"palpo.toml --from dendrite", 2, "tuwunel"},
		{"palpo.toml palpo.toml", 1, "several files"},
		{"unsafe.toml", 1, "refused: jwt.validate_exp: "},
		{"unsafe.toml", 1, "nothing was written"},
		{"other.yaml", 1, "--from"},
		{"missing.yaml", 1, "missing.yaml"},
		{"", 2, "file"},
		{"hs.yaml --out there.yaml", 1, "--force"},
		{"hs.yaml --out hs.yaml --force", 2, "what is imported"},
		{"hs.yaml --force", 2, "--out"},
		{"hs.yaml --out no/where.yaml", 1, "no/"},
	} {
		t.Run(c.args, func(t *testing.T) {
			inFolder(t, files)
			code, out, errs := doorward(t, "", append([]string{"config", "import"}, strings.Fields(c.args)...)...)
			if code != c.code || !strings.Contains(out+errs, c.says) {
				t.Errorf("exit code %d, want %d and %q:\n%s%s", code, c.code, c.says, out, errs)
			}
			if code != 0 && out != "" {
				t.Errorf("printed %s", out)
			}
			for name, text := range files {
				if now, err := os.ReadFile(name); err != nil || string(now) != text {
					t.Errorf("%s is now %q, %v", name, now, err)
				}
			}
			if entries, err := os.ReadDir("."); err != nil || len(entries) != len(files) {
				t.Errorf("%v, %v", entries, err)
			}
		})
	}
}

func TestImportWritesAFileThatChecks(t *testing.T) {
	inFolder(t, map[string]string{"hs.yaml": oldSynapse})
	if code, out, errs := doorward(t, "", "config", "import", "hs.yaml", "--out", "doorward.yaml"); code != 0 || out != "" {
		t.Fatalf("exit code %d: %s%s", code, out, errs)
	}
	if info, err := os.Stat("doorward.yaml"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if code, out, errs := doorward(t, "", "config", "check"); code != 0 || strings.Contains(out, "warning") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	_, token, _ := doorward(t, "", "token", "mint", "--sub", "alice")
	if code, out, errs := doorward(t, token, "token", "explain"); code != 0 {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
}

func TestImportReplacesAFileOnlyWhenForced(t *testing.T) {
	inFolder(t, map[string]string{"hs.yaml": oldSynapse})
	if err := os.WriteFile("doorward.yaml", []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, _ := doorward(t, "", "config", "import", "hs.yaml", "--out", "doorward.yaml"); code != 1 {
		t.Errorf("exit code %d", code)
	}
	if text, _ := os.ReadFile("doorward.yaml"); string(text) != "mine" {
		t.Errorf("replaced by %s", text)
	}
	if code, _, errs := doorward(t, "", "config", "import", "hs.yaml", "--out", "doorward.yaml", "--force"); code != 0 {
		t.Errorf("exit code %d: %s", code, errs)
	}
	text, _ := os.ReadFile("doorward.yaml")
	if info, err := os.Stat("doorward.yaml"); err != nil || info.Mode().Perm() != 0o600 || !strings.Contains(string(text), "server_name: localhost") {
		t.Errorf("%v, %v: %s", info, err, text)
	}
}

// The secret of a document works as it is printed there, once somebody has said
// so.
func TestAnImportedWeakSecretHasToBeAllowed(t *testing.T) {
	inFolder(t, map[string]string{"palpo.toml": oldPalpo})
	doorward(t, "", "config", "import", "palpo.toml", "--out", "doorward.yaml")
	if code, out, _ := doorward(t, "", "config", "check"); code != 1 || !strings.Contains(out, "allow_weak_secret") {
		t.Errorf("exit code %d: %s", code, out)
	}
	text, err := os.ReadFile("doorward.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.Replace(string(text), "      algorithms:", "      allow_weak_secret: true\n      algorithms:", 1))
	if err := os.WriteFile("doorward.yaml", text, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := doorward(t, "", "config", "check"); code != 0 {
		t.Errorf("exit code %d: %s", code, out)
	}
}
