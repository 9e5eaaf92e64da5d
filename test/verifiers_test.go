package test

import (
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/contract"
)

// Each login type that there is keeps the promises of verifiers.
func TestEveryLoginTypeIsAVerifier(t *testing.T) {
	d := open(t, bridged(t, confirmable+"registration: {enabled: true}\n"), "memory:")
	d.mustLogin(t, corp("alice"))
	d.mustHavePassword(t, "@alice:example.org", "alice's")
	ticket := domain.NewToken(domain.LoginToken, domain.NewSessionID())
	now := time.Now()
	r := d.Storage.Repositories()
	if err := r.Tickets.Create(t.Context(), domain.Ticket{Hash: ticket.Hash(), User: "@alice:example.org", Expires: now.Add(time.Hour)}, now); err != nil {
		t.Fatal(err)
	}
	if err := r.Users.Create(t.Context(), domain.User{ID: "@_irc_bob:example.org"}); err != nil {
		t.Fatal(err)
	}
	named := func(user string) map[string]any { return map[string]any{"type": "m.id.user", "user": user} }
	token := func(s string) *string { return &s }
	credentials := map[string][]domain.Credential{ // the first of each is good
		"org.matrix.login.jwt": {{Token: token(corp("alice"))}, {Token: token("x.y.z")}, {}},
		"m.login.jwt":          {{Token: token(corp("alice"))}, {Token: token("")}},
		"m.login.password": {
			{Extra: map[string]any{"identifier": named("alice"), "password": "alice's"}},
			{Extra: map[string]any{"identifier": named("nobody"), "password": "alice's"}},
			{Extra: map[string]any{"identifier": named("alice"), "password": "bob's"}}, {},
		},
		"m.login.token": {{Token: token(string(ticket))}, {Token: token("rubbish")}, {}},
		"m.login.application_service": {
			{AccessToken: bridgeToken, Extra: map[string]any{"identifier": named("_irc_bob")}},
			{AccessToken: bridgeToken, Extra: map[string]any{"identifier": named("alice")}},
			{AccessToken: "rubbish", Extra: map[string]any{"identifier": named("_irc_bob")}}, {},
		},
	}
	for _, login := range d.API.Login.Types {
		offered, ok := credentials[login.Name]
		if !ok {
			t.Errorf("%s: nothing is known of it here", login.Name)
			continue
		}
		t.Run(login.Name, func(t *testing.T) {
			for i := range offered {
				offered[i].Type = login.Name
			}
			contract.TokenVerifier(t, login.Verifier, offered[0], offered[1:]...)
		})
	}
}
