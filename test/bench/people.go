package main

import (
	"fmt"
	"net/http"
)

// populate signs all users in and keeps their tokens.
func (s *site) populate() error {
	s.progress("%s: signing %d users in", s.store, users)
	s.tokens = make([]string, users)
	err := sendEach(s.door.address, http.StatusOK, users,
		func(i int) []byte { return jwtLogin(mint(localpart(i), secret), onDevice("FIRST")) },
		func(i int, answer []byte) { s.tokens[i] = member(answer, "access_token") })
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
