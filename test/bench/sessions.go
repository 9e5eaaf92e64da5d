package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// refreshing signs each client in and lets it refresh its tokens again and
// again.
func (s *site) refreshing(clients int) (contender, error) {
	tokens := make([]string, clients)
	conns, err := dial(s.door.address, 1)
	if err != nil {
		return contender{}, err
	}
	defer hangUp(conns)
	for i := range tokens {
		status, answer, err := conns[0].do(jwtLogin(mint(localpart(i), secret), onDevice("REFRESH")+`,"refresh_token":true`))
		if err != nil || status != http.StatusOK {
			return contender{}, fmt.Errorf("a login that asks for a refresh token: %d %s %v", status, answer, err)
		}
		tokens[i] = member(answer, "refresh_token")
	}
	return served(s.door.address, clients, traffic{
		want: http.StatusOK,
		// The last token of a measurement is lost with its answer. The one before is
		// good until it is used, as for every client that lost one.
		next: func(client int, answer []byte) []byte {
			if answer != nil {
				tokens[client] = member(answer, "refresh_token")
			}
			return post(refreshPath, "application/json", "", `{"refresh_token":"`+tokens[client]+`"}`)
		},
	})
}

// introspection is what a homeserver shows when it asks.
const introspection = "a-secret-of-the-homeserver-with-at-least-32-bytes"

// introspecting asks for everybody's tokens as a homeserver does.
func (s *site) introspecting(clients int) (contender, error) {
	delegated, err := s.another(delegatedDoor, settings{sections: delegation})
	if err != nil {
		return contender{}, err
	}
	requests := each(users, func(i int) []byte {
		return post(introspectPath, "application/x-www-form-urlencoded", introspection, "token_type_hint=access_token&token="+s.tokens[i])
	})
	conns, err := dial(delegated.address, 1)
	if err != nil {
		return contender{}, err
	}
	defer hangUp(conns)
	// Of a token that is no good the status is 200, too.
	status, answer, err := conns[0].do(requests[0])
	if err != nil || !bytes.Contains(answer, []byte(`"active":true`)) {
		return contender{}, fmt.Errorf("introspection: %d %s %v", status, answer, err)
	}
	return served(delegated.address, clients, anyOf(http.StatusOK, requests))
}

// storing signs users in on new devices without HTTP, tokens to verify, or
// anything else around the storage.
func (s *site) storing(clients int) (contender, error) {
	store, err := s.adapter()
	if err != nil {
		return contender{}, err
	}
	sessions := store.Repositories().Sessions
	signIn := func() error {
		user, now := rand.IntN(users), time.Now().Truncate(time.Millisecond)
		tokens := domain.Lifetimes{}.Issue(domain.NewSessionID(), false, now)
		_, err := sessions.SignIn(context.Background(), domain.SignIn{
			Users:  []domain.UserID{domain.UserID(userID(user))},
			Link:   domain.Link{Provider: "corp", Issuer: "https://corp.example", Subject: localpart(user)},
			Create: true, Device: domain.NewDeviceID(),
			SessionID: tokens.Session, Pair: tokens.Pair, At: now,
		})
		return err
	}
	return contender{run: func(lasting time.Duration) (sample, error) {
		return together(clients, lasting, func(int) func() error { return signIn })
	}}, nil
}
