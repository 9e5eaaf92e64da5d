package test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/seed-31b6c987/doorward/"

// mayImport says which of our packages a package may import, tests aside. A
// package that is not in it fails the test.
var mayImport = map[string][]string{
	"domain":                   {},
	"ports":                    {"domain"},
	"application":              {"domain", "ports"},
	"config":                   {},
	"config/foreign":           {},
	"adapters/strictjson":      {},
	"adapters/metrics":         {"domain"},
	"adapters/addresses":       {"domain"},
	"adapters/identifier":      {"domain", "ports"},
	"adapters/memstore":        {"domain", "ports"},
	"adapters/gormstore":       {"domain", "ports"},
	"adapters/ratelimit":       {"domain"},
	"adapters/jwtlogin":        {"domain", "adapters/strictjson"},
	"adapters/keys":            {"domain", "adapters/strictjson"},
	"adapters/password":        {"domain", "ports", "adapters/identifier"},
	"adapters/logintoken":      {"domain", "ports"},
	"adapters/appservice":      {"domain"},
	"adapters/appservicelogin": {"domain", "ports", "adapters/identifier"},
	"adapters/synapse":         {"domain"},
	"adapters/homeserver":      {"domain", "adapters/strictjson"},
	"adapters/httpapi":         {"domain", "application", "adapters/strictjson", "adapters/addresses"},
	"test":                     {},
	"test/bench":               {"domain", "adapters/gormstore", "adapters/jwtlogin", "test/postgres"},
	"test/contract":            {"domain", "ports"},
	"test/docs":                {},
	"test/homeserver":          {"adapters/strictjson"},
	"test/openapi":             {},
	"test/postgres":            {},
	"test/proxy":               {},
	"test/soak":                {},
	"test/synapse":             {},
	"test/synapsedb":           {},
	"cmd/doorward":             {"*"},
	"cmd/doorward/compose":     {"*"},
}

// mayLive says which of our packages may import a package of others, by the
// beginning of its path. One that is not in it fails the test.
var mayLive = map[string][]string{
	"gorm.io/":                            {"adapters/gormstore"},
	"github.com/jackc/pgx/":               {"adapters/gormstore", "adapters/synapse", "test/bench", "test/postgres", "test/synapsedb"},
	"github.com/mattn/go-sqlite3":         {"adapters/gormstore", "test/bench", "adapters/synapse", "test/synapsedb"},
	"github.com/pressly/goose/":           {"adapters/gormstore"},
	"github.com/labstack/echo/":           {"adapters/httpapi", "test/bench"},
	"github.com/golang-jwt/jwt/":          {"adapters/jwtlogin", "test/bench"},
	"github.com/go-jose/go-jose/":         {"adapters/keys"},
	"github.com/prometheus/client_golang": {"adapters/metrics"},
	"github.com/goccy/go-yaml":            {"config", "config/foreign"},
	"github.com/pelletier/go-toml/":       {"config/foreign"},
	"github.com/alecthomas/kong":          {"cmd/doorward"},
	"github.com/google/wire":              {"cmd/doorward/compose"},
	"github.com/google/go-cmp/":           {"test/contract"},
	"github.com/getkin/kin-openapi/":      {"test/openapi"},
	"github.com/nyaruka/phonenumbers":     {"adapters/addresses"},
	"github.com/redis/go-redis/":          {"adapters/ratelimit"},
	"github.com/go-redis/redis_rate/":     {"adapters/ratelimit"},
	"golang.org/x/text/":                  {"adapters/addresses", "adapters/password"},
	"golang.org/x/crypto/":                {"adapters/password", "test/bench"},
	"golang.org/x/time/":                  {"adapters/ratelimit"},
}

type goPackage struct {
	ImportPath, Dir string
	GoFiles         []string
	Imports         []string
	Standard        bool
}

func TestImportsFollowTheArchitecture(t *testing.T) {
	for _, p := range goPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		allowed, known := mayImport[name]
		if !known {
			t.Errorf("%s is not in the table: say what it may import", name)
		}
		for _, path := range p.Imports {
			if ours, ok := strings.CutPrefix(path, module); ok {
				if !slices.Contains(allowed, ours) && !slices.Contains(allowed, "*") {
					t.Errorf("%s imports %s", name, ours)
				}
			} else if strings.Contains(strings.Split(path, "/")[0], ".") {
				checkOthers(t, name, path)
			}
		}
	}
}

func checkOthers(t *testing.T, name, path string) {
	for prefix, homes := range mayLive {
		if strings.HasPrefix(path, prefix) {
			if !slices.Contains(homes, name) {
				t.Errorf("%s imports %s, which may live only in %v", name, path, homes)
			}
			return
		}
	}
	t.Errorf("%s imports %s, which is not in the table: say where it may live", name, path)
}

func TestDomainHasNoStructTags(t *testing.T) {
	eachFile(t, func(name string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok && field.Tag != nil && name == "domain" {
				t.Errorf("domain: struct tag %s", field.Tag.Value)
			}
			return true
		})
	})
}

func TestOnlyTheCompositionReadsTheClock(t *testing.T) {
	eachFile(t, func(name string, file *ast.File) {
		if name == "cmd/doorward/compose" || strings.HasPrefix(name, "test/") {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "time" &&
					slices.Contains([]string{"Now", "Since", "Until"}, sel.Sel.Name) {
					t.Errorf("%s: time.%s", name, sel.Sel.Name)
				}
			}
			return true
		})
	})
}

func TestTheTopLevelIsTheArchitecture(t *testing.T) {
	entries, err := filepath.Glob("../*")
	if err != nil {
		t.Fatal(err)
	}
	allowed := strings.Fields("go.mod go.sum domain application adapters ports cmd config test Makefile README.md LICENSE")
	for _, entry := range entries {
		if name := filepath.Base(entry); name[0] != '.' && !slices.Contains(allowed, name) && !ignored(t, name) {
			t.Errorf("%s does not belong there", name)
		}
	}
}

// ignored says whether .gitignore names an entry of the top level.
func ignored(t *testing.T, name string) bool {
	t.Helper()
	text, err := os.ReadFile("../.gitignore")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Fields(string(text)) {
		if match, _ := path.Match(strings.Trim(line, "/"), name); match {
			return true
		}
	}
	return false
}

// eachFile visits the files of all our packages, tests aside.
func eachFile(t *testing.T, visit func(name string, file *ast.File)) {
	t.Helper()
	for _, p := range goPackages(t) {
		for _, base := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, base), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			visit(strings.TrimPrefix(p.ImportPath, module), file)
		}
	}
}

func goPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		switch err := decoder.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages
		case err != nil:
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}
