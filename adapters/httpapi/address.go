package httpapi

import (
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
)

// A clientAddress tells where requests come from. What X-Forwarded-For says is
// believed only of proxies that are trusted.
type clientAddress struct {
	trusted []netip.Prefix
	log     *slog.Logger
	warn    sync.Once
}

// of returns the client's address, or "" if the connection has none. It is the
// last address on the way to us that is no trusted proxy's. It is Echo's
// IPExtractor.
func (c *clientAddress) of(r *http.Request) string {
	client, ok := parseAddress(r.RemoteAddr)
	if !ok {
		return ""
	}
	forwarded := r.Header["X-Forwarded-For"]
	if len(forwarded) == 0 {
		return client.String()
	}
	if !c.trusts(client) {
		c.warn.Do(func() {
			c.log.Warn("X-Forwarded-For is ignored, because it comes from an address that is not in http.trusted_proxies",
				slog.String("address", client.String()))
		})
		return client.String()
	}
	hops := strings.Split(strings.Join(forwarded, ","), ",")
	for i := len(hops) - 1; i >= 0 && c.trusts(client); i-- {
		hop, ok := parseAddress(strings.TrimSpace(hops[i]))
		if !ok {
			break
		}
		client = hop
	}
	return client.String()
}

func (c *clientAddress) trusts(address netip.Addr) bool {
	for _, prefix := range c.trusted {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}

// parseAddress reads an address with or without a port, as proxies write both.
func parseAddress(s string) (netip.Addr, bool) {
	var address netip.Addr
	var err error
	if hasPort := strings.HasPrefix(s, "[") || strings.Count(s, ":") == 1; hasPort {
		var withPort netip.AddrPort
		withPort, err = netip.ParseAddrPort(s)
		address = withPort.Addr()
	} else {
		address, err = netip.ParseAddr(s)
	}
	return address.Unmap().WithZone(""), err == nil
}
