package domain

import "slices"

// An AuditEvent is what was asked for. Its name is a promise to whoever reads the
// log: add to them, and rename none.
type AuditEvent string

// What users do.
const (
	AuditLogin            AuditEvent = "login"
	AuditLogout           AuditEvent = "logout"
	AuditLogoutAll        AuditEvent = "logout_all"
	AuditRefresh          AuditEvent = "refresh"
	AuditRegistered       AuditEvent = "registered"
	AuditStageCompleted   AuditEvent = "stage_completed" // on its page
	AuditLoginTokenIssued AuditEvent = "login_token_issued"
	AuditOpenIDIssued     AuditEvent = "openid_token_issued"
	AuditDeviceRenamed    AuditEvent = "device_renamed"
	AuditDeviceDeleted    AuditEvent = "device_deleted"
	AuditAddressDeleted   AuditEvent = "address_deleted"
)

// What providers do.
const (
	AuditProviderLogout AuditEvent = "provider_logout" // sessions ended, as a logout token asks for
)

// What users do to their accounts, and administrators to those of others.
const (
	AuditPasswordChanged AuditEvent = "password_changed"
	AuditDeactivated     AuditEvent = "deactivated"
	AuditReactivated     AuditEvent = "reactivated"
	AuditLocked          AuditEvent = "locked"
	AuditUnlocked        AuditEvent = "unlocked"
	AuditSuspended       AuditEvent = "suspended"
	AuditUnsuspended     AuditEvent = "unsuspended"
	AuditAdminGranted    AuditEvent = "admin_granted"
	AuditAdminRevoked    AuditEvent = "admin_revoked"
	AuditUserChanged     AuditEvent = "user_changed" // in another way, or refused before that was known
	AuditActedAs         AuditEvent = "acted_as"     // an administrator got a token of the user
	AuditCrossSigning    AuditEvent = "cross_signing_reset_allowed"
)

// What administrators do to registration tokens.
const (
	AuditTokenCreated AuditEvent = "registration_token_created"
	AuditTokenChanged AuditEvent = "registration_token_changed"
	AuditTokenDeleted AuditEvent = "registration_token_deleted"
)

// routine happens all the time, and says little when it goes well.
var routine = []AuditEvent{AuditRefresh, AuditStageCompleted, AuditOpenIDIssued, AuditDeviceRenamed}

// AuditEvents returns all that there are.
func AuditEvents() []AuditEvent {
	return []AuditEvent{
		AuditLogin, AuditLogout, AuditLogoutAll, AuditRefresh, AuditRegistered, AuditStageCompleted,
		AuditLoginTokenIssued, AuditOpenIDIssued, AuditDeviceRenamed, AuditDeviceDeleted, AuditAddressDeleted,
		AuditProviderLogout,
		AuditPasswordChanged, AuditDeactivated, AuditReactivated, AuditLocked, AuditUnlocked,
		AuditSuspended, AuditUnsuspended, AuditAdminGranted, AuditAdminRevoked, AuditUserChanged, AuditActedAs, AuditCrossSigning,
		AuditTokenCreated, AuditTokenChanged, AuditTokenDeleted,
	}
}

// IsKept says whether a record has a place in the table. All others are for the
// log alone: what is routine, and what was refused to somebody who proved
// nothing, so that strangers cannot fill the table.
func (r AuditRecord) IsKept() bool {
	switch {
	case r.Event == "":
		return false
	case r.Result == AuditOK:
		return !slices.Contains(routine, r.Event)
	}
	return r.Verified
}
