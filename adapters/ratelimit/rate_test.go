package ratelimit_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/domain"
)

// TestEachLimitOfTheDomainNeedsARate reads the limits from the domain's source,
// so that a new one cannot be forgotten here.
func TestEachLimitOfTheDomainNeedsARate(t *testing.T) {
	limits := limitsOfTheDomain(t)
	if len(limits) < 6 {
		t.Fatalf("only %q were found", limits)
	}
	for _, limit := range limits {
		incomplete := rates(nil)
		delete(incomplete, limit)
		text := mustPanic(t, func() { ratelimit.NewMemory(incomplete, time.Now) })
		if !strings.Contains(text, strconv.Quote(string(limit))) {
			t.Errorf("without %s the panic says %q", limit, text)
		}
		mustPanic(t, func() { _, _ = ratelimit.NewRedis("redis://localhost", incomplete, time.Now, nil) })
	}
}

func limitsOfTheDomain(t *testing.T) (limits []domain.Limit) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../domain/limits.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		constant, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := constant.Type.(*ast.Ident); ok && name.Name == "Limit" {
			text, err := strconv.Unquote(constant.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			limits = append(limits, domain.Limit(text))
		}
		return true
	})
	return limits
}

func TestARateThatRefillsNothingOrHoldsNothingIsAMistake(t *testing.T) {
	for name, rate := range map[string]ratelimit.Rate{
		"nothing comes back":     {PerSecond: 0, Burst: 1},
		"less than nothing does": {PerSecond: -1, Burst: 1},
		"no number":              {PerSecond: math.NaN(), Burst: 1},
		"nothing fits in":        {PerSecond: 1, Burst: 0},
	} {
		t.Run(name, func(t *testing.T) {
			limits := rates(map[domain.Limit]ratelimit.Rate{domain.LimitRefresh: rate})
			if text := mustPanic(t, func() { ratelimit.NewMemory(limits, time.Now) }); !strings.Contains(text, "refresh") {
				t.Errorf("the panic does not say which limit: %q", text)
			}
		})
	}
}

func TestALimitWithoutARateIsAMistake(t *testing.T) {
	memory := ratelimit.NewMemory(rates(nil), time.Now)
	redis, _ := openRedis(t, nil, newClock())
	bucket := domain.Bucket{Limit: "unheard-of", Key: "k"}
	for name, do := range map[string]func(){
		"Memory.Take":     func() { _ = memory.Take(t.Context(), bucket) },
		"Memory.GiveBack": func() { memory.GiveBack(t.Context(), bucket) },
		"Redis.Take":      func() { _ = redis.Take(t.Context(), bucket) },
		"Redis.GiveBack":  func() { redis.GiveBack(t.Context(), bucket) },
	} {
		if text := mustPanic(t, do); !strings.Contains(text, "unheard-of") {
			t.Errorf("%s: the panic does not say which limit: %q", name, text)
		}
	}
}

// TestExtremeRates holds for all rates that the configuration lets pass.
func TestExtremeRates(t *testing.T) {
	extremes := map[string]ratelimit.Rate{
		"endless":             {PerSecond: math.Inf(1), Burst: 1},
		"huge":                {PerSecond: 1e300, Burst: math.MaxInt},
		"slow":                {PerSecond: 1e-9, Burst: 1},
		"next to nothing":     {PerSecond: 5e-324, Burst: 1},
		"slow, with no limit": {PerSecond: 1e-300, Burst: math.MaxInt32},
	}
	for _, name := range slices.Sorted(maps.Keys(extremes)) {
		t.Run(name, func(t *testing.T) {
			limits := map[domain.Limit]ratelimit.Rate{domain.LimitFailed: extremes[name]}
			redis, server := openRedis(t, limits, newClock())
			memory := ratelimit.NewMemory(rates(limits), newClock().now)
			for range 2 {
				if d := wait(t, memory, failed); d > 367*24*time.Hour {
					t.Errorf("memory says to wait for %v", d)
				}
				if d := wait(t, redis, failed); d > 367*24*time.Hour {
					t.Errorf("Redis says to wait for %v", d)
				}
				redis.GiveBack(t.Context(), failed)
			}
			if server.CommandCount() == 0 || redis.warned() != "" {
				t.Errorf("Redis was not asked, or refused: %q", redis.warned())
			}
		})
	}
}
