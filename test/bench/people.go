package main

import (
	"errors"
	"fmt"
	"net/http"
)

// populate signs all users in and keeps their tokens.
func (s *site) populate() error {
	s.progress("%s: signing %d users in", s.store, users)
	conns, err := dial(s.door.address, mostClients)
	if err != nil {
		return err
	}
	defer hangUp(conns)
	s.tokens = make([]string, users)
	errs := make(chan error, len(conns))
	for client, conn := range conns {
		go func() {
			for i := client; i < users; i += len(conns) {
				status, answer, err := conn.do(jwtLogin(mint(localpart(i), secret), onDevice("FIRST")))
				if err == nil && status != http.StatusOK {
					err = fmt.Errorf("%d %s", status, answer)
				}
				if err != nil {
					errs <- err
					return
				}
				s.tokens[i] = member(answer, "access_token")
			}
			errs <- nil
		}()
	}
	for range conns {
		err = errors.Join(err, <-errs)
	}
	s.signedIn = each(users, func(i int) []byte { return get(whoamiPath, s.tokens[i]) })
	return err
}

// withPasswords makes users with passwords, the first time.
func (s *site) withPasswords() error {
	if s.hasPassword {
		return nil
	}
	for i := range passwordUsers {
		if err := s.door.command(password, "user", "add", passwordUser(i), "--password-stdin"); err != nil {
			return err
		}
	}
	s.hasPassword = true
	return nil
}

func passwordUser(i int) string { return fmt.Sprintf("people%d", i%passwordUsers) }
