package openapi

import (
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

//go:embed api
var files embed.FS

// A contract is what the files say.
type contract struct {
	endpoints     []endpoint
	standardError *openapi3.Schema
	challenge     *openapi3.Schema
	terms         *openapi3.Schema
}

// An endpoint is a path, by its segments, and what is done there.
type endpoint struct {
	segments []string
	item     *openapi3.PathItem
}

// specification reads the files once. They are part of the program, so what is
// wrong with them is a mistake in it.
var specification = sync.OnceValue(func() *contract {
	c := &contract{}
	for _, pattern := range []string{"api/client-server/*.yaml", "api/server-server/*.yaml"} {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			panic(err)
		}
		for _, name := range names {
			c.add(load(name))
		}
	}
	c.standardError = schemaAt(c.operation("POST", "/_matrix/client/v3/login"), 403)
	c.challenge = schemaAt(c.operation("POST", "/_matrix/client/v3/register"), 401)
	c.terms = loadSchema("api/client-server/definitions/m.login.terms_params.yaml")
	return c
})

func (c *contract) add(doc *openapi3.T) {
	base := doc.Servers[0].Variables["basePath"].Default
	for name, item := range doc.Paths.Map() {
		c.endpoints = append(c.endpoints, endpoint{strings.Split(base+name, "/"), item})
	}
}

// operation returns what is done at a path by a method; nil: no file says.
func (c *contract) operation(method, path string) *openapi3.Operation {
	for _, name := range stable(path) {
		for _, e := range c.endpoints {
			if e.matches(strings.Split(name, "/")) {
				return e.item.GetOperation(method)
			}
		}
	}
	return nil
}

func (e endpoint) matches(segments []string) bool {
	if len(segments) != len(e.segments) {
		return false
	}
	for i, s := range e.segments {
		if strings.HasPrefix(s, "{") && segments[i] != "" {
			continue
		}
		if s != segments[i] {
			return false
		}
	}
	return true
}

// stable returns the paths under which the files may describe a path: the old
// and the unstable ones are not in them.
func stable(path string) []string {
	const client = "/_matrix/client/"
	rest, ok := strings.CutPrefix(path, client)
	if !ok {
		return []string{path}
	}
	if rest, ok := strings.CutPrefix(rest, "r0/"); ok {
		return []string{client + "v3/" + rest}
	}
	rest, ok = strings.CutPrefix(rest, "unstable/")
	if !ok {
		return []string{path}
	}
	if proposal, after, ok := strings.Cut(rest, "/"); ok && strings.Contains(proposal, ".") {
		rest = strings.Replace(after, proposal+".", "m.", 1)
	}
	return []string{client + "v3/" + rest, client + "v1/" + rest}
}

func newLoader() *openapi3.Loader {
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = true
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, location *url.URL) ([]byte, error) {
		return files.ReadFile(path.Clean(location.Path))
	}
	return loader
}

func load(name string) *openapi3.T {
	doc, err := newLoader().LoadFromURI(&url.URL{Path: name})
	if err != nil {
		panic(fmt.Sprintf("%s: %v", name, err))
	}
	return doc
}

// loadSchema reads a file that is a schema, to which no other refers.
func loadSchema(name string) *openapi3.Schema {
	doc, err := newLoader().LoadFromDataWithPath([]byte(`{"openapi":"3.1.0","info":{"title":"","version":""},"paths":{},`+
		`"components":{"schemas":{"it":{"$ref":"`+name+`"}}}}`), &url.URL{Path: "it.yaml"})
	if err != nil {
		panic(fmt.Sprintf("%s: %v", name, err))
	}
	return doc.Components.Schemas["it"].Value
}
