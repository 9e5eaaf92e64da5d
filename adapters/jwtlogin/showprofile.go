package jwtlogin

import (
	"fmt"
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

func showOnce(a *attempt) (value, limit string) {
	if !a.provider.SingleUse {
		return "", ""
	}
	return display(a.claims.Get("jti")), fmt.Sprintf("a text of 1 to %d bytes, once", maxTokenID)
}

func showSessionEnd(a *attempt) (value, limit string) {
	if !a.provider.SessionEndsWithToken {
		return "", ""
	}
	return displayTime(a.claims.Get("exp")), fmt.Sprintf("a second after %s (now) at least: the session ends then", stamp(a.now))
}

// showRules shows the rule that does not hold, or all.
func showRules(a *attempt) (value, limit string) {
	rules := a.provider.Allow
	if a.unmet != nil {
		rules = []Rule{*a.unmet}
	}
	var values, limits []string
	for _, rule := range rules {
		values = append(values, display(lookup(a.claims, rule.Claim)))
		limits = append(limits, rule.String())
	}
	return strings.Join(values, "; "), ascii(strings.Join(limits, "; "))
}

// showMapped shows a claim that is mapped, and when it is.
func (a *attempt) showMapped(name string, always bool, limit string) (string, string) {
	if name == "" {
		return "", ""
	}
	when := "for a new user"
	if always {
		when = "at each login"
	}
	return display(lookup(a.claims, name)), fmt.Sprintf("%s in %s, %s", limit, ascii(name), when)
}

func showDisplayName(a *attempt) (value, limit string) {
	p := a.provider
	return a.showMapped(p.DisplayNameClaim, p.Always.DisplayName, fmt.Sprintf("at most %d characters", domain.MaxDisplayName))
}

func showEmail(a *attempt) (value, limit string) {
	p := a.provider
	return a.showMapped(p.EmailClaim, p.Always.Email, "an e-mail address")
}

func showAvatar(a *attempt) (value, limit string) {
	p := a.provider
	return a.showMapped(p.AvatarClaim, p.Always.AvatarURL, "an mxc:// URI")
}

func showAdmin(a *attempt) (value, limit string) {
	p := a.provider
	return a.showMapped(p.AdminClaim, p.Always.Admin, "true makes an administrator")
}
