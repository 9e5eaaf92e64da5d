package test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/homeserver"
)

// A cluster is two doors of one database, or one of its own, and their homeserver.
// Its clock can be set while requests are under way.
type cluster struct {
	*delegating
	doors []*door
	ahead *atomic.Int64 // of the real time, in nanoseconds
}

// onClusters runs a scenario on one door of each variant, and on two where they can
// share a database.
func onClusters(t *testing.T, scenario func(t *testing.T, c *cluster)) {
	t.Helper()
	for _, v := range variants {
		for n := 1; n <= 2 && !(n == 2 && v.name == "Memory"); n++ {
			t.Run(fmt.Sprintf("%s, %d doors", v.name, n), func(t *testing.T) {
				scenario(t, newCluster(t, v.url(t), n))
			})
		}
	}
}

func newCluster(t *testing.T, database string, doors int) *cluster {
	t.Helper()
	c := &cluster{ahead: &atomic.Int64{}}
	there := homeserver.New(homeserver.Options{Secret: homeserversSecret, Now: c.clock})
	t.Cleanup(there.Close)
	for range doors {
		d := &door{log: &logBuffer{}}
		d.openAt(t, delegated(confirmable, "synapse", there.URL), database, c.clock)
		c.doors = append(c.doors, d)
	}
	there.Delegate(c.doors[doors-1].url)
	c.delegating = &delegating{door: c.doors[0], there: there, client: &door{url: there.URL}}
	return c
}

func (c *cluster) clock() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// any returns the doors in turn.
func (c *cluster) any(i int) *door { return c.doors[i%len(c.doors)] }

// deliver lets all doors deliver at once what waits, until nothing does.
func (c *cluster) deliver(t *testing.T) {
	t.Helper()
	for range arriveWithin / time.Second {
		var all sync.WaitGroup
		for _, d := range c.doors {
			all.Go(func() { d.API.Delegation.Round(t.Context()) })
		}
		all.Wait()
		if c.waiting(t) == 0 {
			return
		}
		c.ahead.Add(int64(time.Second))
	}
	t.Errorf("%d notices wait for ever", c.waiting(t))
}

// heard returns how often the homeserver was called so.
func (c *cluster) heard(name, localpart string) (n int) {
	for _, call := range c.there.Calls() {
		if call.Name == name && call.Localpart == localpart {
			n++
		}
	}
	return n
}

func TestTenFirstLoginsOfOneUserAtOnce(t *testing.T) {
	onClusters(t, func(t *testing.T, c *cluster) {
		want := make([]string, 10)
		for i := range want {
			want[i] = fmt.Sprintf("DEVICE%d", i)
		}
		tokens := make([]string, len(want))
		var all sync.WaitGroup
		for i := range tokens {
			all.Go(func() { tokens[i] = c.any(i).login(t, corp("alice"), onDevice(want[i])).text("access_token") })
		}
		all.Wait()
		for i, token := range tokens {
			c.wantThere(t, want[i], token, alicesID, want[i])
		}
		c.wantDevicesThere(t, "alice", want...)
		c.wantAgreement(t, "alice")
		if n := c.heard("provision_user", "alice"); n != 1 {
			t.Errorf("she was created %d times", n)
		}
		if n := c.waiting(t); n > 0 {
			t.Errorf("%d notices wait", n)
		}
	})
}

// Of logins on the same device the last one counts.
func TestTenFirstLoginsOnOneDeviceAtOnce(t *testing.T) {
	onClusters(t, func(t *testing.T, c *cluster) {
		answers := make([]answer, 10)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = c.any(i).login(t, corp("alice"), onDevice("PHONE")) })
		}
		all.Wait()
		good := 0
		for _, a := range answers {
			wantAnswer(t, "a login", a, 200, "")
			if c.client.whoami(t, a.text("access_token")).status == 200 {
				good++
			}
		}
		if good != 1 {
			t.Errorf("%d of the tokens are good", good)
		}
		c.wantDevicesThere(t, "alice", "PHONE")
		c.wantAgreement(t, "alice")
	})
}

func TestFiftyLoginsOfTenUsersAtOnce(t *testing.T) {
	onClusters(t, func(t *testing.T, c *cluster) {
		tokens := make([]string, 50)
		var all sync.WaitGroup
		user := func(i int) string { return fmt.Sprintf("user%d", i%10) }
		device := func(i int) string { return fmt.Sprintf("DEVICE%d", i/10) }
		for i := range tokens {
			all.Go(func() {
				tokens[i] = c.any(i/2).login(t, corp(user(i)), onDevice(device(i))).text("access_token")
			})
		}
		all.Wait()
		for i, token := range tokens {
			c.wantThere(t, user(i)+" on "+device(i), token, idOf(user(i)), device(i))
		}
		for i := range 10 {
			c.wantDevicesThere(t, user(i), "DEVICE0", "DEVICE1", "DEVICE2", "DEVICE3", "DEVICE4")
			if n := c.heard("provision_user", user(i)); n != 1 {
				t.Errorf("%s was created %d times", user(i), n)
			}
		}
	})
}

// Logins and logouts of the same devices chase each other. Whatever the last of them
// was, the homeserver has the device if it is here, and its token is good there.
func TestLogoutsAgainstLoginsOnTheSameDevices(t *testing.T) {
	onClusters(t, func(t *testing.T, c *cluster) {
		devices := []string{"PHONE", "TABLET"}
		var last sync.Map // tokens that were got, by device
		var all sync.WaitGroup
		for worker := range 6 {
			all.Go(func() {
				for i := range 6 {
					device := devices[(worker+i)%len(devices)]
					if a := c.any(worker).login(t, corp("alice"), onDevice(device)); a.status == 200 {
						last.Store(fmt.Sprint(device, worker, i), a.text("access_token"))
						if i%3 != worker%3 {
							continue
						}
						a = c.any(worker+1).do(t, "POST", []string{logoutPath, logoutPath + "/all"}[i%2], a.text("access_token"), "")
						if a.status != 200 && a.text("errcode") != "M_UNKNOWN_TOKEN" { // another login took the device
							t.Errorf("a logout: %s", a)
						}
					} else {
						t.Errorf("a login: %s", a)
					}
				}
			})
		}
		all.Wait()
		c.deliver(t)
		c.wantAgreement(t, "alice")
		c.ahead.Add(int64(keeps))
		here, good := c.there.Devices("alice"), []string{}
		last.Range(func(_, token any) bool {
			if a := c.client.whoami(t, token.(string)); a.status == 200 {
				good = append(good, a.text("device_id"))
			}
			return true
		})
		if slices.Sort(good); !slices.Equal(good, here) {
			t.Errorf("the devices are %q, and tokens are good of %q", here, good)
		}
	})
}

// lease gives the user's lease to an instance that does not give it back.
func (c *cluster) lease(t *testing.T, user domain.UserID, until time.Duration) {
	t.Helper()
	now := c.clock()
	if _, err := c.Storage.Repositories().Leases.Take(t.Context(), user, "an instance that died", now, now.Add(until)); err != nil {
		t.Fatal(err)
	}
}

// A lease that an instance left behind when it died holds logins up until it ends by
// the clock, and no longer.
func TestALeaseThatAnInstanceLeftBehind(t *testing.T) {
	t.Parallel()
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, v.url(t), 1)
			for what, until := range map[string]time.Duration{"late": -time.Second, "ahead": 24 * time.Hour} {
				c.lease(t, idOf(what), until)
				c.mustLogin(t, corp(what), onDevice("PHONE"))
			}
			c.lease(t, idOf("patient"), 20*time.Second)
			done := make(chan answer)
			go func() { done <- c.login(t, corp("patient"), onDevice("PHONE")) }()
			select {
			case a := <-done:
				t.Fatalf("it did not wait: %s", a)
			case <-time.After(500 * time.Millisecond):
			}
			c.ahead.Add(int64(20 * time.Second))
			a := <-done
			wantAnswer(t, "when it has ended", a, 200, "")
			c.wantThere(t, "when it has ended", a.text("access_token"), idOf("patient"), "PHONE")

			c.lease(t, idOf("unlucky"), 20*time.Second)
			began := time.Now()
			wantAway(t, "while it has not ended", c.login(t, corp("unlucky"), onDevice("PHONE")), time.Since(began))
			c.wantNothingOf(t, "unlucky")
			c.ahead.Add(int64(20 * time.Second))
			c.mustLogin(t, corp("unlucky"), onDevice("PHONE"))
		})
	}
}

// Nor is anything delivered meanwhile, so that nothing is out of order.
func TestTheWorkerWaitsForALease(t *testing.T) {
	t.Parallel()
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, v.url(t), 1)
			token := c.mustLogin(t, corp("alice"), onDevice("PHONE"))
			c.lease(t, alicesID, 20*time.Second)
			began := time.Now()
			wantAnswer(t, "a logout", c.do(t, "POST", logoutPath, token, ""), 200, "")
			if took := time.Since(began); took > changeWithin {
				t.Errorf("a logout took %s", took)
			}
			wantEnd(t, "after it", c.whoami(t, token), false)
			c.API.Delegation.Round(t.Context())
			c.wantDevicesThere(t, "alice", "PHONE")
			c.ahead.Add(int64(20 * time.Second))
			c.API.Delegation.Round(t.Context())
			c.wantDevicesThere(t, "alice")
		})
	}
}
