package httpapi_test

import (
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// Clients that found more would try OAuth.
func TestTheMetadataIsNoMoreThanTheHomeserverNeeds(t *testing.T) {
	a := delegatedDoor().do(t, "GET", metadataPath, "")
	want := `{"account_management_uri":"https://auth.example.org/account","issuer":"https://auth.example.org/"}`
	if a.status != 200 || a.text != want {
		t.Errorf("%d %s", a.status, a.text)
	}
}

// Matrix specification, client-server API, "Server metadata discovery": without it
// there is no OAuth.
func TestThereIsNoOAuthForClients(t *testing.T) {
	for _, d := range []door{newDoor(), delegatedDoor()} {
		for _, path := range []string{
			"/_matrix/client/v1/auth_metadata",
			"/_matrix/client/unstable/org.matrix.msc2965/auth_metadata", "/_matrix/client/unstable/org.matrix.msc2965/auth_issuer",
		} {
			if a := d.do(t, "GET", path, ""); a.status != 404 || a.errcode() != "M_UNRECOGNIZED" {
				t.Errorf("%s: %d %s", path, a.status, a.text)
			}
		}
	}
}

func TestWithoutADelegationThereIsNothingForAHomeserver(t *testing.T) {
	d := newDoor()
	for _, path := range []string{metadataPath, introspectPath, revokePath, allowPath("@alice:example.org")} {
		for _, method := range []string{"GET", "POST"} {
			if a := d.do(t, method, path, "token=x", "Authorization: Bearer "+homeserversSecret); a.status != 404 || a.errcode() != "M_UNRECOGNIZED" {
				t.Errorf("%s %s: %d %s", method, path, a.status, a.text)
			}
		}
	}
}

func allowPath(user string) string {
	return "/_synapse/admin/v1/users/" + user + "/_allow_cross_signing_replacement_without_uia"
}

func TestLettingAUserReplaceItsKeys(t *testing.T) {
	const program = "the-token-of-the-operators-programs"
	d := delegatedDoor(func(a *httpapi.API) {
		a.Administrators = application.Administrators{Program: domain.Token(program).Hash()}
		a.Now = func() time.Time { return time.UnixMilli(1_700_000_000_000) }
	})
	alice := d.login(t, "alice", "D")
	for _, c := range []struct {
		name, token, user string
		status            int
		text              string
	}{
		{"known there", program, "@alice:example.org", 200, `{"updatable_without_uia_before_ms":1700000600000}`},
		{"unknown there", program, "@nobody:example.org", 404, `{"errcode":"M_NOT_FOUND","error":"Not found"}`},
		{"there is nobody", program, "@away:example.org", 503, `{"errcode":"M_UNKNOWN","error":"The homeserver cannot be reached; try again later"}`},
		{"of another server", program, "@alice:other.org", 400, `{"errcode":"M_INVALID_PARAM","error":"This user is of another server"}`},
		{"by nobody", "", "@alice:example.org", 401, `{"errcode":"M_MISSING_TOKEN","error":"Missing access token"}`},
		{"by herself", alice, "@alice:example.org", 403, `{"errcode":"M_FORBIDDEN","error":"You are not a server administrator"}`},
		{"by the homeserver", homeserversSecret, "@alice:example.org", 401, `{"errcode":"M_UNKNOWN_TOKEN","error":"Unknown access token"}`},
	} {
		a := d.do(t, "POST", allowPath(c.user), "", "Authorization: Bearer "+c.token)
		if a.status != c.status || a.text != c.text {
			t.Errorf("%s: %d %s", c.name, a.status, a.text)
		}
	}
	if last := d.log.entries(t, "request"); last[1]["event"] != "cross_signing_reset_allowed" || last[1]["actor"] != "api_token" || last[1]["user"] != "@alice:example.org" {
		t.Errorf("%v", last[1])
	}
}
