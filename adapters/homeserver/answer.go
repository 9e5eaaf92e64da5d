package homeserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"unicode"

	"github.com/seed-31b6c987/doorward/adapters/strictjson"
	"github.com/seed-31b6c987/doorward/domain"
)

// An answer is what the homeserver answered.
type answer struct {
	status int
	object map[string]any // the JSON of its body; nil: it has none
}

// A failure is an answer that is no success.
type failure struct {
	kind    error // what it means
	secret  bool  // it may be the secret
	status  int
	errcode string // empty: it has none
	said    string // what it says in short
	text    string // what an operator can make of it
}

func (f *failure) Error() string { return fmt.Sprintf("%v: %s", f.kind, f.text) }

// Unwrap returns what it means, and whether [ErrSecret].
func (f *failure) Unwrap() []error {
	if f.secret {
		return []error{f.kind, ErrSecret}
	}
	return []error{f.kind}
}

// ErrSecret means that the homeserver did not take the secret.
var ErrSecret = errors.New("the homeserver did not take the secret")

// What an operator can do about an answer.
const (
	adviceSecret = "homeserver.secret must be what stands in its own configuration " +
		"(Synapse: matrix_authentication_service.secret or secret_path, Palpo: admin.mas_secret)"
	adviceDelegate = "authentication must be delegated in its configuration " +
		"(Synapse: matrix_authentication_service.enabled, Palpo: delegated_auth.enable)"
	adviceAsking = "doorward serve must run, and the homeserver's configuration lead to http.listen " +
		"(Synapse: matrix_authentication_service.endpoint, Palpo: delegated_auth.introspection_endpoint), with the same secret"
	adviceURL = "homeserver.url must be the homeserver's own, not Doorward's, or that of a proxy that passes /_synapse/mas on"
)

// read reads an answer, and returns a [*failure] if it is no success.
func (c *Client) read(ctx context.Context, resp *http.Response) (answer, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return answer{}, c.lost(ctx, err)
	case len(body) > maxBody:
		return answer{}, away(resp.StatusCode, fmt.Sprintf("its answer is larger than %d KiB; %s", maxBody>>10, adviceURL))
	}
	a := answer{status: resp.StatusCode}
	a.object, err = strictjson.ParseObject(body)
	switch {
	case a.status == http.StatusNoContent:
		return a, nil
	case a.status != http.StatusOK && a.status != http.StatusCreated:
		return answer{}, c.failed(a)
	case err != nil:
		return answer{}, away(a.status, "its answer is not JSON; "+adviceURL)
	}
	return a, nil
}

func away(status int, text string) error {
	return &failure{kind: domain.ErrHomeserverAway, status: status, text: text}
}

// failed says what an answer that is no success means.
func (c *Client) failed(a answer) error {
	errcode, text := c.explained(a)
	said := fmt.Sprintf("it answered %d %s", a.status, text)
	f := &failure{kind: domain.ErrHomeserverAway, status: a.status, errcode: errcode, said: said, text: said}
	switch {
	case a.status == http.StatusNotFound && errcode == "M_NOT_FOUND":
		f.kind = domain.ErrNotFound
	case a.status == http.StatusNotFound:
		f.text = said + "; " + adviceDelegate + ", and " + adviceURL
	case errcode != "" && (a.status == http.StatusUnauthorized || a.status == http.StatusForbidden):
		f.secret, f.text = true, said+"; "+adviceSecret
	case a.status/100 == 3:
		f.text = said + ", which sends us elsewhere and is not followed; " + adviceURL
	case a.status/100 == 4 && errcode == "": // the homeserver always has one
		f.text = said + "; " + adviceURL
	case a.status/100 == 4 && a.status != http.StatusRequestTimeout && a.status != http.StatusTooManyRequests:
		f.kind = domain.ErrHomeserverRefused
	}
	return f
}

var isErrcode = regexp.MustCompile(`^[A-Za-z0-9_.]{1,64}$`)

// explained returns the error code of an answer, empty if it has none, and what
// it says in short, fit for a log.
func (c *Client) explained(a answer) (errcode, text string) {
	const maxText = 200
	errcode, _ = a.object["errcode"].(string)
	if !isErrcode.MatchString(errcode) || strings.Contains(errcode, c.secret) {
		return "", "without an error code"
	}
	text, _ = a.object["error"].(string)
	text = strings.ReplaceAll(text, c.secret, "…")
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || r == ' ' }), " ")
	if text == "" {
		return errcode, errcode
	}
	return errcode, errcode + " " + domain.FirstCharacters(text, maxText)
}

// lost says why there is no answer.
func (c *Client) lost(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w: it did not answer in time%s: %w", domain.ErrHomeserverAway, c.inVain(), ctx.Err())
	}
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		err = wrapped.Err // less the URL
	}
	if timeout := (net.Error)(nil); errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Errorf("%w: it did not answer in time%s", domain.ErrHomeserverAway, c.inVain())
	}
	if op := (*net.OpError)(nil); errors.As(err, &op) {
		err = fmt.Errorf("%s: %w", op.Op, op.Err) // less our own address, which is another one each time
	}
	text := strings.ReplaceAll(err.Error(), c.secret, "…")
	return fmt.Errorf("%w: no answer came from it (%s); is it running, and homeserver.url right?", domain.ErrHomeserverAway, text)
}

// inVain is what an operator may think of after having waited: who expects plain
// HTTP waits for the end of a line, and TLS has none.
func (c *Client) inVain() string {
	if c.base.Scheme == "https" {
		return "; does it speak TLS at homeserver.url, and not plain http?"
	}
	return ""
}
