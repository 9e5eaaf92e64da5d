package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/domain"
)

const shownURL = "https://example.org/privacy?a=1&b=2"

var shownPolicies = []domain.Policy{
	{ID: "privacy", Version: "1.2", Language: "en", Name: "Privacy", URL: shownURL},
	{ID: "privacy", Version: "1.2", Language: "de", Name: "Datenschutz", URL: shownURL},
}

// everyPage returns each page in each of its states, with the texts in it.
func everyPage(session, user, text string) map[string]*httptest.ResponseRecorder {
	pages := map[string]*httptest.ResponseRecorder{
		"login":      pageOf(writeLoginPage),
		"done":       pageOf(writeFallbackDone),
		"error":      pageOf(func(w http.ResponseWriter) { writeFallbackError(w, 400, text) }),
		"user known": stagePage(fallbackPage{Stage: "m.login.password", Session: session, User: user}),
	}
	for stage := range fallbackPages {
		pages[stage] = stagePage(fallbackPage{Stage: stage, Session: session, Policies: shownPolicies})
		pages[stage+" again"] = stagePage(fallbackPage{Stage: stage, Session: session, Policies: shownPolicies, Error: text})
	}
	return pages
}

func pageOf(write func(http.ResponseWriter)) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	write(w)
	return w
}

func stagePage(shown fallbackPage) *httptest.ResponseRecorder {
	return pageOf(func(w http.ResponseWriter) { writeFallback(w, http.StatusUnauthorized, shown) })
}

func somePages() map[string]*httptest.ResponseRecorder {
	return everyPage("dws_1", "@alice:example.org", "Wrong password")
}

func TestStagesThatArePages(t *testing.T) {
	want := []string{
		"m.login.dummy", "m.login.password", "m.login.registration_token", "m.login.terms", "org.matrix.login.jwt",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(fallbackPages))); diff != "" {
		t.Error(diff)
	}
}

func TestPagesAreForOneLookInOneWindow(t *testing.T) {
	want := map[string]string{
		"Content-Type":           "text/html; charset=utf-8",
		"X-Frame-Options":        "DENY",
		"Referrer-Policy":        "no-referrer",
		"Cache-Control":          "no-store",
		"X-Content-Type-Options": "nosniff",
	}
	for name, w := range somePages() {
		for header, value := range want {
			if got := w.Header().Values(header); !slices.Equal(got, []string{value}) {
				t.Errorf("%s: %s is %q", name, header, got)
			}
		}
	}
}

func TestPagesHaveTheStatusThatIsAskedFor(t *testing.T) {
	for name, want := range map[string]int{"login": 200, "done": 200, "error": 400, "m.login.terms": 401} {
		if got := somePages()[name].Code; got != want {
			t.Errorf("%s: %d", name, got)
		}
	}
}

func TestAPageMayUseItsOwnStyleAndScriptAndNothingElse(t *testing.T) {
	for name, w := range somePages() {
		want := []string{
			"default-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
			"style-src " + onlyHash(t, name, w, "style"),
		}
		if name == "login" || name == "done" {
			want = append(want, "script-src "+onlyHash(t, name, w, "script"), "connect-src 'self'", "frame-src js:")
		} else if strings.Contains(w.Body.String(), "<script") {
			t.Errorf("%s has a script", name)
		}
		if diff := cmp.Diff(want, strings.Split(w.Header().Get("Content-Security-Policy"), "; ")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for _, e := range pageElements(t, w) {
			for attribute := range e.attributes {
				if attribute == "style" || strings.HasPrefix(attribute, "on") || attribute == "src" {
					t.Errorf("%s: <%s %s>", name, e.name, attribute)
				}
			}
		}
	}
}

// onlyHash returns the hash of the text in the only element of that name.
func onlyHash(t *testing.T, page string, w *httptest.ResponseRecorder, name string) string {
	t.Helper()
	found := regexp.MustCompile(`(?s)<`+name+`[^>]*>(.*?)</`+name+`>`).FindAllStringSubmatch(w.Body.String(), -1)
	if len(found) != 1 || len(found[0][1]) < 50 {
		t.Fatalf("%s: <%s> %q", page, name, found)
	}
	sum := sha256.Sum256([]byte(found[0][1]))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func TestHostileTextsStayTexts(t *testing.T) {
	harmless := somePages()
	for _, hostile := range []string{
		`"><script>alert(1)</script><p title="`, `' autofocus onfocus='alert(1)`, `</title></style></form><form action=//evil.example>`,
		`{{.Session}}`, `&quot;&lt;`, "javascript:alert(1)", `-->]]><!--`,
	} {
		for name, w := range everyPage(hostile, hostile, hostile) {
			got, want := pageElements(t, w), pageElements(t, harmless[name])
			if diff := cmp.Diff(shapeOf(want), shapeOf(got)); diff != "" {
				t.Errorf("%s with %s: %s", name, hostile, diff)
			}
			for _, input := range got {
				if input.attributes["name"] == "session" && input.attributes["value"] != hostile {
					t.Errorf("%s: the session %s became %s", name, hostile, input.attributes["value"])
				}
			}
			said := slices.ContainsFunc(got, func(e pageElement) bool { return e.attributes["role"] == "alert" && e.text == hostile })
			if (name == "error" || strings.HasSuffix(name, " again")) && !said {
				t.Errorf("%s does not say %s", name, hostile)
			}
		}
	}
}

func TestPoliciesAreLinkedByNameIfTheyAreOnTheWeb(t *testing.T) {
	type link struct{ URL, Language, Name, Rel string }
	for url, href := range map[string]string{
		shownURL:                shownURL,
		`javascript:alert("1")`: "#ZgotmplZ",
		`https://x/" onclick="`: "https://x/%22%20onclick=%22",
	} {
		policy := domain.Policy{ID: "privacy", Version: "1.2", Language: "de", Name: "<b>Datenschutz</b>", URL: url}
		w := stagePage(fallbackPage{Stage: "m.login.terms", Session: "s", Policies: []domain.Policy{policy, policy}})
		var got []link
		for _, e := range elementsNamed(pageElements(t, w), "a") {
			got = append(got, link{e.attributes["href"], e.attributes["lang"], e.text, e.attributes["rel"]})
		}
		want := link{href, "de", "<b>Datenschutz</b>", "noopener noreferrer"}
		if diff := cmp.Diff([]link{want, want}, got); diff != "" {
			t.Errorf("%s: %s", url, diff)
		}
	}
}

func TestPagesNameNothingElsewhere(t *testing.T) {
	elsewhere := regexp.MustCompile(`(?i)[a-z]://|@import|url\(`)
	for name, w := range somePages() {
		if found := elsewhere.FindString(strings.ReplaceAll(w.Body.String(), `href="https://example.org/`, "")); found != "" {
			t.Errorf("%s: %s", name, found)
		}
		for _, e := range pageElements(t, w) {
			if href, ok := e.attributes["href"]; ok && href != shownURL {
				t.Errorf("%s links to %s", name, href)
			}
		}
	}
}
