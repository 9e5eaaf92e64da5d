package homeserver_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/test/homeserver"
)

const newUser = `{"localpart":"new"}`

func provision(t *testing.T, f *homeserver.Fake) (int, error) {
	t.Helper()
	r, err := request(t, f, "POST", "/_synapse/mas/provision_user", secret, newUser)
	return r.status, err
}

func TestWhatIsOrderedGoesWrong(t *testing.T) {
	for what, c := range map[string]struct {
		fault homeserver.Fault
		want  int // 0: no answer
		done  bool
	}{
		"a status":      {homeserver.Status(500), 500, false},
		"a body":        {homeserver.Answer(200, "rubbish"), 200, false},
		"a broken line": {homeserver.Cut, 0, false},
		"a lost answer": {homeserver.Lost, 0, true},
		"slowness":      {homeserver.Slow(time.Millisecond), 201, true},
	} {
		f := start(t, homeserver.Options{})
		f.Fail("delete_user", 0, homeserver.Status(418))
		f.Fail("provision_user", 1, c.fault)
		// A new connection: Go repeats what fails on one that was kept.
		http.DefaultClient.CloseIdleConnections()
		status, err := provision(t, f)
		if _, done := f.User("new"); status != c.want || done != c.done || (err != nil) != (c.want == 0) {
			t.Errorf("%s: status %d, done %v, %v", what, status, done, err)
		}
		if status, err := provision(t, f); err != nil || status/100 != 2 {
			t.Errorf("%s, but only once: %d, %v", what, status, err)
		}
		for range 3 {
			if r := call(t, f, "POST delete_user", newUser); r.status != 418 {
				t.Errorf("%s: until it is healed: %d", what, r.status)
			}
		}
		f.Heal()
		if r := call(t, f, "POST delete_user", `{"localpart":"new","erase":false}`); r.status != 200 {
			t.Errorf("%s: healed: %d", what, r.status)
		}
	}
}

func TestHanging(t *testing.T) {
	f := start(t, homeserver.Options{})
	f.Fail("", 0, homeserver.Hang)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "POST", f.URL+"/_synapse/mas/provision_user", strings.NewReader(newUser))
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
		t.Errorf("it answered %d", resp.StatusCode)
	}
	f.Heal()
	if status, err := provision(t, f); err != nil || status != 201 {
		t.Errorf("healed: %d, %v", status, err)
	}
}

func TestWaiting(t *testing.T) {
	f := start(t, homeserver.Options{})
	open := make(chan struct{})
	f.Fail("provision_user", 1, homeserver.When(open))
	done := make(chan int)
	go func() {
		status, _ := provision(t, f)
		done <- status
	}()
	select {
	case status := <-done:
		t.Errorf("it did not wait: %d", status)
	case <-time.After(20 * time.Millisecond):
	}
	close(open)
	if status := <-done; status != 201 {
		t.Errorf("status %d", status)
	}
}

func TestDownAndUp(t *testing.T) {
	f := start(t, homeserver.Options{})
	f.Put("alice", homeserver.User{})
	f.Down()
	f.Down()
	if _, err := provision(t, f); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("down: %v", err)
	}
	f.Up()
	f.Up()
	if status, err := provision(t, f); err != nil || status != 201 {
		t.Errorf("up: %d, %v", status, err)
	}
	if diff := cmp.Diff([]string{"alice", "new"}, f.Users()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestCallsAreWrittenDown(t *testing.T) {
	f := start(t, homeserver.Options{})
	f.Fail("provision_user", 1, homeserver.Status(500))
	_, _ = provision(t, f)
	call(t, f, "GET query_user?localpart=a%2Bb", "")
	call(t, f, "POST upsert_device", `{"localpart":"alice","device_id":"D"}`)
	if _, err := request(t, f, "GET", whoami, "", ""); err != nil {
		t.Fatal(err)
	}
	want := []homeserver.Call{
		{Name: "provision_user", Localpart: "new", Body: newUser},
		{Name: "query_user", Localpart: "a+b"},
		{Name: "upsert_device", Localpart: "alice", DeviceID: "D", Body: `{"localpart":"alice","device_id":"D"}`},
	}
	if diff := cmp.Diff(want, f.Calls()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	f.Forget()
	if got := f.Calls(); len(got) > 0 {
		t.Errorf("not forgotten: %v", got)
	}
}
