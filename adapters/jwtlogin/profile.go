package jwtlogin

import "github.com/seed-31b6c987/doorward/domain"

// mapped returns the text of a claim that is mapped; empty if none is, or it is
// absent. What is no text, or does not pass, is refused.
func (a *attempt) mapped(name string, check func(string) error) (string, error) {
	if name == "" {
		return "", nil
	}
	value := lookup(a.claims, name)
	text, isText := value.Text()
	if !isText && !value.IsNull() || text != "" && check(text) != nil {
		return "", invalidClaim(name)
	}
	return text, nil
}

func (a *attempt) checkDisplayName() (err error) {
	a.result.DisplayName, err = a.mapped(a.provider.DisplayNameClaim, domain.CheckDisplayName)
	return err
}

func (a *attempt) checkAvatar() (err error) {
	a.result.AvatarURL, err = a.mapped(a.provider.AvatarClaim, domain.CheckAvatarURL)
	return err
}

// checkEmail takes an address in its canonical form.
func (a *attempt) checkEmail() error {
	var canonical string
	_, err := a.mapped(a.provider.EmailClaim, func(address string) (err error) {
		canonical, err = a.provider.CanonicalEmail(address)
		return err
	})
	a.result.Email = canonical
	return err
}

// checkAdmin refuses nobody: whoever is not said to administer the server, in so
// many words, does not.
func (a *attempt) checkAdmin() error {
	name := a.provider.AdminClaim
	a.result.Admin = name != "" && lookup(a.claims, name).IsTrue()
	return nil
}
