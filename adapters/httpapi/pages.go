package httpapi

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

//go:embed pages
var pageFiles embed.FS

// A page is an HTML document with the style of all pages and at most one
// script, which are part of it, and the policy that lets browsers use these
// and nothing else.
type page struct {
	document *template.Template
	policy   string
}

var (
	loginPage         = newPage("login.js", "login.html")
	fallbackDonePage  = newPage("done.js", "done.html")
	fallbackErrorPage = newPage("", "error.html")

	// fallbackPages has the stages that people can complete in a browser.
	fallbackPages = map[string]page{
		"m.login.password":           newPage("", "fallback.html", "password.html"),
		"m.login.dummy":              newPage("", "fallback.html", "dummy.html"),
		"m.login.registration_token": newPage("", "fallback.html", "registration-token.html"),
		"m.login.terms":              newPage("", "fallback.html", "terms.html"),
		"org.matrix.login.jwt":       newPage("", "fallback.html", "jwt.html"),
	}
)

// A fallbackPage is what the page of a stage shows (Matrix specification,
// client-server API, "Fallback"). Whatever is in it, the page shows it as text.
type fallbackPage struct {
	// Stage is the type of the stage.
	Stage string
	// Session is that of the interaction; the form sends it as "session".
	Session string
	// User is whom the stage m.login.password is about; empty: the page asks.
	User string
	// Policies are what the stage m.login.terms is about.
	Policies []domain.Policy
	// Error says why the last attempt failed; empty: there was none.
	Error string
}

// writeLoginPage answers with the page that does a whole login (Matrix
// specification, client-server API, "Login Fallback").
func writeLoginPage(w http.ResponseWriter) {
	loginPage.write(w, http.StatusOK, nil)
}

// writeFallback answers with the page of the stage. Its form posts to the URL
// of the page: the password stage "password", and "username" unless the user is
// known; the stages of tokens "token"; the others nothing but the session. A
// stage without a page is answered 404, whatever the status.
func writeFallback(w http.ResponseWriter, status int, shown fallbackPage) {
	stage, ok := fallbackPages[shown.Stage]
	if !ok {
		writeFallbackError(w, http.StatusNotFound, "There is no page for this way to confirm.")
		return
	}
	stage.write(w, status, shown)
}

// writeFallbackDone answers with the page that tells the client that the stage
// is completed.
func writeFallbackDone(w http.ResponseWriter) {
	fallbackDonePage.write(w, http.StatusOK, nil)
}

// writeFallbackError answers with a page on which nothing can be done but read
// the text, a sentence.
func writeFallbackError(w http.ResponseWriter, status int, text string) {
	fallbackErrorPage.write(w, status, text)
}

// newPage makes a page of the frame and the named files. The script is the
// name of a file too; empty: there is none.
func newPage(script string, files ...string) page {
	style, code := pageText("page.css"), ""
	if script != "" {
		code = pageText(script)
	}
	document := template.New("page.html").Funcs(template.FuncMap{
		"style":  func() template.CSS { return template.CSS(style) },
		"script": func() template.JS { return template.JS(code) },
	})
	for _, file := range append([]string{"page.html"}, files...) {
		template.Must(document.ParseFS(pageFiles, "pages/"+file))
	}
	return page{document, pagePolicy(style, code)}
}

func pageText(name string) string {
	text, err := pageFiles.ReadFile("pages/" + name)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// pagePolicy returns the Content-Security-Policy of a page.
func pagePolicy(style, script string) string {
	rules := []string{
		"default-src 'none'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
		"style-src " + sourceHash(style),
	}
	if script != "" {
		// Apps that embed the pages hear of the end by a frame with a URL "js:…",
		// which they do not load.
		rules = append(rules, "script-src "+sourceHash(script), "connect-src 'self'", "frame-src js:")
	}
	return strings.Join(rules, "; ")
}

func sourceHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// write answers with the page. That the client is no longer there to read it is
// no fault of ours, and not reported.
func (p page) write(w http.ResponseWriter, status int, data any) {
	var text bytes.Buffer
	if err := p.document.Execute(&text, data); err != nil {
		panic(err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", p.policy)
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes())
}
