package application_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

var errDead = errors.New("the process is dead")

// A process dies at a step, before or after what the step does. Its steps are
// whatever it writes, and whatever it tells.
type process struct {
	mu     sync.Mutex
	step   int
	diesAt int // 0: never
	after  bool
}

// do is a step.
func (p *process) do(what func() error) error {
	p.mu.Lock()
	p.step++
	dead, dying := p.diesAt != 0 && p.step > p.diesAt, p.step == p.diesAt
	p.mu.Unlock()
	if dead || dying && !p.after {
		return errDead
	}
	if err := what(); err != nil || !dying {
		return err
	}
	return errDead
}

// A mortal storage is that of a process.
type mortal struct {
	ports.Storage
	process *process
}

func (m mortal) Repositories() ports.Repositories {
	r := m.Storage.Repositories()
	r.Leases, r.Outbox = mortalLeases{r.Leases, m.process}, mortalOutbox{r.Outbox, m.process}
	return r
}

func (m mortal) InTransaction(ctx context.Context, do func(ports.Repositories) error) error {
	return m.process.do(func() error { return m.Storage.InTransaction(ctx, do) })
}

type mortalLeases struct {
	ports.LeaseRepository
	process *process
}

func (m mortalLeases) Take(ctx context.Context, user domain.UserID, holder string, now, until time.Time) (lease domain.Lease, err error) {
	err = m.process.do(func() error {
		lease, err = m.LeaseRepository.Take(ctx, user, holder, now, until)
		return err
	})
	return lease, err
}

func (m mortalLeases) Put(ctx context.Context, lease domain.Lease, now time.Time) error {
	return m.process.do(func() error { return m.LeaseRepository.Put(ctx, lease, now) })
}

type mortalOutbox struct {
	ports.OutboxRepository
	process *process
}

func (m mortalOutbox) Add(ctx context.Context, notices ...domain.Notice) (ids []int64, err error) {
	err = m.process.do(func() error {
		ids, err = m.OutboxRepository.Add(ctx, notices...)
		return err
	})
	return ids, err
}

func (m mortalOutbox) Delete(ctx context.Context, ids ...int64) error {
	return m.process.do(func() error { return m.OutboxRepository.Delete(ctx, ids...) })
}

// A homeserverState is what a homeserver knows.
type homeserverState struct {
	mu      sync.Mutex
	users   map[domain.UserID]domain.HomeserverUser
	devices map[domain.UserID]map[domain.DeviceID]bool
	told    []domain.Notice
}

func newHomeserverState() *homeserverState {
	return &homeserverState{users: map[domain.UserID]domain.HomeserverUser{}, devices: map[domain.UserID]map[domain.DeviceID]bool{}}
}

// A connection is a process's to a homeserver.
type connection struct {
	*homeserverState
	process *process
}

func (c connection) do(what func() error) error {
	return c.process.do(func() error {
		c.mu.Lock()
		defer c.mu.Unlock()
		return what()
	})
}

func (c connection) User(_ context.Context, user domain.UserID) (found domain.HomeserverUser, err error) {
	err = c.do(func() error {
		var ok bool
		if found, ok = c.users[user]; !ok {
			return domain.ErrNotFound
		}
		return nil
	})
	return found, err
}

func (c connection) Provision(_ context.Context, p domain.Provision) error {
	return c.do(func() error {
		if _, ok := c.users[p.User]; !ok {
			c.users[p.User], c.devices[p.User] = domain.HomeserverUser{}, map[domain.DeviceID]bool{}
		}
		return nil
	})
}

func (c connection) Tell(_ context.Context, n domain.Notice) error {
	return c.do(func() error {
		user, ok := c.users[n.User]
		switch n.Kind {
		case domain.UserRenamed, domain.UserAvatarChanged, domain.UserLocked, domain.UserUnlocked:
			if !ok {
				c.devices[n.User] = map[domain.DeviceID]bool{}
			}
		default:
			if !ok {
				return domain.ErrNotFound
			}
		}
		c.told = append(c.told, n)
		switch n.Kind {
		case domain.DeviceCreated:
			c.devices[n.User][n.Device] = true
		case domain.DeviceDeleted:
			delete(c.devices[n.User], n.Device)
		case domain.UserDeactivated, domain.UserErased:
			user.Deactivated = true
			clear(c.devices[n.User])
		case domain.UserReactivated:
			user.Deactivated = false
		}
		c.users[n.User] = user
		return nil
	})
}

func (c connection) SyncDevices(_ context.Context, user domain.UserID, devices []domain.DeviceID) error {
	return c.do(func() error {
		if _, ok := c.users[user]; !ok {
			return domain.ErrNotFound
		}
		clear(c.devices[user])
		for _, id := range devices {
			c.devices[user][id] = true
		}
		return nil
	})
}

// named is the verifier of credentials whose token is the localpart.
type named struct{}

func (named) Verify(_ context.Context, c domain.Credential) (domain.Claims, error) {
	return domain.Claims{Localpart: *c.Token, Register: true}, nil
}

// A world is what outlives a process: a store, a homeserver and the time.
type world struct {
	*testing.T
	store *memstore.Store
	there *homeserverState
	now   time.Time
}

func newWorld(t *testing.T) *world {
	return &world{T: t, store: memstore.New(), there: newHomeserverState(), now: at}
}

// boot starts a process.
func (w *world) boot(p *process) application.UseCases {
	return w.bootWith(p, connection{w.there, p})
}

func (w *world) bootWith(p *process, there ports.Homeserver) application.UseCases {
	types := application.LoginTypes{{Name: "named", Verifier: named{}}}
	clock := func() time.Time { return w.now }
	storage := mortal{w.store, p}
	return application.New(application.Dependencies{
		Server: "example.org", Types: types, Limiter: ratelimit.Unlimited{}, Storage: storage, Now: clock,
		Delegation: &application.Delegation{
			Homeserver: there, Storage: storage, Now: clock, Log: slog.New(slog.DiscardHandler),
		},
	})
}

func (w *world) login(d application.UseCases, name, device string) (application.LoginResult, error) {
	return d.Login.Do(w.Context(), application.LoginRequest{
		Credential: domain.Credential{Type: "named", Token: &name}, DeviceID: &device,
	})
}

// settle lets another process deliver what waits, when all leases have ended.
func (w *world) settle() application.UseCases {
	w.now = w.now.Add(time.Hour)
	d := w.boot(&process{})
	if round := d.Delegation.Round(w.Context()); round.Failed > 0 {
		w.Fatal(round.Err)
	}
	if backlog, err := w.store.Repositories().Outbox.Backlog(w.Context()); err != nil || backlog.Notices != 0 {
		w.Fatalf("%+v still wait, %v", backlog, err)
	}
	return d
}

// agree fails unless the homeserver has exactly the devices of alice that are here.
func (w *world) agree() {
	w.Helper()
	const alice = domain.UserID("@alice:example.org")
	list, err := w.store.Repositories().Devices.List(w.Context(), alice)
	if err != nil {
		w.Fatal(err)
	}
	var here []domain.DeviceID
	for _, d := range list {
		here = append(here, d.ID)
	}
	if there := slices.Sorted(maps.Keys(w.there.devices[alice])); !slices.Equal(here, there) {
		w.Errorf("here are %v, there %v; it was told %v", here, there, w.there.told)
	}
}

// TestAProcessMayDieBetweenAnyTwoSteps lets it die at each step of a life, before
// and after it, and looks what is left when another one has delivered.
func TestAProcessMayDieBetweenAnyTwoSteps(t *testing.T) {
	lives := map[string]func(*world, application.UseCases) error{
		"a first login": func(w *world, d application.UseCases) error {
			_, err := w.login(d, "alice", "PHONE")
			return err
		},
		"a second device": func(w *world, d application.UseCases) error {
			w.mustLogin("alice", "PHONE")
			_, err := w.login(d, "alice", "LAPTOP")
			return err
		},
		"the same device again": func(w *world, d application.UseCases) error {
			w.mustLogin("alice", "PHONE")
			_, err := w.login(d, "alice", "PHONE")
			return err
		},
		"a logout": func(w *world, d application.UseCases) error {
			in := w.mustLogin("alice", "PHONE")
			_, err := d.Logout.Do(w.Context(), application.Presented{Token: string(in.AccessToken)})
			return err
		},
		"a logout and a login on the same device": func(w *world, d application.UseCases) error {
			in := w.mustLogin("alice", "PHONE")
			if _, err := d.Logout.Do(w.Context(), application.Presented{Token: string(in.AccessToken)}); err != nil {
				return err
			}
			_, err := w.login(d, "alice", "PHONE")
			return err
		},
		"a logout of all": func(w *world, d application.UseCases) error {
			in := w.mustLogin("alice", "PHONE")
			w.mustLogin("alice", "LAPTOP")
			_, err := d.LogoutAll.Do(w.Context(), application.Presented{Token: string(in.AccessToken)})
			return err
		},
		"a deactivation": func(w *world, d application.UseCases) error {
			w.mustLogin("alice", "PHONE")
			_, err := d.Administer.Change(w.Context(), domain.Bearer{}, "@alice:example.org", application.AccountChange{Deactivated: new(true)})
			return err
		},
	}
	for name, life := range lives {
		t.Run(name, func(t *testing.T) {
			for _, after := range []bool{false, true} {
				for step, over := 1, false; !over; step++ {
					t.Run(fmt.Sprintf("step %d, after %v", step, after), func(t *testing.T) {
						w := newWorld(t)
						p := &process{diesAt: step, after: after}
						err := life(w, w.boot(p))
						over = p.step < step
						if over && err != nil {
							t.Fatalf("nobody died, and yet: %v", err)
						}
						d := w.settle()
						w.agree()
						w.aliceCanLogIn(d)
					})
				}
			}
		})
	}
}

// mustLogin signs in through another process, which lives on.
func (w *world) mustLogin(name, device string) application.LoginResult {
	w.Helper()
	in, err := w.login(w.boot(&process{}), name, device)
	if err != nil {
		w.Fatal(err)
	}
	return in
}

// aliceCanLogIn fails if she cannot, unless she is deactivated.
func (w *world) aliceCanLogIn(d application.UseCases) {
	w.Helper()
	user, _ := w.store.Repositories().Users.ByID(w.Context(), "@alice:example.org")
	if user.Deactivated {
		if !w.there.users[user.ID].Deactivated {
			w.Error("she is deactivated here, and not there")
		}
		return
	}
	if _, err := w.login(d, "alice", "TABLET"); err != nil {
		w.Errorf("the next login: %v", err)
	}
	w.agree()
}
