package test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/test/postgres"
)

// clients ask at the same time, each on a connection of its own.
const clients = 64

// BenchmarkWhoseToken asks whose tokens are over HTTP, with tokens in memory and
// without, beside a bare Echo handler that answers with as many bytes. The clients are
// part of the process.
func BenchmarkWhoseToken(b *testing.B) {
	bare := echo.New()
	bare.GET(whoamiPath, func(c echo.Context) error {
		return c.JSON(http.StatusOK, map[string]any{"user_id": "@user100:example.org", "device_id": "ABCDEFGHIJ", "is_guest": false})
	})
	bare.POST(introspectPath, func(c echo.Context) error {
		if _, err := io.ReadAll(c.Request().Body); err != nil {
			return err
		}
		return c.JSON(http.StatusOK, map[string]any{
			"active": true, "sub": "@user100:example.org", "username": "user100", "device_id": "ABCDEFGHIJ",
			"scope": "urn:matrix:client:api:* urn:matrix:client:device:ABCDEFGHIJ",
		})
	})
	doors := []benchDoor{{"bare", bare, []string{"x"}}}
	server := postgres.StartFor(b, postgres.Durable...)
	for _, tokens := range []int{65536, 0} {
		name := fmt.Sprint("bench", tokens)
		if err := server.Exec("CREATE DATABASE " + name); err != nil {
			b.Fatal(err)
		}
		doors = append(doors,
			openForBench(b, fmt.Sprint("PostgreSQL-", tokens), server.URL(name), tokens),
			openForBench(b, fmt.Sprint("SQLite-", tokens), "sqlite:"+filepath.Join(b.TempDir(), "doorward.db"), tokens))
	}
	for _, d := range doors {
		b.Run("whoami/"+d.name, func(b *testing.B) { load(b, d, whoamiRequest) })
		b.Run("introspect/"+d.name, func(b *testing.B) { load(b, d, introspectRequest) })
	}
}

// A benchDoor is a handler and the tokens that it knows.
type benchDoor struct {
	name string
	http.Handler
	tokens []string
}

const benchSettings = `
homeserver: {kind: synapse, url: "http://127.0.0.1:1/", secret: %s, issuer: "https://auth.example.org/"}
database: {token_cache: %d}
`

// openForBench opens a door with so many tokens in memory, and 1,000 users who signed in
// before there was a homeserver that delegates.
func openForBench(b *testing.B, name, database string, cache int) benchDoor {
	b.Helper()
	open := func(settings string) *compose.App {
		cfg, err := config.Parse("test", []byte(settings), []string{"DOORWARD_DATABASE_URL=" + database, "DOORWARD_RATE_LIMITS_ENABLED=false"})
		if err != nil {
			b.Fatal(err)
		}
		app, release, err := compose.OpenAt(b.Context(), cfg, time.Now, slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(release)
		return app
	}
	d := benchDoor{name: name}
	h := open(plain).Handler()
	for i := range 1000 {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", loginPath, strings.NewReader(loginBody(jwt(claims{"sub": fmt.Sprint("user", i)})))))
		_, rest, _ := strings.Cut(w.Body.String(), `"access_token":"`)
		token, _, _ := strings.Cut(rest, `"`)
		if token == "" {
			b.Fatal(w.Body)
		}
		d.tokens = append(d.tokens, token)
	}
	app := open(plain + fmt.Sprintf(benchSettings, homeserversSecret, cache))
	d.Handler = app.Handler()
	for store := app.Storage.(*gormstore.Store); cache > 0 && !store.TokenCacheStats().Trusted; {
		time.Sleep(time.Millisecond)
	}
	return d
}

func whoamiRequest(token string) string {
	return "GET " + whoamiPath + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n\r\n"
}

func introspectRequest(token string) string {
	body := "token=" + token + "&token_type_hint=access_token"
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", introspectPath, homeserversSecret, len(body), body)
}

// load sends requests with each of the tokens in turn.
func load(b *testing.B, d benchDoor, request func(token string) string) {
	tokens := d.tokens
	server := httptest.NewServer(d)
	defer server.Close()
	b.SetParallelism(clients / 2)
	b.ReportAllocs()
	before := cpu()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			b.Error(err)
			return
		}
		defer conn.Close()
		answers := bufio.NewReader(conn)
		for i := 0; pb.Next(); i++ {
			if _, err := io.WriteString(conn, request(tokens[i%len(tokens)])); err != nil {
				b.Error(err)
				return
			}
			if err := readAnswer(answers); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(cpu()-before)/float64(b.N), "cpu-ns/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

// cpu is the processor time of the process: other programs cost none of it.
func cpu() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// readAnswer reads an answer, for little money.
func readAnswer(r *bufio.Reader) error {
	length := 0
	for first := true; ; first = false {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first && string(line[9:12]) != "200" {
			return fmt.Errorf("%s", line)
		}
		if name := "Content-Length: "; len(line) > len(name) && string(line[:len(name)]) == name {
			for _, c := range line[len(name) : len(line)-2] {
				length = 10*length + int(c-'0')
			}
		}
		if len(line) == 2 {
			_, err := r.Discard(length)
			return err
		}
	}
}
