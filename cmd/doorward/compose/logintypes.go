package compose

import (
	"github.com/seed-31b6c987/doorward/adapters/addresses"
	"github.com/seed-31b6c987/doorward/adapters/appservicelogin"
	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/adapters/logintoken"
	"github.com/seed-31b6c987/doorward/adapters/password"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// loginTypes are the ways to sign in, in the order in which they are listed.
func loginTypes(cfg *config.Config, check Check, jwt *jwtlogin.Verifier, hasher *password.Hasher,
	storage ports.Storage, limiter ports.RateLimiter, now application.Clock) (types application.LoginTypes) {
	r := storage.Repositories()
	offer := func(offered bool, t application.LoginType) {
		if offered {
			types = append(types, t)
		}
	}
	offer(true, application.LoginType{Name: jwtlogin.Type, Verifier: jwt, Offered: jwt.TrustsAnyone, Interactive: jwt.AllowsUIA})
	offer(cfg.JWT.DeprecatedType, application.LoginType{Name: jwtlogin.DeprecatedType, Verifier: jwt, Offered: jwt.TrustsAnyone})
	offer(cfg.Password.Enabled, application.LoginType{Name: password.Type, Interactive: application.Always, Verifier: passwords(check.Server, hasher, r, limiter)})
	offer(cfg.LoginToken.Enabled, application.LoginType{
		Name: logintoken.Type, Verifier: logintoken.Verifier{Tickets: r.Tickets, Now: now},
		Flow: map[string]any{"get_login_token": true},
	})
	offer(len(check.Appservices) > 0, application.LoginType{
		Name:     appservicelogin.Type,
		Verifier: appservicelogin.Verifier{Server: check.Server, Appservices: check.Appservices, Users: r.Users},
	})
	return types
}

func passwords(server domain.ServerName, hasher *password.Hasher, r ports.Repositories, limiter ports.RateLimiter) password.Verifier {
	return password.Verifier{
		Server:        server,
		Users:         r.Users,
		Passwords:     r.Passwords,
		ThirdPartyIDs: r.ThirdPartyIDs,
		Limits:        limiter,
		Hasher:        hasher,
		Canonical:     addresses.Canonical,
		Phone:         addresses.Phone,
	}
}
