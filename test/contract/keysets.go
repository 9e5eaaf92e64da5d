package contract

import (
	"strings"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

const keysURL = "https://login.example.org/keys?a=ß%20"

var keySetPromises = []promise{
	{"the document of a URL comes back byte by byte, with its time", func(t *trial) {
		documents := map[string]string{
			keysURL: `{"keys":[]}`, "https://a.example": "", "https://A.example": "\x00\xff \r\n",
			"https://a.example/": strings.Repeat("k", 1<<20), "https://a.example/%": "ß",
		}
		for url := range documents {
			t.wantNoDocument(url)
		}
		for url, document := range documents {
			t.putDocument(url, document, noon)
		}
		for url, document := range documents {
			t.wantDocument(url, document, noon)
		}
	}},
	{"Put replaces a document, unless it was fetched later, to the millisecond", func(t *trial) {
		t.putDocument(keysURL, "first", noon)
		t.putDocument(keysURL, "second", noon)
		t.wantDocument(keysURL, "second", noon)
		t.putDocument(keysURL, "late", noon.Add(-moment))
		t.wantDocument(keysURL, "second", noon)
		t.putDocument(keysURL, "third", later(moment))
		t.wantDocument(keysURL, "third", later(moment))
		t.putDocument("https://other.example", "other", noon)
		t.wantDocument(keysURL, "third", later(moment))
	}},
	{"what a caller does to a document that it gave or got changes nothing stored", func(t *trial) {
		given := []byte("document")
		t.wantError(t.KeySets.Put(t.Context(), keysURL, given, noon), nil)
		given[0] = 'x'
		got, _, err := t.KeySets.ByURL(t.Context(), keysURL)
		t.wantError(err, nil)
		t.wantEqual(string(got), "document")
		got[0] = 'y'
		t.wantDocument(keysURL, "document", noon)
	}},
	{"of 20 concurrent Puts the one that was fetched last stays", func(t *trial) {
		errs := together(20, func(i int) error {
			return t.KeySets.Put(t.Context(), keysURL, []byte{byte(i)}, later(time.Duration(i)*time.Second))
		})
		for _, err := range errs {
			t.wantError(err, nil)
		}
		t.wantDocument(keysURL, "\x13", later(19*time.Second))
	}},
}

func (t *trial) putDocument(url, document string, fetchedAt time.Time) {
	t.Helper()
	t.wantError(t.KeySets.Put(t.Context(), url, []byte(document), fetchedAt), nil)
}

func (t *trial) wantDocument(url, document string, fetchedAt time.Time) {
	t.Helper()
	got, at, err := t.KeySets.ByURL(t.Context(), url)
	t.wantError(err, nil)
	t.wantEqual(string(got) == document, true)
	t.wantEqual(at, fetchedAt)
}

func (t *trial) wantNoDocument(url string) {
	t.Helper()
	_, _, err := t.KeySets.ByURL(t.Context(), url)
	t.wantError(err, domain.ErrNotFound)
}
