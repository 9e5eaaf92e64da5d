package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/synapsedb"
)

// withSynapse makes homeserver.db in a fresh working directory, with some users,
// beside a configuration.
func withSynapse(t *testing.T, config string) *synapsedb.DB {
	t.Helper()
	inFolder(t, map[string]string{"doorward.yaml": config})
	db, err := synapsedb.Create(t.Context(), "sqlite:"+filepath.Join(".", "homeserver.db"))
	if err == nil {
		err = db.Fill(t.Context(), 20, "localhost")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestImportSynapse(t *testing.T) {
	db := withSynapse(t, "server_name: localhost\nlog: {level: warn}\n")
	if err := db.Insert(t.Context(), "users", "name", "@bob:elsewhere.example"); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		args string
		says []string
	}{
		{"migrate up", []string{"up to date"}},
		{"import synapse --from sqlite:homeserver.db --dry-run", []string{"nothing was written", "20  users\n", "60  of them signed in"}},
		{"import synapse --from sqlite:homeserver.db", []string{
			"taken over:\n", "20  users\n", "20  of them with a password", "60  devices\n", "20  third-party ids\n",
			"left out:\n", " 1  users of another server", "60  cross-signing keys", "20  older access tokens",
		}},
		{"import synapse --from sqlite:homeserver.db", []string{" 0  users\n", "20  users who are here already\n"}},
		{"user show user7", []string{"@user7:localhost", "User 7", "user7@mail.example", "WEB7"}},
	} {
		code, out, errs := doorward(t, "", strings.Fields(step.args)...)
		if code != 0 || errs != "" {
			t.Fatalf("%s: %d, %s", step.args, code, errs)
		}
		for _, words := range step.says {
			if !strings.Contains(out, words) {
				t.Errorf("%s does not say %q:\n%s", step.args, words, out)
			}
		}
	}
}

func TestImportSynapseForPrograms(t *testing.T) {
	withSynapse(t, "server_name: localhost\nlog: {level: warn}\n")
	code, out, errs := doorward(t, "", "import", "synapse", "--from", "sqlite:homeserver.db", "--json")
	var got importReport
	if err := json.Unmarshal([]byte(out), &got); code != 0 || err != nil {
		t.Fatal(code, errs, err)
	}
	got.Seconds = 0
	want := importReport{Users: 20, Passwords: 20, Devices: 60, Sessions: 60, ThirdPartyIDs: 20, LeftOut: map[domain.LeftOut]int{}}
	for _, l := range leftOut {
		want.LeftOut[l.why] = 0
	}
	want.LeftOut[domain.LeftDeviceHidden], want.LeftOut[domain.LeftTokenReplaced] = 60, 20
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestImportsThatCannotBe(t *testing.T) {
	for _, c := range []struct {
		name, config, from string
		code               int
		says               string
	}{
		{"into memory", "server_name: localhost\nlog: {level: warn}\ndatabase: {url: 'memory:'}\n", "sqlite:homeserver.db", 2, "memory:"},
		{"of another server", "server_name: example.org\nlog: {level: warn}\n", "sqlite:homeserver.db", 1, "of localhost, and server_name is example.org; correct server_name"},
		{"from nowhere", "server_name: localhost\nlog: {level: warn}\n", "sqlite:missing.db", 1, "--from: there is no SQLite file"},
		{"from no database", "server_name: localhost\nlog: {level: warn}\n", "homeserver.db", 1, "--from: the Synapse database must be postgres://"},
		{"from something else", "server_name: localhost\nlog: {level: warn}\n", "sqlite:doorward.yaml", 1, "--from: the Synapse database cannot be read: file is not a database"},
	} {
		t.Run(c.name, func(t *testing.T) {
			withSynapse(t, c.config)
			code, out, errs := doorward(t, "", "import", "synapse", "--from", c.from)
			if code != c.code || !strings.Contains(errs, c.says) || strings.Count(errs, "\n") != 1 || out != "" {
				t.Errorf("%d, %q, %q", code, out, errs)
			}
			if _, err := os.Stat("doorward.db"); err == nil {
				t.Error("a database was made")
			}
		})
	}
	t.Run("a dry run without a database", func(t *testing.T) {
		withSynapse(t, "server_name: localhost\nlog: {level: warn}\n")
		code, _, errs := doorward(t, "", "import", "synapse", "--from", "sqlite:homeserver.db", "--dry-run")
		if _, err := os.Stat("doorward.db"); code != 1 || !strings.Contains(errs, "migrate up") || err == nil {
			t.Errorf("%d, %q, %v", code, errs, err)
		}
	})
	t.Run("from nothing", func(t *testing.T) {
		if code, _, errs := doorward(t, "", "import", "synapse"); code != 2 || !strings.Contains(errs, "--from") {
			t.Errorf("%d, %q", code, errs)
		}
	})
}

// Every reason for leaving something out is told in words.
func TestEveryReasonIsTold(t *testing.T) {
	report := importReport{LeftOut: map[domain.LeftOut]int{}}
	for i, l := range leftOut {
		report.LeftOut[l.why] = i + 1
	}
	var out bytes.Buffer
	if err := report.print(&out); err != nil {
		t.Fatal(err)
	}
	for _, l := range leftOut {
		if l.words == "" || !strings.Contains(out.String(), l.words) {
			t.Errorf("%s is not told:\n%s", l.why, out.String())
		}
	}
}

func TestTheBarIsForTerminals(t *testing.T) {
	var out bytes.Buffer
	shown := &bar{to: &out}
	shown.show(0, 0)
	shown.show(1, 3)
	shown.show(4, 3)
	shown.end()
	if want := "\r[##########....................]  33 %  1 of 3 users\r[##############################] 100 %  3 of 3 users\n"; out.String() != want {
		t.Errorf("got %q", out.String())
	}
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, b := range []*bar{newBar(&out), newBar(file)} {
		b.show(1, 2)
		b.end()
	}
	if info, err := file.Stat(); err != nil || info.Size() != 0 {
		t.Errorf("a file got %d bytes: %v", info.Size(), err)
	}
}
