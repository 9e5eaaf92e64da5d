package httpapi

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Matrix specification, client-server API, "Fallback": the page completes the
// stage, and so all that the stage needs is asked for.
func TestFormsSendWhatTheirStageNeedsToWhereTheyCameFrom(t *testing.T) {
	want := map[string][]string{
		"m.login.password":           {"session", "username", "password"},
		"user known":                 {"session", "password"},
		"m.login.dummy":              {"session"},
		"m.login.registration_token": {"session", "token"},
		"m.login.terms":              {"session"},
		"org.matrix.login.jwt":       {"session", "token"},
	}
	pages := somePages()
	for name, fields := range want {
		all := pageElements(t, pages[name])
		forms := elementsNamed(all, "form")
		if len(forms) != 1 || forms[0].attributes["method"] != "post" || forms[0].attributes["action"] != "" || len(elementsNamed(all, "button")) != 1 {
			t.Errorf("%s: forms %v", name, forms)
		}
		var got []string
		for _, e := range elementsNamed(all, "input", "textarea") {
			if e.attributes["name"] != "" {
				got = append(got, e.attributes["name"])
			}
		}
		if diff := cmp.Diff(fields, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A form whose script is broken must not put a password into an address.
func TestNoFormSendsByGet(t *testing.T) {
	for name, w := range somePages() {
		for _, form := range elementsNamed(pageElements(t, w), "form") {
			if form.attributes["method"] != "post" {
				t.Errorf("%s: %v", name, form)
			}
		}
	}
}

func TestAKnownUserIsShownAndNotSent(t *testing.T) {
	for _, e := range pageElements(t, somePages()["user known"]) {
		if e.attributes["id"] == "username" {
			if e.attributes["value"] != "@alice:example.org" || e.attributes["readonly"] == "" || e.attributes["name"] != "" {
				t.Errorf("%v", e)
			}
			return
		}
	}
	t.Error("no user is shown")
}

func TestAStageWithoutAPageIsNotFoundAndNotRepeated(t *testing.T) {
	w := stagePage(fallbackPage{Stage: "m.login.unheard", Session: "secret-session"})
	if w.Code != 404 || strings.Contains(w.Body.String(), "unheard") || strings.Contains(w.Body.String(), "secret-session") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if len(elementsNamed(pageElements(t, w), "form")) != 0 {
		t.Error("there is a form")
	}
}

// The script shows what the server offers; until then there is nothing to send.
func TestTheLoginPageAsksForPasswordOrTokenOnceItIsKnownWhich(t *testing.T) {
	all := pageElements(t, somePages()["login"])
	for _, form := range elementsNamed(all, "form") {
		if form.attributes["hidden"] == "" {
			t.Errorf("%v is not hidden", form)
		}
	}
	got := map[string]string{}
	for _, e := range elementsNamed(all, "input", "textarea") {
		got[e.name+" "+e.attributes["name"]] = e.attributes["autocomplete"]
	}
	want := map[string]string{
		"input username": "username", "input password": "current-password", "textarea token": "off",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryInputHasOneLabel(t *testing.T) {
	for name, w := range somePages() {
		all, labels := pageElements(t, w), map[string]int{}
		for _, label := range elementsNamed(all, "label") {
			if strings.TrimSpace(label.text) != "" {
				labels[label.attributes["for"]]++
			}
		}
		for _, e := range elementsNamed(all, "input", "textarea") {
			if e.attributes["type"] != "hidden" && labels[e.attributes["id"]] != 1 {
				t.Errorf("%s: %v has %d labels", name, e, labels[e.attributes["id"]])
			}
		}
	}
}

func TestWhatElementsReferToIsThereOnce(t *testing.T) {
	for name, w := range somePages() {
		all, ids := pageElements(t, w), map[string]int{}
		for _, e := range all {
			ids[e.attributes["id"]]++
		}
		for _, e := range all {
			for _, attribute := range []string{"for", "aria-describedby", "aria-labelledby"} {
				for _, id := range strings.Fields(e.attributes[attribute]) {
					if ids[id] != 1 {
						t.Errorf("%s: %v refers to %s, which is there %d times", name, e, id, ids[id])
					}
				}
			}
		}
	}
}

func TestErrorsAreReadAloud(t *testing.T) {
	pages := somePages()
	for name, field := range map[string]string{
		"login": "password", "m.login.password again": "password",
		"m.login.registration_token again": "token", "org.matrix.login.jwt again": "token",
	} {
		all := pageElements(t, pages[name])
		alert := slices.IndexFunc(all, func(e pageElement) bool { return e.attributes["role"] == "alert" })
		input := slices.IndexFunc(all, func(e pageElement) bool { return e.attributes["name"] == field })
		if alert < 0 || input < 0 || !slices.Contains(strings.Fields(all[input].attributes["aria-describedby"]), all[alert].attributes["id"]) {
			t.Errorf("%s: the alert is %d, %s is %d", name, alert, field, input)
		}
	}
}

func TestPagesHaveALanguageATitleAndRoomToGrow(t *testing.T) {
	for name, w := range somePages() {
		all := pageElements(t, w)
		if html := elementsNamed(all, "html"); len(html) != 1 || html[0].attributes["lang"] != "en" {
			t.Errorf("%s: %v", name, html)
		}
		for _, once := range []string{"title", "main", "h1"} {
			if got := elementsNamed(all, once); len(got) != 1 || strings.TrimSpace(got[0].text) == "" && once != "main" {
				t.Errorf("%s: <%s> %v", name, once, got)
			}
		}
		if !strings.Contains(w.Body.String(), `<meta name="viewport" content="width=device-width, initial-scale=1">`) {
			t.Errorf("%s has no viewport, or one that cannot be enlarged", name)
		}
	}
}

func TestPagesAreSmall(t *testing.T) {
	var size int64
	err := fs.WalkDir(pageFiles, ".", func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			info, infoErr := entry.Info()
			size, err = size+info.Size(), infoErr
		}
		return err
	})
	if err != nil || size == 0 || size > 20<<10 {
		t.Errorf("%d bytes, %v", size, err)
	}
}
