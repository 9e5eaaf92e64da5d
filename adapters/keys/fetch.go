package keys

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	// fetchLimit is how long one document may take to come, all of it.
	fetchLimit = 5 * time.Second
	// maxDocument is how large it may be, in bytes.
	maxDocument = 1 << 20
	// maxRedirects is how often a host may send us elsewhere on itself.
	maxRedirects = 3
)

// A document is what was fetched from a URL.
type document struct {
	url  string
	body []byte
	// etag and modified are by what its host knows it again; empty: by nothing.
	etag, modified string
	// fresh is how long it will not change by its own account; negative: it says
	// nothing.
	fresh time.Duration
}

var errElsewhere = errors.New("it redirects elsewhere, or too often, which is not followed")

// newClient makes the client that fetches documents.
func newClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableCompression = true // no inflation
	transport.MaxResponseHeaderBytes = 64 << 10
	return &http.Client{
		Transport: transport,
		CheckRedirect: func(next *http.Request, before []*http.Request) error {
			if first := before[0].URL; next.URL.Scheme != first.Scheme || next.URL.Host != first.Host || next.URL.User != nil || len(before) > maxRedirects {
				return errElsewhere
			}
			return nil
		},
	}
}

// get fetches a document. Its host is asked only whether it has changed since
// before, if that is the same one.
func get(ctx context.Context, client *http.Client, address string, before document) (document, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return document{}, errors.New("it has no usable URL")
	}
	req.Header.Set("Accept", "application/json, application/jwk-set+json")
	known := before.url == address && before.body != nil
	if known && before.etag != "" {
		req.Header.Set("If-None-Match", before.etag)
	}
	if known && before.modified != "" {
		req.Header.Set("If-Modified-Since", before.modified)
	}
	resp, err := client.Do(req)
	if err != nil {
		return document{}, failure(err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotModified && known && before.etag+before.modified != "":
		before.fresh = freshness(resp.Header)
		return before, nil
	case resp.StatusCode != http.StatusOK:
		return document{}, fmt.Errorf("it answers with status %d", resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxDocument+1))
	switch {
	case err != nil:
		return document{}, failure(err)
	case len(body) > maxDocument:
		return document{}, fmt.Errorf("it is larger than %d KiB", maxDocument>>10)
	}
	return document{
		url: address, body: body, fresh: freshness(resp.Header),
		etag: resp.Header.Get("ETag"), modified: resp.Header.Get("Last-Modified"),
	}, nil
}

// failure says what kept a document from coming, less its URL, in which an
// operator may have put a secret, and less our own address, which is another one
// each time.
func failure(err error) error {
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("it does not come within %v", fetchLimit)
	}
	if op := (*net.OpError)(nil); errors.As(err, &op) {
		err = fmt.Errorf("%s: %w", op.Op, op.Err)
	}
	return fmt.Errorf("it cannot be fetched: %w", err)
}

// freshness returns the max-age of an answer (RFC 9111, section 5.2.2.1);
// negative: it has none.
func freshness(header http.Header) time.Duration {
	for _, directive := range strings.Split(strings.Join(header.Values("Cache-Control"), ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		if !strings.EqualFold(name, "max-age") {
			continue
		}
		seconds, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31)
		if err == nil {
			return time.Duration(seconds) * time.Second
		}
	}
	return -1
}

// shown is a URL without its query, in which there may be a secret.
func shown(address string) string {
	address, _, _ = strings.Cut(address, "?")
	return address
}
