package domain

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// An AuditRecord says who did something to an account, or was refused it, when
// and from where. It holds no secret.
type AuditRecord struct {
	// ID is the id of the request, or of whatever else it was: no two have the same.
	ID string
	At time.Time
	// Event is what was asked for.
	Event AuditEvent
	// Result is what became of it.
	Result AuditResult
	// Reason is the stable code of a refusal or a failure; empty: it went well.
	Reason string
	// Detail are the names of what was changed, as in "locked=true, password";
	// empty: the event says it all.
	Detail string
	// LoginType is how the bearer proved who it is; empty: by the token of a session.
	LoginType string
	// Evidence is what the credential says.
	Evidence
	// User is whose account it is about; empty: nobody's, or that is not known.
	User UserID
	// UserCreated says that the user is new.
	UserCreated bool
	// Device is what it is about, or from which it was done; several are separated
	// by commas. Empty: none.
	Device string
	// Actor is who did it, if not the user: the id of an administrator, or one of
	// the words that say which program; empty: the user.
	Actor string
	// Address is where it came from; empty: unknown.
	Address string
}

// DeviceList returns devices as a record names several.
func DeviceList(ids ...DeviceID) string {
	var list []string
	for _, id := range ids {
		list = append(list, string(id))
	}
	return strings.Join(list, ", ")
}

// An AuditResult says what became of something.
type AuditResult string

// The results.
const (
	AuditOK      AuditResult = "ok"
	AuditRefused AuditResult = "refused"
	// AuditFailed means that it is no fault of whoever asked. It may have happened
	// all the same.
	AuditFailed AuditResult = "failed"
)

// Actors that have no user id.
const (
	// ActorProgram came with the token of the operator's programs.
	ActorProgram = "api_token"
	// ActorSecret came with the shared secret of registration.
	ActorSecret = "shared_secret"
	// ActorAsUser is an administrator who acts as the user.
	ActorAsUser = "as_user"
	// ActorCommand is the operator, at the command line.
	ActorCommand = "command"
	// ActorProvider is whoever signs the user's credentials.
	ActorProvider = "provider"
	// ActorAppservice is followed by the id of an application service.
	ActorAppservice = "appservice:"
)

// An AuditQuery asks for audit records, the newest first.
type AuditQuery struct {
	User  UserID     // whose; empty: everybody's
	Event AuditEvent // empty: every one
	Since time.Time  // the earliest; zero: from the beginning
	Limit int        // how many at most
}

// maxAuditText is the greatest length of a text in an audit record, in
// characters.
const maxAuditText = 512

// Escaped returns the record with every text as it can be shown and stored: on
// one line, of bounded length, and without anything that a terminal or a log
// would take for something else. To escape it again would change it.
func (r AuditRecord) Escaped() AuditRecord {
	for _, text := range []*string{
		&r.ID, &r.Reason, &r.Detail, &r.LoginType, &r.Provider, &r.KeyID, &r.Subject, &r.Device, &r.Actor, &r.Address,
	} {
		*text = escaped(*text)
	}
	r.User = UserID(escaped(string(r.User)))
	r.At = r.At.Truncate(time.Millisecond)
	return r
}

// Escaped returns the query as it finds records that are escaped.
func (q AuditQuery) Escaped() AuditQuery {
	q.User = UserID(escaped(string(q.User)))
	return q
}

// escaped writes what is not graphic, and the backslash, as Go does.
func escaped(text string) string {
	if len(text) <= maxAuditText && isPlain(text) {
		return text
	}
	quoted := strconv.QuoteToGraphic(text)
	text = strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
	if utf8.RuneCountInString(text) > maxAuditText {
		text = string([]rune(text)[:maxAuditText-1]) + "…"
	}
	return text
}

func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '\\' {
			return false
		}
	}
	return true
}
