package homeserver_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/homeserver"
	"github.com/seed-31b6c987/doorward/domain"
	fake "github.com/seed-31b6c987/doorward/test/homeserver"
)

func TestWhatAnAnswerMeans(t *testing.T) {
	long := strings.Repeat("ü", 1000)
	for _, c := range []struct {
		status int
		body   string
		want   error
		says   string
	}{
		{200, `{}`, nil, ""},
		{201, `{"anything":[1]}`, nil, ""},
		{204, ``, nil, ""},
		{200, ``, domain.ErrHomeserverAway, "not JSON"},
		{200, `<html>Please sign in</html>`, domain.ErrHomeserverAway, "homeserver.url"},
		{200, `[]`, domain.ErrHomeserverAway, "not JSON"},
		{200, `{}` + strings.Repeat(" ", 64<<10), domain.ErrHomeserverAway, "64 KiB"},
		{202, `{}`, domain.ErrHomeserverAway, "202"},
		{206, `{}`, domain.ErrHomeserverAway, "206"},
		{301, ``, domain.ErrHomeserverAway, "elsewhere"},
		{307, `{}`, domain.ErrHomeserverAway, "elsewhere"},
		{400, `{"errcode":"M_UNKNOWN","error":"Displayname is too long (max 256)"}`, domain.ErrHomeserverRefused, "400 M_UNKNOWN Displayname is too long (max 256)"},
		{400, `{"errcode":"M_TOO_LARGE"}`, domain.ErrHomeserverRefused, "400 M_TOO_LARGE"},
		{400, `{"errcode":"M_BAD_JSON","error":"a\n\u001b[31mb\u200e` + long + `"}`, domain.ErrHomeserverRefused, "M_BAD_JSON a [31mb ü"},
		{400, `{"errcode":"<script>","error":"x"}`, domain.ErrHomeserverAway, "without an error code"},
		{400, `Bad Request`, domain.ErrHomeserverAway, "homeserver.url"},
		{401, `{"errcode":"M_MISSING_TOKEN"}`, domain.ErrHomeserverAway, "homeserver.secret"},
		{403, `{"errcode":"M_UNKNOWN"}`, domain.ErrHomeserverAway, "homeserver.secret"},
		{403, `{"errcode":"M_FORBIDDEN"}`, domain.ErrHomeserverAway, "homeserver.secret"},
		{403, `Forbidden`, domain.ErrHomeserverAway, "homeserver.url"},
		{404, `{"errcode":"M_NOT_FOUND"}`, domain.ErrNotFound, ""},
		{404, `{"errcode":"M_UNRECOGNIZED"}`, domain.ErrHomeserverAway, "delegated"},
		{404, `<html>`, domain.ErrHomeserverAway, "delegated"},
		{408, ``, domain.ErrHomeserverAway, "408"},
		{408, `{"errcode":"M_UNKNOWN"}`, domain.ErrHomeserverAway, "408"},
		{413, `<html>`, domain.ErrHomeserverAway, "413"},
		{429, `{"errcode":"M_LIMIT_EXCEEDED"}`, domain.ErrHomeserverAway, "M_LIMIT_EXCEEDED"},
		{500, `{"errcode":"M_UNKNOWN","error":"the-shared-secret-of-both"}`, domain.ErrHomeserverAway, "500"},
		{502, `Bad Gateway`, domain.ErrHomeserverAway, "502"},
		{503, ``, domain.ErrHomeserverAway, "503"},
	} {
		t.Run(fmt.Sprint(c.status, c.body[:min(len(c.body), 30)]), func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(c.status)
				io.WriteString(w, c.body)
			}))
			defer server.Close()
			err := clientOf(t, server.URL).Tell(t.Context(), locked)
			wantError(t, "the error", err, c.want)
			if err != nil && (!strings.Contains(err.Error(), c.says) || len(err.Error()) > 900 || strings.ContainsAny(err.Error(), "\n\x1b")) {
				t.Errorf("it says %q, want %q", err, c.says)
			}
		})
	}
}

func TestASecretThatLooksLikeAnErrorCode(t *testing.T) {
	_, f := connected(t, fake.Synapse)
	c, err := homeserver.New(homeserver.Options{URL: f.URL, Secret: "SECRET"})
	if err != nil {
		t.Fatal(err)
	}
	f.Fail("", 1, fake.Answer(400, `{"errcode":"M_SECRET","error":"SECRET"}`))
	if err = c.Tell(t.Context(), locked); err == nil || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("got %v", err)
	}
}

func TestAnAnswerThatIsNotAboutAUser(t *testing.T) {
	for _, body := range []string{
		`{}`, `{"user_id":"@alice:example.org"}`, `{"user_id":1,"is_suspended":false,"is_deactivated":false}`,
		`{"user_id":"@alice:example.org","is_suspended":false}`, `{"user_id":"@alice:example.org","is_suspended":false,"is_deactivated":"no"}`,
		`{"user_id":"@bob:example.org","is_suspended":false,"is_deactivated":false}`,
	} {
		c, f := connected(t, fake.Synapse)
		f.Fail("query_user", 1, fake.Answer(200, body))
		_, err := c.User(t.Context(), alice)
		wantError(t, body, err, domain.ErrHomeserverAway)
	}
}

func TestAWrongSecret(t *testing.T) {
	onEveryKind(t, func(t *testing.T, _ *homeserver.Client, f *fake.Fake) {
		f.Put("alice", fake.User{})
		c, err := homeserver.New(homeserver.Options{URL: f.URL, Secret: "another"})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range telling {
			err := c.Tell(t.Context(), domain.Notice{User: alice, Kind: n.kind, Device: n.device, Text: n.text})
			wantError(t, string(n.kind), err, domain.ErrHomeserverAway)
			if !strings.Contains(err.Error(), "homeserver.secret") {
				t.Errorf("%s: it does not say what to look at: %v", n.kind, err)
			}
		}
		wantUser(t, "unchanged", f, fake.User{})
	})
}

func TestCheck(t *testing.T) {
	onEveryKind(t, func(t *testing.T, c *homeserver.Client, f *fake.Fake) {
		wantError(t, "all is well", c.Check(t.Context()), nil)
		f.Put("doorward", fake.User{})
		wantError(t, "a user is called like that", c.Check(t.Context()), nil)
		f.Fail("", 1, fake.Answer(404, `{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}`))
		for _, want := range []string{"matrix_authentication_service.enabled", "homeserver.secret", "is it running"} {
			switch want {
			case "homeserver.secret":
				f.Fail("", 1, fake.Answer(403, `{"errcode":"M_UNKNOWN"}`))
			case "is it running":
				f.Down()
			}
			err := c.Check(t.Context())
			wantError(t, want, err, domain.ErrHomeserverAway)
			if got := errors.Is(err, homeserver.ErrSecret); got != (want == "homeserver.secret") {
				t.Errorf("%v: it is the secret: %v", err, got)
			}
			if err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("it says %q, want %q", err, want)
			}
		}
		if len(f.Users()) != 1 {
			t.Errorf("the check changed something: %v", f.Users())
		}
	})
}

// A homeserver that cannot ask lets nobody in, however well it is told.
func TestCheckAsking(t *testing.T) {
	var status int
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, `{"active":false}`)
	}))
	defer door.Close()
	onEveryKind(t, func(t *testing.T, c *homeserver.Client, f *fake.Fake) {
		f.Delegate(door.URL)
		status = http.StatusOK
		wantError(t, "all is well", c.CheckAsking(t.Context()), nil)
		for _, status = range []int{http.StatusUnauthorized, http.StatusNotFound, http.StatusBadGateway} {
			if err := c.CheckAsking(t.Context()); err == nil || !strings.Contains(err.Error(), "matrix_authentication_service.endpoint") {
				t.Errorf("it gets %d: %v", status, err)
			}
		}
		f.Down()
		wantError(t, "down", c.CheckAsking(t.Context()), domain.ErrHomeserverAway)
	})
}

func TestOptionsThatCannotBeUsed(t *testing.T) {
	for _, o := range []homeserver.Options{
		{URL: "", Secret: secret}, {URL: "localhost:8008", Secret: secret}, {URL: "ftp://localhost", Secret: secret}, {URL: "http://", Secret: secret},
		{URL: "http://:8008", Secret: secret}, {URL: "http://[", Secret: secret}, {URL: "http://u:" + secret + "@localhost", Secret: secret},
		{URL: "http://localhost?a", Secret: secret}, {URL: "http://localhost?", Secret: secret}, {URL: "http://localhost#a", Secret: secret},
		{URL: "http://localhost"}, {URL: "http://localhost", Secret: "two words"}, {URL: "http://localhost", Secret: "line\r\nbreak"}, {URL: "http://localhost", Secret: "ü"},
	} {
		_, err := homeserver.New(o)
		if err == nil || strings.Contains(err.Error(), secret) || o.Secret != "" && strings.Contains(err.Error(), o.Secret) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if _, err := homeserver.New(homeserver.Options{URL: "https://example.org/matrix", Secret: secret}); err != nil {
		t.Error(err)
	}
}
