package application

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// SignedRegistration makes accounts for programs that know a secret, as Synapse's
// shared-secret registration does. It does not depend on who else may register.
type SignedRegistration struct {
	Register Register
	Secret   SharedSecret
}

// A SharedSecret is what the programs know; empty: nobody may register so.
type SharedSecret string

// nonceLifetime is how long a program has to sign.
const nonceLifetime = time.Minute

// userTypes are those of Synapse. They are signed, and make no difference here.
var userTypes = []string{"", "support", "bot"}

// A SignedRequest asks for an account with a password.
type SignedRequest struct {
	// Wanted is as in [RegisterRequest]; a name is needed.
	Wanted
	Nonce, Password, DisplayName string
	Admin                        bool
	UserType                     string // empty: none
	// MAC is the HMAC-SHA1 of nonce, name, password, "admin" or "notadmin", and the
	// type if there is one, separated by NUL, with the secret, in hexadecimal.
	MAC     string
	Address string // as in [LoginRequest]
}

var (
	errNonce = domain.Refuse(domain.ErrInvalidParam, "unknown_nonce", "unrecognised nonce")
	errMAC   = domain.Refuse(domain.ErrForbidden, "wrong_mac", "HMAC incorrect")
)

// Nonce returns what makes the next request good once, within a minute, or
// [domain.ErrLimited].
func (s SignedRegistration) Nonce(ctx context.Context, address string) (domain.Token, error) {
	if err := s.Register.take(ctx, domain.LimitAddress, address); err != nil {
		return "", err
	}
	nonce := domain.NewToken(domain.NonceToken, domain.NewSessionID())
	now := s.Register.now()
	ticket := domain.Ticket{Hash: nonce.Hash(), Expires: now.Add(nonceLifetime)}
	return nonce, s.Register.Storage.Repositories().Tickets.Create(ctx, ticket, now)
}

// Do makes an account and, unless NoLogin, signs its user in. The nonce is spent
// even if the MAC is wrong. It returns [domain.ErrMissingParam] without a name,
// [domain.ErrInvalidParam] for a nonce that is unknown, spent or expired, or a type
// that does not exist, [domain.ErrTooLong] for the display name,
// [domain.ErrForbidden] for a wrong MAC, which counts as a refused login,
// [domain.ErrLimited], and the errors of [Register.Do] for the name, the password
// and the device.
func (s SignedRegistration) Do(ctx context.Context, req SignedRequest) (LoginResult, error) {
	if err := s.checkForm(req); err != nil {
		return LoginResult{}, err
	}
	err := guess(ctx, s.Register.Limiter, req.Address, func() error {
		if err := s.spend(ctx, req.Nonce); err != nil {
			return err
		}
		if !s.signed(req) {
			return errMAC
		}
		return nil
	})
	if err != nil {
		return LoginResult{}, err
	}
	// Who knows the secret may make as many accounts as it likes.
	s.Register.giveBack(ctx, domain.LimitAddress, req.Address)
	if _, err := s.Register.nameFor(ctx, *req.Username); err != nil {
		return LoginResult{}, err
	}
	if _, err := s.Register.Delegation.deviceOf(req.DeviceID, req.DeviceName); err != nil {
		return LoginResult{}, err
	}
	if err := s.Register.Hasher.CheckNew(req.Password); err != nil {
		return LoginResult{}, err
	}
	hash, err := s.Register.Hasher.Hash(ctx, req.Password)
	if err != nil {
		return LoginResult{}, err
	}
	return s.Register.create(ctx, newAccount{
		wanted: req.Wanted, password: hash,
		user: domain.User{DisplayName: req.DisplayName, Admin: req.Admin},
	}, *req.Username)
}

// checkForm refuses what could be taken for something else when it is signed.
func (s SignedRegistration) checkForm(req SignedRequest) error {
	if req.Username == nil {
		return errMissingUsername
	}
	if !slices.Contains(userTypes, req.UserType) {
		return domain.Refuse(domain.ErrInvalidParam, "user_type", "Invalid user type")
	}
	if err := domain.CheckDisplayName(req.DisplayName); err != nil {
		return err
	}
	return domain.CheckText(*req.Username, req.Password, req.DisplayName)
}

func (s SignedRegistration) spend(ctx context.Context, nonce string) error {
	token, err := domain.ParseToken(domain.NonceToken, nonce)
	if err != nil {
		return errNonce
	}
	_, err = s.Register.Storage.Repositories().Tickets.Spend(ctx, token.Hash(), s.Register.now())
	if errors.Is(err, domain.ErrNotFound) {
		return errNonce
	}
	return err
}

// signed says whether the request was signed with the secret. How long it takes
// says nothing about the right MAC.
func (s SignedRegistration) signed(req SignedRequest) bool {
	role := "notadmin"
	if req.Admin {
		role = "admin"
	}
	parts := []string{req.Nonce, *req.Username, req.Password, role}
	if req.UserType != "" {
		parts = append(parts, req.UserType)
	}
	mac := hmac.New(sha1.New, []byte(s.Secret))
	mac.Write([]byte(strings.Join(parts, "\x00")))
	given, err := hex.DecodeString(req.MAC)
	return err == nil && hmac.Equal(given, mac.Sum(nil)) && s.Secret != ""
}
