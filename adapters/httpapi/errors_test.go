package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/domain"
)

// sentinels are all errors of the domain. TestNoErrorOfTheDomainIsForgotten
// sees to it that they are.
var sentinels = map[string]struct {
	err     error
	status  int
	errcode string
}{
	"ErrNotFound":          {domain.ErrNotFound, 404, "M_NOT_FOUND"},
	"ErrExists":            {domain.ErrExists, 400, "M_USER_IN_USE"},
	"ErrMissingToken":      {domain.ErrMissingToken, 401, "M_MISSING_TOKEN"},
	"ErrUnknownToken":      {domain.ErrUnknownToken, 401, "M_UNKNOWN_TOKEN"},
	"ErrExpiredToken":      {domain.ErrExpiredToken, 401, "M_UNKNOWN_TOKEN"},
	"ErrUnknownLoginType":  {domain.ErrUnknownLoginType, 400, "M_UNKNOWN"},
	"ErrForbidden":         {domain.ErrForbidden, 403, "M_FORBIDDEN"},
	"ErrUserNotFound":      {domain.ErrUserNotFound, 403, "M_FORBIDDEN"},
	"ErrOtherIdentity":     {domain.ErrOtherIdentity, 403, "M_FORBIDDEN"},
	"ErrUserLocked":        {domain.ErrUserLocked, 401, "M_USER_LOCKED"},
	"ErrUserSuspended":     {domain.ErrUserSuspended, 403, "M_USER_SUSPENDED"},
	"ErrUserDeactivated":   {domain.ErrUserDeactivated, 403, "M_USER_DEACTIVATED"},
	"ErrInvalidUsername":   {domain.ErrInvalidUsername, 400, "M_INVALID_USERNAME"},
	"ErrInvalidParam":      {domain.ErrInvalidParam, 400, "M_INVALID_PARAM"},
	"ErrTooLong":           {domain.ErrTooLong, 400, "M_TOO_LARGE"},
	"ErrExclusive":         {domain.ErrExclusive, 400, "M_EXCLUSIVE"},
	"ErrOutsideNamespace":  {domain.ErrOutsideNamespace, 403, "M_EXCLUSIVE"},
	"ErrMissingParam":      {domain.ErrMissingParam, 400, "M_MISSING_PARAM"},
	"ErrWeakPassword":      {domain.ErrWeakPassword, 400, "M_WEAK_PASSWORD"},
	"ErrUnknownDevice":     {domain.ErrUnknownDevice, 400, "M_UNKNOWN_DEVICE"},
	"ErrAddressInUse":      {domain.ErrAddressInUse, 400, "M_THREEPID_IN_USE"},
	"ErrGuest":             {domain.ErrGuest, 403, "M_GUEST_ACCESS_FORBIDDEN"},
	"ErrTooManyDevices":    {domain.ErrTooManyDevices, 403, "M_USER_LIMIT_EXCEEDED"},
	"ErrLimited":           {domain.ErrLimited, 429, "M_LIMIT_EXCEEDED"},
	"ErrUnconfirmed":       {domain.ErrUnconfirmed, 401, "M_UNKNOWN"},
	"ErrNoURL":             {domain.ErrNoURL, 400, "M_URL_NOT_SET"},
	"ErrBadStatus":         {domain.ErrBadStatus, 502, "M_BAD_STATUS"},
	"ErrUnreachable":       {domain.ErrUnreachable, 502, "M_CONNECTION_FAILED"},
	"ErrTooSlow":           {domain.ErrTooSlow, 504, "M_CONNECTION_TIMEOUT"},
	"ErrHomeserverAway":    {domain.ErrHomeserverAway, 503, "M_UNKNOWN"},
	"ErrHomeserverRefused": {domain.ErrHomeserverRefused, 502, "M_UNKNOWN"},
	"ErrUnavailable":       {domain.ErrUnavailable, 503, "M_UNKNOWN"},
}

func TestEveryErrorOfTheDomainHasItsAnswer(t *testing.T) {
	for name, want := range sentinels {
		for _, err := range []error{want.err, fmt.Errorf("of alice: %w", want.err)} {
			status, body := httpapi.ErrorOf(err)
			if status != want.status || body.Errcode != want.errcode || body.Error == "" {
				t.Errorf("%s: %d %+v, want %d %s", name, status, body, want.status, want.errcode)
			}
			if strings.Contains(body.Error, "alice") {
				t.Errorf("%s: the text %q is not ours", name, body.Error)
			}
			if soft := want.err == domain.ErrUserLocked || want.err == domain.ErrExpiredToken; body.SoftLogout != soft {
				t.Errorf("%s: soft_logout %v", name, body.SoftLogout)
			}
		}
	}
}

func TestNoErrorOfTheDomainIsForgotten(t *testing.T) {
	files, err := filepath.Glob("../../domain/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for _, id := range spec.Names {
				if !strings.HasPrefix(id.Name, "Err") {
					continue
				}
				found++
				if _, ok := sentinels[id.Name]; !ok {
					t.Errorf("domain.%s is not in the table", id.Name)
				}
			}
			return true
		})
	}
	if found != len(sentinels) {
		t.Errorf("%d errors in package domain, %d here", found, len(sentinels))
	}
}

func TestARefusalBringsItsOwnText(t *testing.T) {
	status, body := httpapi.ErrorOf(fmt.Errorf("in front: %w", domain.Refuse(domain.ErrForbidden, "expired_token", "The token is expired")))
	if want := (httpapi.Error{Errcode: "M_FORBIDDEN", Error: "The token is expired"}); status != 403 || body != want {
		t.Errorf("%d %+v", status, body)
	}
	_, body = httpapi.ErrorOf(domain.Refuse(domain.ErrUserLocked, "locked", "Ask the janitor"))
	if want := (httpapi.Error{Errcode: "M_USER_LOCKED", Error: "Ask the janitor", SoftLogout: true}); body != want {
		t.Errorf("%+v", body)
	}
}

func TestAnOutageIsNoVerdictWhateverItsCause(t *testing.T) {
	cause := domain.Refuse(domain.ErrForbidden, "bad_password", "The directory refuses us")
	status, body := httpapi.ErrorOf(fmt.Errorf("%w: %w", domain.ErrUnavailable, cause))
	if want := (httpapi.Error{Errcode: "M_UNKNOWN", Error: "Temporarily unavailable, try again later"}); status != 503 || body != want {
		t.Errorf("%d %+v", status, body)
	}
}

func TestErrorsThatNobodyForesawSayNothing(t *testing.T) {
	want := httpapi.Error{Errcode: "M_UNKNOWN", Error: "Internal server error"}
	for _, err := range []error{
		errors.New("pq: password of alice is hunter2"),
		domain.Refuse(errors.New("of no known kind"), "x", "hunter2"),
	} {
		if status, body := httpapi.ErrorOf(err); status != 500 || body != want {
			t.Errorf("%v: %d %+v", err, status, body)
		}
	}
}

func TestRunningOutOfTimeIsNobodysFault(t *testing.T) {
	for _, err := range []error{context.DeadlineExceeded, context.Canceled} {
		if status, body := httpapi.ErrorOf(fmt.Errorf("store: %w", err)); status != 503 || body.Errcode != "M_UNKNOWN" {
			t.Errorf("%v: %d %+v", err, status, body)
		}
	}
}

// What kept the homeserver from answering is its own affair.
func TestAHomeserverThatIsTooSlowIsAway(t *testing.T) {
	status, body := httpapi.ErrorOf(fmt.Errorf("%w (%w)", domain.ErrHomeserverAway, context.DeadlineExceeded))
	if want := (httpapi.Error{Errcode: "M_UNKNOWN", Error: "The homeserver cannot be reached; try again later"}); status != 503 || body != want {
		t.Errorf("%d %+v", status, body)
	}
}
