package domain_test

import (
	"crypto/sha256"
	"errors"
	"regexp"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

const server = domain.ServerName("example.org")

// Two application services: one that bridges, one that only watches.
var (
	bridge = domain.Appservice{
		ID: "bridge", Token: sha256.Sum256([]byte("bridge's token")), Sender: "@bridge:example.org",
		Namespaces: []domain.Namespace{
			{Users: regexp.MustCompile(`@_irc_`), Exclusive: true},
			{Users: regexp.MustCompile(`@shared_.*:example\.org`)},
		},
	}
	watcher = domain.Appservice{
		ID: "watcher", Token: sha256.Sum256([]byte("watcher's token")), Sender: "@watcher:example.org",
		Namespaces: []domain.Namespace{{Users: regexp.MustCompile(`@.*`)}},
	}
	both = domain.Appservices{bridge, watcher}
)

func TestAnAppserviceActsAsItselfAndItsNamespaces(t *testing.T) {
	for user, want := range map[domain.UserID]bool{
		"@bridge:example.org":            true, // its sender
		"@_irc_alice:example.org":        true, // what follows the match is free
		"@shared_room:example.org":       true, // a namespace need not be exclusive
		"@alice:example.org":             false,
		"@watcher:example.org":           false,
		"@alice@_irc_bob:example.org":    false, // only from the beginning
		" @_irc_alice:example.org":       false,
		"@_irc_alice:other.org":          false, // nobody acts as a user of another server
		"@_irc_alice:example.org:8448":   false,
		"@shared_x:example.org.evil.org": false,
		"@bridge:other.org":              false,
		"":                               false,
	} {
		if got := bridge.Covers(user, server); got != want {
			t.Errorf("%q: %t", user, got)
		}
	}
}

func TestAnAppserviceIsFoundByItsTokenAlone(t *testing.T) {
	for token, want := range map[string]string{
		"bridge's token": "bridge", "watcher's token": "watcher", "bridge's toke": "", "BRIDGE'S TOKEN": "", "": "",
	} {
		if got, ok := both.ByToken(token); got.ID != want || ok != (want != "") {
			t.Errorf("%q: got %q, %t", token, got.ID, ok)
		}
	}
}

// A registration without a token would otherwise be everybody's.
func TestNoTokenIsNobodysToken(t *testing.T) {
	careless := domain.Appservices{{ID: "careless", Token: sha256.Sum256(nil)}}
	if _, ok := careless.ByToken(""); ok {
		t.Error("the empty token is somebody's")
	}
}

func TestExclusiveNamesAndSendersAreReservedForTheirAppservice(t *testing.T) {
	for _, c := range []struct {
		user     domain.UserID
		id       string
		reserved bool
	}{
		{"@_irc_alice:example.org", "", true},
		{"@_irc_alice:example.org", "watcher", true},
		{"@_irc_alice:example.org", "bridge", false},
		{"@bridge:example.org", "", true},
		{"@bridge:example.org", "watcher", true},
		{"@bridge:example.org", "bridge", false},
		{"@shared_room:example.org", "", false},
		{"@alice:example.org", "", false},
		{"@alice@_irc_:example.org", "", false},
	} {
		err := both.Reserved(c.user, c.id)
		if errors.Is(err, domain.ErrExclusive) != c.reserved || !c.reserved && err != nil {
			t.Errorf("%s for %q: %v", c.user, c.id, err)
		}
	}
}
