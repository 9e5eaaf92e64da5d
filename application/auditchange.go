package application

import (
	"strconv"
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

// Audited returns how a change is called in an audit record: as what weighs most
// of it, and in detail, without names, addresses and passwords.
func (c AccountChange) Audited() (event domain.AuditEvent, detail string) {
	var details []string
	event = domain.AuditUserChanged
	heaviest := func(e domain.AuditEvent) {
		if event == domain.AuditUserChanged {
			event = e
		}
	}
	for _, flag := range []struct {
		name    string
		value   *bool
		yes, no domain.AuditEvent
	}{
		{"deactivated", c.Deactivated, domain.AuditDeactivated, domain.AuditReactivated},
		{"locked", c.Locked, domain.AuditLocked, domain.AuditUnlocked},
		{"suspended", c.Suspended, domain.AuditSuspended, domain.AuditUnsuspended},
		{"admin", c.Admin, domain.AuditAdminGranted, domain.AuditAdminRevoked},
	} {
		switch {
		case flag.value == nil:
			continue
		case *flag.value:
			heaviest(flag.yes)
		default:
			heaviest(flag.no)
		}
		details = append(details, flag.name+"="+strconv.FormatBool(*flag.value))
	}
	for _, text := range []struct {
		name string
		is   bool
	}{
		{"erase", c.Erase}, {"password", c.Password != nil}, {"display_name", c.DisplayName != nil},
		{"avatar_url", c.AvatarURL != nil}, {"addresses", c.ThirdPartyIDs != nil},
	} {
		if text.is {
			details = append(details, text.name)
		}
	}
	if c.Password != nil {
		heaviest(domain.AuditPasswordChanged)
	}
	return event, strings.Join(details, ", ")
}

// Audited returns how it is called to take the measure, or to lift it, in an audit
// record.
func (m Measure) Audited(taken bool) (event domain.AuditEvent, detail string) {
	if m == Lock {
		return AccountChange{Locked: &taken}.Audited()
	}
	return AccountChange{Suspended: &taken}.Audited()
}
