package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/config"
)

func TestChangedNamesEverySettingThatDiffers(t *testing.T) {
	const server = "server_name: example.org\n"
	for _, c := range []struct {
		name, before, after string
		want                []string
	}{
		{"nothing", minimal, minimal, nil},
		{"a default that is written", server, server + "log: {level: info}\n", nil},
		{"some, by the alphabet", server, server + "log: {level: debug}\nhttp: {listen: '127.0.0.1:1'}\nrate_limits: {refresh: {burst: 1}}\n",
			[]string{"http.listen", "log.level", "rate_limits.refresh.burst"}},
		{"a list", server, server + "http: {trusted_proxies: [127.0.0.1]}\n", []string{"http.trusted_proxies"}},
		{"a secret", server + "admin: {api_token: 0123456789abcdef0123456789abcdef}\n", server + "admin: {api_token: 0123456789abcdef0123456789abcdeg}\n",
			[]string{"admin.api_token"}},
		{"a homeserver that delegates", server, server + strings.ReplaceAll(delegated, minimal, ""),
			[]string{"homeserver.issuer", "homeserver.kind", "homeserver.secret", "http.trusted_proxies", "public_base_url"}},
		{"a setting of a provider", minimal, minimal + "      leeway: 1m\n", []string{"jwt.providers[0].leeway"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for range 2 {
				if diff := cmp.Diff(c.want, config.Changed(parse(t, c.before), parse(t, c.after))); diff != "" {
					t.Error(diff)
				}
				c.before, c.after = c.after, c.before
			}
		})
	}
}

func TestChangedNamesSectionsThatCameOrWent(t *testing.T) {
	none := parse(t, "server_name: example.org\n")
	if got := config.Changed(none, parse(t, minimal)); len(got) < 10 || got[0] != "jwt.providers[0].admin_claim" {
		t.Errorf("got %v", got)
	}
	for _, path := range config.Changed(parse(t, minimal), none) {
		if !config.InSection(path, "jwt.providers") || config.InSection(path, "jwt.provider") || config.InSection(path, "log") {
			t.Errorf("%s is in the wrong section", path)
		}
	}
}

func TestChangedNamesSettingsWhoseFilesChanged(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("doorward.yaml", "server_name: a\nadmin: {api_token_file: token}\nappservices: [irc.yaml]\n")
	const irc = "id: irc\nurl: null\nas_token: a\nhs_token: b\nsender_localpart: irc\nnamespaces: {}\n"
	write("token", "0123456789abcdef0123456789abcdef")
	write("irc.yaml", irc)
	load := func() *config.Config {
		c, err := config.Load(filepath.Join(folder, "doorward.yaml"), nil)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	before := load()
	write("token", "0123456789abcdef0123456789abcdeg")
	write("irc.yaml", irc+"rate_limited: false\n")
	if diff := cmp.Diff([]string{"admin.api_token", "appservices"}, config.Changed(before, load())); diff != "" {
		t.Error(diff)
	}
}
