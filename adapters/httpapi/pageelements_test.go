package httpapi

import (
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A pageElement is an element of a page, with the text directly in it.
type pageElement struct {
	name       string
	attributes map[string]string
	text       string
}

var pageCode = regexp.MustCompile(`(?s)(<(style|script)>).*?(</(style|script)>)`)

// pageElements reads a page, whose tags must be in order, but for styles and
// scripts.
func pageElements(t *testing.T, w *httptest.ResponseRecorder) []pageElement {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(pageCode.ReplaceAllString(w.Body.String(), "$1$3")))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var all []pageElement
	var open []int
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%v in %s", err, w.Body)
		}
		switch token := token.(type) {
		case xml.StartElement:
			attributes := map[string]string{}
			for _, a := range token.Attr {
				attributes[a.Name.Local] = a.Value
			}
			open = append(open, len(all))
			all = append(all, pageElement{name: token.Name.Local, attributes: attributes})
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				all[open[len(open)-1]].text += string(token)
			}
		}
	}
}

func elementsNamed(all []pageElement, names ...string) []pageElement {
	return slices.DeleteFunc(slices.Clone(all), func(e pageElement) bool { return !slices.Contains(names, e.name) })
}

// shapeOf returns the elements without what is in them.
func shapeOf(all []pageElement) [][]string {
	var shape [][]string
	for _, e := range all {
		shape = append(shape, append([]string{e.name}, slices.Sorted(maps.Keys(e.attributes))...))
	}
	return shape
}
