package config

// The policies for claims that are mapped.
const (
	First  = "first"  // when the user is created
	Always = "always" // at each login
)

// validateIdentity checks what of a token becomes whose account, and for whom.
func (r *reading) validateIdentity(p Provider, at string) {
	if p.SingleUse && p.MaxLifetime == 0 {
		r.invalid(at+".single_use", "needs max_lifetime: what was used is remembered until its token ends")
	}
	for _, m := range []struct{ name, claim, policy string }{
		{"display_name", p.DisplayNameClaim, p.DisplayNamePolicy},
		{"email", p.EmailClaim, p.EmailPolicy},
		{"avatar", p.AvatarClaim, p.AvatarPolicy},
		{"admin", p.AdminClaim, p.AdminPolicy},
	} {
		if m.claim != "" && !isClaimPath(m.claim) {
			r.invalid(at+"."+m.name+"_claim", "is no path of a claim, as in name or user.name")
		}
		r.oneOf(at+"."+m.name+"_policy", m.policy, First, Always)
	}
	for i, rule := range p.Allow {
		if _, err := ParseRule(rule); err != nil {
			r.invalid(item(at+".allow", i), "%v", err)
		}
	}
}

// linkExisting says, of providers that do not, whether they link accounts that
// exist: a provider that nobody stands beside, and that nobody can come before.
func (r *reading) linkExisting() {
	alone := len(r.config.JWT.Providers) == 1 && !r.config.Registration.Enabled
	for i := range r.config.JWT.Providers {
		if p := &r.config.JWT.Providers[i]; p.LinkExisting == nil {
			p.LinkExisting = &alone
		}
	}
}
