package contract

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

var deadSessionPromises = []promise{
	{"a session is dead from when its last token expires, to the millisecond, and its device stays", func(t *trial) {
		t.wantDeadSessions(far)
		in := refreshable(alice, "d", "a")
		in.Pair = lasting("a", later(time.Minute), later(time.Hour))
		t.signIn(in)
		t.signIn(login(alice, "e", "for ever"))
		t.addDevice(alice, "nobody is signed in with it")
		t.wantDeadSessions(noon)
		t.wantDeadSessions(later(time.Hour - moment))
		t.wantDeadSessions(later(time.Hour - time.Microsecond))
		t.wantDeadSessions(later(time.Hour), "a")
		t.wantDevices(alice, "d", "e", "nobody is signed in with it")
	}},
	{"a session is dead from its end, and as long as it is there", func(t *trial) {
		in := refreshable(alice, "d", "a")
		in.SessionEnds = later(time.Hour)
		t.signIn(in)
		in = refreshable(alice, "e", "b")
		in.SessionEnds = later(time.Hour)
		t.signIn(in)
		t.wantDeadSessions(later(time.Hour - moment))
		t.wantDeadSessions(later(time.Hour), "a", "b")
		t.signIn(login(alice, "d", "another"))
		t.wantDeadSessions(later(time.Hour), "b")
		_, err := t.Sessions.Delete(t.Context(), session("b"))
		t.wantError(err, nil)
		t.wantDeadSessions(later(time.Hour))
	}},
	{"a refresh token whose answer may be lost keeps its session alive", func(t *trial) {
		in := refreshable(alice, "d", "a")
		in.Pair = lasting("a", later(time.Second), later(time.Hour))
		t.signIn(in)
		t.refreshAt(noon, "a", lasting("a/b", later(time.Second), later(time.Minute)), later(time.Second))
		t.wantDeadSessions(later(time.Minute))
		t.wantBearer("a/b", alice, "d")
		t.wantDeadSessions(later(time.Minute), "a")
	}},
	{"whatever state sessions are in, those are dead that the domain says are", func(t *trial) {
		t.createUsers(alice)
		sessions := sessionsOfAllKinds()
		t.importSessions(sessions)
		for _, now := range []time.Time{later(-time.Hour), noon, later(moment), far} {
			var want []domain.TokenHash
			for _, s := range sessions {
				if s.Dead(now) {
					want = append(want, s.ID)
				}
			}
			t.wantEqual(t.deadSessions(now), inOrder(want))
		}
	}},
	{"of many dead sessions each is found once, even if they are deleted meanwhile", func(t *trial) {
		t.createUsers(alice)
		var sessions []domain.Session
		var want []domain.TokenHash
		for i := range 2500 {
			s := domain.Session{ID: session(fmt.Sprint(i)), Pair: domain.Pair{Access: token(fmt.Sprint(i))}, Confirmed: true}
			if i%5 > 0 {
				s.AccessExpires = noon
				want = append(want, s.ID)
			}
			sessions = append(sessions, s)
		}
		t.importSessions(sessions)
		t.wantEqual(t.deadSessions(noon), inOrder(want))
		for after := (domain.TokenHash{}); ; {
			dead, next, err := t.DeadSessions.List(t.Context(), after, noon)
			t.wantError(err, nil)
			t.wantError(t.transact(func(tx *trial) error {
				for _, id := range dead {
					if _, err := tx.Sessions.Delete(t.Context(), id); err != nil {
						return err
					}
				}
				return nil
			}), nil)
			if after = next; next == (domain.TokenHash{}) {
				break
			}
		}
		t.wantDeadSessions(noon)
		list, err := t.Devices.List(t.Context(), alice)
		t.wantError(err, nil)
		t.wantEqual(len(list), 500)
	}},
}

// sessionsOfAllKinds are sessions in every state that may matter at noon.
func sessionsOfAllKinds() (all []domain.Session) {
	times := []time.Time{{}, noon, later(moment)}
	for _, ends := range times {
		for _, access := range times {
			for refresh := range 4 { // the last: none
				for previous := range 4 {
					for _, confirmed := range []bool{false, true} {
						name := fmt.Sprint(len(all))
						s := domain.Session{ID: session(name), Ends: ends, Confirmed: confirmed}
						s.Access, s.AccessExpires = token(name), access
						if refresh < 3 {
							s.Refresh, s.RefreshExpires = token(name+" refresh"), times[refresh]
						}
						if previous < 3 {
							s.PreviousRefresh, s.PreviousRefreshExpires = token(name+" previous"), times[previous]
						}
						all = append(all, s)
					}
				}
			}
		}
	}
	return all
}

// importSessions gives alice a device for each session.
func (t *trial) importSessions(sessions []domain.Session) {
	t.Helper()
	var devices []domain.ImportedDevice
	for i, s := range sessions {
		devices = append(devices, domain.ImportedDevice{
			Device: domain.Device{UserID: alice, ID: domain.DeviceID(fmt.Sprint(i)), CreatedAt: noon}, Session: s,
		})
	}
	t.wantError(t.Imports.AddDevices(t.Context(), devices), nil)
}

// deadSessions has all sessions looked at, and returns those that are dead.
func (t *trial) deadSessions(now time.Time) (all []domain.TokenHash) {
	t.Helper()
	for after := (domain.TokenHash{}); ; {
		dead, next, err := t.DeadSessions.List(t.Context(), after, now)
		t.wantError(err, nil)
		all = append(all, dead...)
		if after = next; next == (domain.TokenHash{}) {
			return inOrder(all)
		}
	}
}

// wantDeadSessions wants those sessions to be dead, of all.
func (t *trial) wantDeadSessions(now time.Time, names ...string) {
	t.Helper()
	var want []domain.TokenHash
	for _, name := range names {
		want = append(want, session(name))
	}
	t.wantEqual(t.deadSessions(now), inOrder(want))
}

// inOrder sorts hashes.
func inOrder(hashes []domain.TokenHash) []domain.TokenHash {
	slices.SortFunc(hashes, func(a, b domain.TokenHash) int { return bytes.Compare(a[:], b[:]) })
	return hashes
}
