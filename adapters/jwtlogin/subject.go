package jwtlogin

import (
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

func (a *attempt) checkSubject() error {
	subject, isText := lookup(a.claims, a.provider.SubjectClaim).Text()
	if !isText {
		return errNoSubject
	}
	a.subject = subject
	return nil
}

// checkLocalpart turns the subject into the claims of a login.
func (a *attempt) checkLocalpart() error {
	localpart := domain.FoldLocalpart(a.subject)
	// A full user id names a user of some server. Escaped, it would name another.
	isUserID := strings.HasPrefix(a.subject, "@") && strings.Contains(a.subject, ":")
	if a.provider.EscapeLocalpart && !isUserID {
		localpart = domain.EscapeLocalpart(a.subject)
	}
	if err := domain.CheckLocalpart(localpart); err != nil {
		return err
	}
	a.result.Localpart, a.result.Exact = localpart, exact(a.subject, localpart)
	a.result.Register, a.result.Always = a.provider.RegisterUser, a.provider.Always
	a.result.Link, a.result.LinkExisting = a.link(), a.provider.LinkExisting
	a.result.ProviderSession = a.session()
	return nil
}

// link returns who it is at the provider. That is "sub", which stays when a
// name changes (RFC 7519, 4.1.2), even where the name is in another claim. Some
// issuers write it as a number.
func (a *attempt) link() domain.Link {
	issuer, _ := a.claims.Get("iss").Text()
	link := domain.Link{Provider: a.provider.Name, Issuer: issuer}
	sub := a.claims.Get("sub")
	if number, isNumber := sub.Number(); isNumber {
		link.Subject = number.String()
	} else {
		link.Subject, _ = sub.Text()
	}
	if link.Subject == "" {
		// Who chooses a name must not become who has it for a "sub".
		link.Subject = a.provider.SubjectClaim + "=" + a.subject
	}
	return link
}

// exact returns the subject if only the case of its letters sets it apart from
// the localpart. A subject that had to be escaped is never exact: otherwise the
// subject "a=3A" could take the account of the subject "a:".
func exact(subject, localpart string) string {
	if subject != localpart && domain.FoldLocalpart(subject) == localpart {
		return subject
	}
	return ""
}
