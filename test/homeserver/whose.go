package homeserver

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

const scopeAdmin = "urn:synapse:admin:*"

var (
	scopesClient = []string{"urn:matrix:client:api:*", "urn:matrix:org.matrix.msc2967.client:api:*"}
	scopesDevice = []string{"urn:matrix:client:device:", "urn:matrix:org.matrix.msc2967.client:device:"}
)

// A requester is who sent a request.
type requester struct {
	localpart string
	device    *string // nil: the token has none
	admin     bool
}

// whose returns who sent a request with an access token.
func (f *Fake) whose(r *http.Request) (requester, *refusal) {
	token, ok := bearer(r)
	if !ok {
		return requester{}, &refusal{status: http.StatusUnauthorized, errcode: "M_MISSING_TOKEN", text: "Missing access token"}
	}
	i := f.introspect(token)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.options.Kind == Palpo {
		return f.whoseAtPalpo(i)
	}
	who, err, forget := f.whoseAtSynapse(i)
	if forget && f.asked[token] == i {
		delete(f.asked, token)
	}
	return who, err
}

// unknownToken refuses an access token.
func unknownToken(text string, soft bool) *refusal {
	return &refusal{status: http.StatusUnauthorized, errcode: "M_UNKNOWN_TOKEN", text: text, soft: &soft}
}

func internal(text string) *refusal {
	return &refusal{status: http.StatusInternalServerError, errcode: "M_FORBIDDEN", text: text}
}

// whoseAtSynapse also says whether to forget the answer. The caller holds f.mu.
func (f *Fake) whoseAtSynapse(i *introspection) (who requester, err *refusal, forget bool) {
	switch {
	case i.err != nil:
		return who, &refusal{status: http.StatusServiceUnavailable, errcode: "M_UNKNOWN", text: "Unable to introspect the access token"}, false
	case !i.active || i.expiresIn != nil && !f.options.Now().Before(i.at.Add(*i.expiresIn)):
		return who, unknownToken("Token is not active", false), false
	case !hasAny(i.scope, scopesClient):
		return who, unknownToken("Token doesn't grant access to the Matrix C-S API", false), false
	case i.username == nil:
		return who, internal("Invalid username claim in the introspection result"), false
	case f.users[*i.username] == nil:
		return who, internal("User not found"), false
	}
	who = requester{localpart: *i.username, device: i.device, admin: slices.Contains(i.scope, scopeAdmin)}
	if who.device == nil {
		switch devices := devicesIn(i.scope); len(devices) {
		case 0:
			return who, nil, false
		case 1:
			who.device = &devices[0]
		default:
			return who, internal("Multiple device IDs in scope"), false
		}
	}
	if *who.device == "" || utf8.RuneCountInString(*who.device) > 255 {
		return who, internal("Invalid device ID in introspection result"), false
	}
	if !f.has(who.localpart, *who.device) {
		return who, unknownToken("Token is not active", false), true
	}
	return who, nil, false
}

// whoseAtPalpo: a device must stand in the scope, and what device_id says, if it
// is there, must be the same. The caller holds f.mu.
func (f *Fake) whoseAtPalpo(i *introspection) (who requester, err *refusal) {
	if i.err != nil {
		return who, bad("M_UNKNOWN", "Authentication service error")
	}
	devices := devicesIn(i.scope)
	switch {
	case !i.active:
		return who, unknownToken("Token is not active", true)
	case !hasAny(i.scope, scopesClient):
		return who, unknownToken("Token has no Matrix API scope", true)
	case len(devices) != 1 || devices[0] == "":
		return who, unknownToken("Token has no unique Matrix device", true)
	case i.device != nil && *i.device != devices[0]:
		return who, unknownToken("Token has mismatched Matrix device", true)
	case i.username == nil:
		return who, unknownToken("No username in introspection response", true)
	case f.users[*i.username] == nil:
		return who, unknownToken("User not found", true)
	case f.users[*i.username].Deactivated:
		return who, &refusal{status: http.StatusForbidden, errcode: "M_USER_DEACTIVATED", text: "User is deactivated"}
	case !f.has(*i.username, devices[0]):
		return who, unknownToken("Device not found", true)
	}
	return requester{localpart: *i.username, device: &devices[0]}, nil
}

func hasAny(scope, some []string) bool {
	return slices.ContainsFunc(some, func(s string) bool { return slices.Contains(scope, s) })
}

// devicesIn returns the devices that a scope names, each once.
func devicesIn(scope []string) (devices []string) {
	for _, s := range scope {
		for _, prefix := range scopesDevice {
			if device, ok := strings.CutPrefix(s, prefix); ok && !slices.Contains(devices, device) {
				devices = append(devices, device)
			}
		}
	}
	return devices
}
