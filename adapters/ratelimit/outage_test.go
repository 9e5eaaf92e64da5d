package ratelimit_test

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	miniredisserver "github.com/alicebob/miniredis/v2/server"

	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
)

func TestWhileRedisIsDownMemoryCounts(t *testing.T) {
	clock := newClock()
	redis, server := openRedis(t, nil, clock)
	passes(t, redis, failed, 4)
	server.Close()
	if n := passes(t, redis, failed, 10); n != 5 {
		t.Errorf("%d passed, where the burst in memory is 5", n)
	}
	redis.GiveBack(t.Context(), failed)
	if n := passes(t, redis, failed, 10); n != 1 {
		t.Errorf("%d passed after one was given back", n)
	}
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	clock.advance(ratelimit.Pause)
	if n := passes(t, redis, failed, 10); n != 1 {
		t.Errorf("%d passed when Redis was back, where it had 1 left", n)
	}
}

func TestARedisThatIsDownFromTheStartFailsNothing(t *testing.T) {
	redis, server := openRedis(t, nil, newClock())
	server.Close()
	if n := passes(t, redis, failed, 10); n != 5 {
		t.Errorf("%d passed, where the burst is 5", n)
	}
}

// TestAnOutageIsWarnedAboutOnce goes through two outages; Redis refuses in them.
func TestAnOutageIsWarnedAboutOnce(t *testing.T) {
	clock := newClock()
	redis, server := openRedis(t, nil, clock)
	for outage := range 2 {
		server.SetError("LOADING Redis is loading the dataset in memory")
		for range 5 {
			passes(t, redis, failed, 10)
			redis.GiveBack(t.Context(), failed)
			clock.advance(ratelimit.Pause)
		}
		if n := redis.warnings(); n != 2*outage+1 {
			t.Fatalf("there are %d warnings in outage %d:\n%s", n, outage+1, redis.warned())
		}
		server.SetError("")
		passes(t, redis, failed, 10)
		if n := redis.warnings(); n != 2*outage+2 {
			t.Fatalf("there are %d warnings after outage %d:\n%s", n, outage+1, redis.warned())
		}
	}
}

func TestWhileRedisIsDownOneInAPauseAsks(t *testing.T) {
	clock := newClock()
	redis, server := openRedis(t, nil, clock)
	var asked atomic.Int64
	server.Server().SetPreHook(func(peer *miniredisserver.Peer, command string, _ ...string) bool {
		if command == "EVALSHA" {
			asked.Add(1)
		}
		peer.WriteError("READONLY You can't write against a read only replica.")
		return true
	})
	passes(t, redis, failed, 1)
	for _, step := range []struct {
		later time.Duration
		asked int64
	}{{0, 1}, {ratelimit.Pause - 1, 1}, {1, 2}, {time.Second, 2}, {ratelimit.Pause, 3}} {
		clock.advance(step.later)
		passInParallel(t, failed, redis)
		if n := asked.Load(); n != step.asked {
			t.Errorf("%v later Redis has been asked %d times, where %d were expected", step.later, n, step.asked)
		}
	}
}

func TestAClockThatIsSetBackDoesNotProlongAnOutage(t *testing.T) {
	clock := newClock()
	redis, server := openRedis(t, nil, clock)
	server.SetError("LOADING")
	passes(t, redis, failed, 1)
	server.SetError("")
	clock.advance(-365 * 24 * time.Hour)
	if passes(t, redis, failed, 1); redis.warnings() != 2 {
		t.Errorf("Redis is back and was not asked:\n%s", redis.warned())
	}
}

func TestAfterCloseMemoryCounts(t *testing.T) {
	redis, _ := openRedis(t, nil, newClock())
	if err := redis.Close(); err != nil {
		t.Fatal(err)
	}
	if n := passes(t, redis, failed, 10); n != 5 {
		t.Errorf("%d passed, where the burst is 5", n)
	}
}

// TestARedisThatHangsHoldsNobodyUp speaks to a server that takes connections and
// never says anything. Only here real time passes.
func TestARedisThatHangsHoldsNobodyUp(t *testing.T) {
	redis := joinRedis(t, silentServer(t), nil, newClock())
	began := time.Now()
	if n := passInParallel(t, failed, redis); n != 5 {
		t.Errorf("%d of 100 passed, where the burst is 5", n)
	}
	// All of them wait at the same time; ten times as long is for a slow machine.
	if took := time.Since(began); took < 200*time.Millisecond || took > 2500*time.Millisecond {
		t.Errorf("that took %v, where 250 ms is the limit", took)
	}
	began = time.Now()
	passes(t, redis, failed, 1000)
	if took := time.Since(began); took > 200*time.Millisecond {
		t.Errorf("1,000 more took %v, although Redis was known to hang", took)
	}
	if redis.warnings() != 1 {
		t.Errorf("there is not one warning:\n%s", redis.warned())
	}
}

func silentServer(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			defer connection.Close()
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		group.Wait()
	})
	return listener.Addr().String()
}
