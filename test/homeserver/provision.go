package homeserver

import (
	"net/http"
	"time"
)

// A provision is the body of provision_user.
type provision struct {
	localpart                          string
	setName, setAvatar                 *string
	unsetName, unsetAvatar, unsetMails *bool
	emails                             []string
	setEmails                          bool
	locked                             *bool
}

func readProvision(b *body) (p provision) {
	p.localpart = b.text("localpart")
	p.setName, p.unsetName = b.maybeText("set_displayname"), b.maybeFlag("unset_displayname")
	p.setAvatar, p.unsetAvatar = b.maybeText("set_avatar_url"), b.maybeFlag("unset_avatar_url")
	p.emails, p.setEmails = b.texts("set_emails", false)
	p.unsetMails, p.locked = b.maybeFlag("unset_emails"), b.maybeFlag("locked")
	b.exclusive("set_displayname", "unset_displayname")
	b.exclusive("set_avatar_url", "unset_avatar_url")
	b.exclusive("set_emails", "unset_emails")
	return p
}

func provisionUser(f *Fake, r *http.Request) (int, object, *refusal) {
	b := readBody(r)
	p := readProvision(b)
	if err := b.fault(); err != nil {
		return 0, nil, err
	}
	status := http.StatusOK
	u := f.users[p.localpart]
	if u != nil {
		if err := p.change(u); err != nil {
			return 0, nil, err
		}
	} else {
		f.gather(r)
		if err := f.checkNew(p.localpart); err != nil {
			return 0, nil, err
		}
		status, u = http.StatusCreated, f.create(p)
	}
	return status, object{}, p.finish(u)
}

// create creates a user. At Synapse it is called by its localpart, unless it is
// said how; that there is to be no name is overheard.
func (f *Fake) create(p provision) *User {
	u := &User{Devices: map[string]string{}, Emails: p.emails}
	if f.options.Kind == Synapse {
		u.DisplayName = p.localpart
	}
	if p.setName != nil {
		u.DisplayName, u.noProfile = *p.setName, *p.setName == "" && f.options.Kind == Synapse
	}
	f.users[p.localpart] = u
	return u
}

// change does what is done to users who are there already.
func (p provision) change(u *User) *refusal {
	name := p.setName
	if isTrue(p.unsetName) {
		name = new(string)
	}
	if name != nil {
		if err := u.rename(*name); err != nil {
			return err
		}
	}
	switch {
	case isTrue(p.unsetMails):
		u.Emails = nil
	case p.setEmails:
		u.Emails = p.emails
	}
	return nil
}

// finish does what is done to all.
func (p provision) finish(u *User) *refusal {
	if p.locked != nil {
		u.Locked = *p.locked
	}
	avatar := p.setAvatar
	if isTrue(p.unsetAvatar) {
		avatar = new(string)
	}
	switch {
	case avatar == nil:
		return nil
	case tooLong(*avatar, maxAvatarURL):
		return bad("M_UNKNOWN", "Avatar URL is too long (max 1000)")
	case u.noProfile:
		return noProfile
	}
	u.AvatarURL = *avatar
	return nil
}

func isTrue(flag *bool) bool { return flag != nil && *flag }

// A gathering is of provisions that all look whether their user is there before
// one of them creates it.
type gathering struct {
	missing int
	all     chan struct{} // closed when none is missing
}

// Together makes the next n provisions of users who are not there all look before
// one of them creates. It gives up on those who do not come within seconds.
func (f *Fake) Together(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.together = &gathering{n, make(chan struct{})}
}

// gather waits until all are there. The caller holds f.mu, and does not while it
// waits.
func (f *Fake) gather(r *http.Request) {
	const patience = 5 * time.Second
	g := f.together
	if g == nil {
		return
	}
	if g.missing--; g.missing == 0 {
		close(g.all)
		f.together = nil
	}
	f.mu.Unlock()
	defer f.mu.Lock()
	select {
	case <-g.all:
	case <-r.Context().Done():
	case <-time.After(patience):
	}
}
