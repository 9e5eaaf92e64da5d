// Package homeserver tells a homeserver that delegated authentication to us of
// users and devices, over HTTP. Synapse (its matrix_authentication_service
// section) and Palpo (its delegated_auth section) serve the same calls.
package homeserver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// maxBody is how large an answer may be, in bytes.
	maxBody = 64 << 10
	// longest is how long a call takes at most, whatever its caller allows.
	longest = 2 * time.Minute
	// maxIdle is how many connections are kept for the next calls, and idleFor how
	// long: for less than servers and proxies do, so that it is we who hang up.
	maxIdle = 32
	idleFor = 20 * time.Second
)

// Options say where the homeserver is.
type Options struct {
	// URL is the homeserver's own, http or https. What it has of a path stands
	// before the paths of the calls.
	URL string
	// Secret is what the homeserver and this service share.
	Secret string
}

// A Client tells the homeserver ([ports.Homeserver]). It follows no redirects and
// uses no proxy: both would show the secret to somebody else. Its methods may be
// used concurrently.
type Client struct {
	http   *http.Client
	base   *url.URL // of the homeserver
	calls  *url.URL // of what only we may call there
	secret string
}

// New makes a [Client]. It returns an error, which does not hold the secret, if
// the options cannot be used; it does not call the homeserver.
func New(o Options) (*Client, error) {
	base, err := url.Parse(o.URL)
	switch {
	case err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Hostname() == "":
		return nil, errors.New("the homeserver's URL is none that begins with http:// or https:// and a host")
	case base.User != nil || base.RawQuery != "" || base.ForceQuery || base.Fragment != "":
		return nil, errors.New("the homeserver's URL may have no user, no query and no fragment")
	case o.Secret == "" || strings.ContainsFunc(o.Secret, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, errors.New("the homeserver's secret must be printable ASCII without spaces")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	transport.DisableCompression = true // no inflation
	transport.MaxResponseHeaderBytes = maxBody
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = maxIdle, maxIdle
	transport.IdleConnTimeout = idleFor
	return &Client{
		http: &http.Client{
			Transport:     transport,
			Timeout:       longest,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		base:   base,
		calls:  base.JoinPath("_synapse/mas"),
		secret: o.Secret,
	}, nil
}

// get asks; the answer is a success.
func (c *Client) get(ctx context.Context, name string, query url.Values) (answer, error) {
	target := c.calls.JoinPath(name)
	target.RawQuery = query.Encode()
	return c.do(ctx, http.MethodGet, target, c.secret, nil)
}

// post tells; the answer is a success.
func (c *Client) post(ctx context.Context, name string, content any) (answer, error) {
	body, err := json.Marshal(content)
	if err != nil {
		return answer{}, err
	}
	return c.do(ctx, http.MethodPost, c.calls.JoinPath(name), c.secret, body)
}

func (c *Client) do(ctx context.Context, method string, target *url.URL, bearer string, body []byte) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, target.String(), bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	// Not sent: tells the transport that a call may be repeated if the homeserver
	// hung up on a connection that was kept.
	req.Header["Idempotency-Key"] = []string{}
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, c.lost(ctx, err)
	}
	defer resp.Body.Close()
	return c.read(ctx, resp)
}
