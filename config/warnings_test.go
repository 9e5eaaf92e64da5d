package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWeakSettingsAreWarnedAbout(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"nothing weak", minimal, nil},
		{"a limit of the leeway", minimal + "      leeway: 10m\n", nil},
		{"no provider", "server_name: a\n", nil},
		{"no way to sign in", "server_name: a\npassword: {enabled: false}\n", []string{
			"doorward.yaml: jwt.providers: there is none, and no other way to sign in; nobody can"}},
		{"registration for everybody", minimal + "registration: {enabled: true}\n", []string{
			"doorward.yaml:6: registration.enabled: anybody can make accounts; tokens_required keeps strangers out"}},
		{"registration with tokens", minimal + "registration: {enabled: true, tokens_required: true}\n", nil},
		{"tokens for a registration that is closed", minimal + "registration: {tokens_required: true}\n", []string{
			"doorward.yaml:6: registration.tokens_required: has no effect without registration.enabled"}},
		{"no way to confirm", minimal + "password: {enabled: false}\n", []string{
			"doorward.yaml:6: password.enabled: without it, and without a provider with allow_uia, nobody can confirm requests: to delete devices, to deactivate an account, or to get a login token"}},
		{"a token confirms", minimal + "      allow_uia: true\npassword: {enabled: false}\n", nil},
		{"no limits", minimal + "rate_limits:\n  enabled: false\n", []string{
			"doorward.yaml:7: rate_limits.enabled: nothing slows down who guesses passwords and tokens"}},
		{"a great leeway", minimal + "      leeway: 11m\n", []string{
			"doorward.yaml:6: jwt.providers[0].leeway: tokens are taken for more than 10m0s after they expired"}},
		{"everybody is a proxy", minimal + "http: {trusted_proxies: [10.0.0.0/8, 0.0.0.0/0, '::/0']}\n", []string{
			"doorward.yaml:6: http.trusted_proxies[1]: believes everybody's X-Forwarded-For",
			"doorward.yaml:6: http.trusted_proxies[2]: believes everybody's X-Forwarded-For"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := parse(t, c.text).Warnings()
			if len(got) == 0 {
				got = nil
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
