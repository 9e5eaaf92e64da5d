package httpapi_test

import (
	"context"
	"errors"
	"regexp"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
)

func TestVersionsAreThoseOfTheSpecification(t *testing.T) {
	a := newDoor().do(t, "GET", "/_matrix/client/versions", "")
	versions, _ := a.body["versions"].([]any)
	if a.status != 200 || len(versions) == 0 {
		t.Fatalf("%d %s", a.status, a.text)
	}
	form := regexp.MustCompile(`^(r0\.\d+\.\d+|v1\.[1-9]\d*)$`)
	for _, v := range versions {
		if s, _ := v.(string); !form.MatchString(s) {
			t.Errorf("version %v", v)
		}
	}
	if _, ok := a.body["unstable_features"].(map[string]any); !ok {
		t.Errorf("unstable_features of %s", a.text)
	}
}

func TestVersionsAreForAllButWhoShowsADeadToken(t *testing.T) {
	d := newDoor()
	token := d.login(t, "alice", "D")
	for header, status := range map[string]int{
		"Authorization: Bearer " + token: 200,
		"Authorization: Basic x":         200,
		"Authorization: Bearer rubbish":  401,
	} {
		if a := d.do(t, "GET", "/_matrix/client/versions", "", header); a.status != status {
			t.Errorf("%s: %d %s", header, a.status, a.text)
		}
	}
}

func TestWellKnownIsThereIfThereIsSomethingToTell(t *testing.T) {
	const path = "/.well-known/matrix/client"
	d := newDoor(func(a *httpapi.API) { a.Settings.PublicBaseURL = "https://matrix.example.org/" })
	want := `{"m.homeserver":{"base_url":"https://matrix.example.org/"}}`
	if a := d.do(t, "GET", path, ""); a.status != 200 || a.text != want {
		t.Errorf("%d %s", a.status, a.text)
	}
	if a := newDoor().do(t, "GET", path, ""); a.status != 404 {
		t.Errorf("without: %d %s", a.status, a.text)
	}
}

func TestHealthIsTheStores(t *testing.T) {
	var ping error
	d := newDoor(func(a *httpapi.API) { a.Ping = func(context.Context) error { return ping } })
	if a := d.do(t, "GET", "/health", ""); a.status != 200 {
		t.Errorf("%d %s", a.status, a.text)
	}
	ping = errors.New("connection refused by 10.0.0.7")
	a := d.do(t, "GET", "/health", "")
	if a.status != 503 || a.body["error"] != "Temporarily unavailable, try again later" {
		t.Errorf("%d %s", a.status, a.text)
	}
}
