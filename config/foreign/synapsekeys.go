package foreign

// synapseDecisions are the top-level settings of Synapse about signing in that
// Doorward has not, and that somebody may rely on.
var synapseDecisions = map[string]string{
	"modules":                        "a module may decide who signs in or registers; Doorward has none",
	"password_providers":             "a module decided who signs in with a password; Doorward has none",
	"oidc_config":                    "Doorward has no single sign-on redirects; let the identity provider mint JWTs",
	"oidc_providers":                 "Doorward has no single sign-on redirects; let the identity provider mint JWTs",
	"saml2_config":                   "Doorward has no single sign-on redirects; let the identity provider mint JWTs",
	"cas_config":                     "Doorward has no single sign-on redirects; let the identity provider mint JWTs",
	"sso":                            "Doorward has no single sign-on redirects",
	"experimental_features":          "see whether one of them is about signing in (msc4108); Doorward takes only msc3861 from here",
	"user_consent":                   "for documents that new users must accept there is registration.terms",
	"allowed_local_3pids":            "Doorward does not limit which addresses people add",
	"account_validity":               "accounts do not expire here; lock them",
	"delete_stale_devices_after":     "unused devices stay; sessions.refresh_token_lifetime ends their sessions",
	"limit_usage_by_mau":             "Doorward does not count active users, and turns nobody away for it",
	"mau_limit_reserved_threepids":   "Doorward does not count active users",
	"hs_disabled":                    "Doorward cannot be closed by a setting; stop it",
	"rc_registration_token_validity": "there is no limit of its own here",
	"rc_3pid_validation":             "there is no limit of its own here",
	"account_threepid_delegates":     "Doorward sends no mails and text messages",
	"ui_auth":                        "what was confirmed counts once here, and not for a time",
	"redis":                          "belongs to Synapse's workers; to share counts between several Doorwards set rate_limits.store",
}

// synapseHarmless are those that nobody has to think about.
var synapseHarmless = map[string]string{
	"bcrypt_rounds":                       "passwords are hashed with argon2id; bcrypt hashes that are taken over still work",
	"macaroon_secret_key":                 "Doorward's tokens need no key",
	"form_secret":                         "Doorward's forms need no key",
	"inhibit_user_in_use_error":           "a name that is taken is called so",
	"enable_3pid_lookup":                  "Doorward asks no identity server",
	"disable_msisdn_registration":         "Doorward asks for no phone numbers",
	"request_token_inhibit_3pid_errors":   "Doorward sends no mails and text messages",
	"use_appservice_legacy_authorization": "application services are spoken to as the specification says",
	"email":                               "Doorward sends no mails",
	"recaptcha_public_key":                "Doorward has no captchas",
	"recaptcha_private_key":               "Doorward has no captchas",
	"recaptcha_private_key_path":          "Doorward has no captchas",
	"recaptcha_siteverify_api":            "Doorward has no captchas",
	"default_identity_server":             "Doorward asks no identity server",
	"enable_metrics":                      "metrics are served where metrics.listen says",
	"log_config":                          "see log.level and log.format",
	"max_mau_value":                       "Doorward does not count active users",
	"mau_stats_only":                      "Doorward does not count active users",
}
