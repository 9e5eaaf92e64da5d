// Package appservice calls application services (Matrix specification,
// application service API).
package appservice

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	// DefaultTimeout is how long an application service has to answer.
	DefaultTimeout = 10 * time.Second
	// maxBody is how much of an answer is read, in bytes.
	maxBody = 4096
)

// A Caller calls application services over HTTP. It follows no redirects, which
// would show the homeserver's token to somebody else. It may be used
// concurrently.
type Caller struct{ client *http.Client }

// NewCaller makes a Caller that waits for an answer as long as the timeout.
func NewCaller(timeout time.Duration) *Caller {
	return &Caller{&http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Ping calls POST /_matrix/app/v1/ping with the transaction id, "" for none. It
// returns nil for an answer 2xx, a [*domain.BadStatus] for others,
// [domain.ErrTooSlow] if there is none in time, [domain.ErrUnreachable] for
// everything else that goes wrong, or the error of ctx. No error holds a token.
func (c *Caller) Ping(ctx context.Context, service domain.Appservice, transaction string) error {
	req, err := request(ctx, service, transaction)
	if err != nil {
		return err
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return failure(ctx, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	switch {
	case resp.StatusCode/100 != 2:
		return &domain.BadStatus{Status: resp.StatusCode, Body: strings.ToValidUTF8(string(body), "�")}
	case err != nil:
		return failure(ctx, err)
	}
	return nil
}

func request(ctx context.Context, service domain.Appservice, transaction string) (*http.Request, error) {
	target, err := url.Parse(service.URL)
	if err != nil {
		return nil, fmt.Errorf("%w: its URL is none", domain.ErrUnreachable)
	}
	content := map[string]string{}
	if transaction != "" {
		content["transaction_id"] = transaction
	}
	body, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target.JoinPath("_matrix/app/v1/ping").String(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: its URL is none", domain.ErrUnreachable)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+service.HomeserverToken)
	return req, nil
}

// failure says what kept an answer from coming.
func failure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		err = wrapped.Err // less the URL
	}
	if timeout := (interface{ Timeout() bool })(nil); errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return domain.ErrTooSlow
	}
	return fmt.Errorf("%w: %v", domain.ErrUnreachable, err)
}
