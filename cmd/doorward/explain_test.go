package main

import (
	"strings"
	"testing"
)

func TestExplanationSaysWhatTheLinkDecides(t *testing.T) {
	const settings = "server_name: localhost\ndatabase: {url: \"sqlite:doorward.db\"}\njwt:\n  providers:\n    - {name: p, secret: 0123456789abcdef0123456789abcdef, link_existing: LINK}\n"
	for link, want := range map[string]string{
		"true":  "@alice:localhost, which exists, and belongs to this identity from the login on",
		"false": "403 M_FORBIDDEN: Account belongs to another identity",
	} {
		inFolder(t, map[string]string{"doorward.yaml": strings.Replace(settings, "LINK", link, 1)})
		if code, _, errs := doorward(t, "", "migrate", "up"); code != 0 {
			t.Fatal(errs)
		}
		if code, _, errs := doorward(t, "correct horse battery\n", "user", "add", "alice"); code != 0 {
			t.Fatal(errs)
		}
		_, token, _ := doorward(t, "", "token", "mint", "--sub", "alice")
		if code, out, errs := doorward(t, token, "token", "explain"); !strings.Contains(out, want) || (code == 0) != (link == "true") {
			t.Errorf("%s: exit code %d, want %q:\n%s%s", link, code, want, out, errs)
		}
	}
}
