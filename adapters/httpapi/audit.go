package httpapi

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// An accounting is what a handler leaves behind for the audit, where that is not
// plain from the request, its bearer and its error.
type accounting struct {
	event   domain.AuditEvent // instead of that of the route
	detail  string
	stage   string        // the login type of a stage, or of a registration
	user    domain.UserID // whose account it is about, if not the bearer's
	device  string        // instead of the bearer's
	actor   string        // who does it, if not the user
	created bool          // the user is new
	domain.Evidence
}

// actedBy notes whose request it is, if that is not the user itself.
func (x *exchange) actedBy(bearer domain.Bearer) {
	switch {
	case bearer.Appservice != "":
		x.account.actor = domain.ActorAppservice + bearer.Appservice
	case bearer.Device == "":
		x.account.actor = domain.ActorAsUser
	}
}

// concerns notes the devices that a request is about.
func (x *exchange) concerns(devices ...domain.DeviceID) {
	x.account.device = domain.DeviceList(devices...)
}

// changes notes the change of an account that a request is about.
func (x *exchange) changes(event domain.AuditEvent, detail string) {
	x.account.event, x.account.detail = event, detail
}

// auditRecord returns what is to be remembered of the request.
func (x *exchange) auditRecord(now time.Time, said answer, err error) domain.AuditRecord {
	r := domain.AuditRecord{
		ID: x.id, At: now, Event: x.event(err), Result: auditResult(said.status), Reason: said.reason,
		Detail: x.account.detail, LoginType: x.loginType, Evidence: x.account.Evidence, UserCreated: x.account.created,
		User: x.account.user, Device: x.account.device, Actor: x.account.actor, Address: x.RealIP(),
	}
	if r.LoginType == "" {
		r.LoginType = x.account.stage
	}
	if isOwn := r.Actor != string(x.bearer.User.ID); isOwn {
		if r.User == "" {
			r.User = x.bearer.User.ID
		}
		if r.Device == "" && r.User == x.bearer.User.ID {
			r.Device = string(x.bearer.Device)
		}
	}
	if err != nil {
		trace(&r, err)
	}
	return r
}

// trace notes what an error knows of the credential that was refused.
func trace(r *domain.AuditRecord, err error) {
	cause := causeOf(err)
	if cause == nil {
		cause = err
	}
	if traced, ok := errors.AsType[domain.Traced](cause); ok {
		r.Evidence = traced.Evidence
		if r.User == "" {
			r.User = traced.User
		}
	}
}

// event returns what was asked for; empty: nothing that is audited, or it is still
// to be confirmed.
func (x *exchange) event(err error) domain.AuditEvent {
	if errors.Is(err, domain.ErrUnconfirmed) && causeOf(err) == nil {
		return ""
	}
	if x.account.event != "" {
		return x.account.event
	}
	return events[x.Request().Method+" "+unversioned(x.Path())]
}

// causeOf returns why a stage was refused; nil: none was.
func causeOf(err error) error {
	if challenge, ok := errors.AsType[*domain.Challenge](err); ok {
		return challenge.Cause
	}
	return nil
}

func auditResult(status int) domain.AuditResult {
	switch {
	case status < http.StatusBadRequest:
		return domain.AuditOK
	case status < statusClientGone:
		return domain.AuditRefused
	}
	return domain.AuditFailed
}

// maxAttributes is how many attributes the line of a request has at most.
const maxAttributes = 6 + 12 + 1

// appendAttributes appends those of a record that the line of every request does
// not have.
func appendAttributes(attrs []slog.Attr, r domain.AuditRecord) []slog.Attr {
	add := func(name, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(name, value))
		}
	}
	if r.Event != "" {
		add("event", string(r.Event))
		add("result", string(r.Result))
	}
	add("detail", r.Detail)
	add("login_type", r.LoginType)
	add("provider", r.Provider)
	add("key_id", r.KeyID)
	add("subject", r.Subject)
	add("user", string(r.User))
	add("device", r.Device)
	add("actor", r.Actor)
	if r.UserCreated {
		attrs = append(attrs, slog.Bool("user_created", true))
	}
	add("reason", r.Reason)
	return attrs
}
