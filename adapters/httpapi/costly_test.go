package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
)

// With the greatest limit that can be configured, no body takes long.
func TestCostlyBodiesAreAnsweredSoon(t *testing.T) {
	const limit = 1 << 20
	d := newDoor(func(a *httpapi.API) { a.Settings.MaxBodyBytes = limit })
	var members strings.Builder
	for i := range 80_000 {
		fmt.Fprintf(&members, `,"%d":1`, i)
	}
	good := strings.TrimSuffix(goodLogin, "}")
	for name, c := range map[string]struct {
		more   string
		status int
	}{
		"80000 members":            {members.String(), 200},
		"100000 digits":            {`,"x":` + strings.Repeat("9", 100_000), 200},
		"a number beyond all":      {`,"x":1e999`, 200},
		"many escapes":             {`,"x":"` + strings.Repeat(`\n`, 400_000) + `"`, 200},
		"one member 80000 times":   {strings.Repeat(`,"x":1`, 80_000), 400},
		"type again":               {`,"type":"org.example.badge"`, 400},
		"200000 levels of lists":   {`,"x":` + strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000), 400},
		"150000 levels of objects": {`,"x":` + strings.Repeat(`{"":`, 150_000) + "1" + strings.Repeat("}", 150_000), 400},
		"brackets that stay open":  {`,"x":` + strings.Repeat("[", 900_000), 400},
		"a string that stays open": {`,"x":"` + strings.Repeat("x", 900_000), 400},
	} {
		body := good + c.more + "}"
		if len(body) > limit {
			t.Fatalf("%s: %d bytes", name, len(body))
		}
		started := time.Now()
		a := d.do(t, "POST", loginPath, body)
		if a.status != c.status || c.status == 400 && a.errcode() == "" || len(a.text) > 500 {
			t.Errorf("%s: %d %.300s", name, a.status, a.text)
		}
		if took := time.Since(started); took > 3*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}
