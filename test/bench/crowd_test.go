package main

import (
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestCrowdsHaveTokensOfTheRealForm(t *testing.T) {
	seen := map[domain.SessionID]bool{}
	for user := range 100 {
		for device := range crowdDevices {
			access := crowdToken(domain.AccessToken, user, device)
			refresh := crowdToken(domain.RefreshToken, user, device)
			if _, err := domain.ParseToken(domain.AccessToken, string(access)); err != nil {
				t.Fatal(access, err)
			}
			if _, err := domain.ParseToken(domain.RefreshToken, string(refresh)); err != nil {
				t.Fatal(refresh, err)
			}
			if id := access.Session(); id != refresh.Session() || seen[id] {
				t.Fatalf("%s and %s", access, refresh)
			}
			seen[access.Session()] = true
		}
	}
}

func TestEverybodyIsMadeOnce(t *testing.T) {
	for _, size := range []int{1, 2, 5000, 999_983, 1_000_003} {
		c, seen := &crowd{size: size}, make([]bool, size)
		for i := range size {
			n := i * c.step() % size
			if seen[n] {
				t.Fatalf("of %d, %d is made twice", size, n)
			}
			seen[n] = true
		}
	}
}

func TestTheActiveAreAmongAll(t *testing.T) {
	c, seen := &crowd{size: 1_000_003, active: 1000}, map[int]bool{}
	for i := range c.active {
		n := c.number(i)
		if n < 0 || n >= c.size || seen[n] {
			t.Fatal(n)
		}
		seen[n] = true
	}
	if !seen[c.anybody()] {
		t.Error("somebody is active who is not")
	}
}
