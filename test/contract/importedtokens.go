package contract

import "github.com/seed-31b6c987/doorward/domain"

var importedTokenPromises = []promise{
	{"imported tokens are found by their hashes, and are the first of those that were added", func(t *trial) {
		first := domain.ImportToken(domain.AccessToken, "foreign", "abcdefghijklmnopqrstuv")
		any, err := t.ImportedTokens.Any(t.Context())
		t.wantError(err, nil)
		t.wantEqual(any, false)
		t.wantError(t.ImportedTokens.Add(t.Context(), []domain.ImportedToken{first}), nil)
		t.wantError(t.ImportedTokens.Add(t.Context(), []domain.ImportedToken{domain.ImportToken(domain.AccessToken, "foreign", "ABCDEFGHIJKLMNOPQRSTUV")}), nil)
		got, err := t.ImportedTokens.ByHash(t.Context(), token("foreign"))
		t.wantError(err, nil)
		t.wantEqual(got, first)
		_, err = t.ImportedTokens.ByHash(t.Context(), token("other"))
		t.wantError(err, domain.ErrNotFound)
		any, err = t.ImportedTokens.Any(t.Context())
		t.wantError(err, nil)
		t.wantEqual(any, true)
	}},
	{"imported tokens' DeleteEnded deletes those whose sessions have ended, and says how many", func(t *trial) {
		t.createUsers(alice)
		t.signIn(login(alice, "d", "d"))
		t.signIn(login(alice, "e", "e"))
		t.wantError(t.ImportedTokens.Add(t.Context(), []domain.ImportedToken{
			{Hash: token("1"), Session: session("d")}, {Hash: token("2"), Session: session("d")}, {Hash: token("3"), Session: session("e")},
		}), nil)
		for _, want := range []int{0, 2, 0} {
			t.wantEqual(t.deleteEnded(), want)
			t.signIn(login(alice, "d", "another"))
		}
		_, err := t.ImportedTokens.ByHash(t.Context(), token("1"))
		t.wantError(err, domain.ErrNotFound)
		_, err = t.ImportedTokens.ByHash(t.Context(), token("3"))
		t.wantError(err, nil)
	}},
	{"of many imported tokens DeleteEnded deletes each whose session has ended", func(t *trial) {
		t.createUsers(alice)
		const many = 12000
		var tokens []domain.ImportedToken
		for i, name := range names("token", many) {
			of := "d"
			if i%3 == 0 {
				of = "ended"
			}
			tokens = append(tokens, domain.ImportedToken{Hash: token(name), Session: session(of)})
		}
		t.signIn(login(alice, "d", "d"))
		t.wantError(t.ImportedTokens.Add(t.Context(), tokens), nil)
		t.wantEqual(t.deleteEnded(), many/3)
		t.wantEqual(t.deleteEnded(), 0)
		for i, token := range tokens[:30] {
			_, err := t.ImportedTokens.ByHash(t.Context(), token.Hash)
			want := error(nil)
			if i%3 == 0 {
				want = domain.ErrNotFound
			}
			t.wantError(err, want)
		}
	}},
}

var importProgressPromises = []promise{
	{"the progress of an import is kept until it is deleted, and changed by nobody else", func(t *trial) {
		_, err := t.Imports.Progress(t.Context(), "one")
		t.wantError(err, domain.ErrNotFound)
		for _, next := range []string{"@bob:example.org", "@carol:example.org"} {
			want := domain.ImportProgress{Source: "one", Next: next, Counts: domain.ImportCounts{
				Seen: 7, Users: 6, Locked: 5, Passwords: 4, Devices: 3, Sessions: 2, ThirdPartyIDs: 1,
				Left: map[domain.LeftOut]int{domain.LeftAddressTaken: 9},
			}}
			put := want
			put.Counts = want.Counts.Plus(domain.ImportCounts{})
			t.wantError(t.Imports.PutProgress(t.Context(), put), nil)
			put.Counts.Left[domain.LeftUserThere] = 1
			for range 2 {
				got, err := t.Imports.Progress(t.Context(), "one")
				t.wantError(err, nil)
				t.wantEqual(got, want)
				got.Counts.Left[domain.LeftUserThere] = 1
			}
		}
		t.wantError(t.Imports.DeleteProgress(t.Context(), "another"), nil)
		_, err = t.Imports.Progress(t.Context(), "one")
		t.wantError(err, nil)
		t.wantError(t.Imports.DeleteProgress(t.Context(), "one"), nil)
		_, err = t.Imports.Progress(t.Context(), "one")
		t.wantError(err, domain.ErrNotFound)
	}},
}

// deleteEnded has all imported tokens looked at, and returns how many were deleted.
func (t *trial) deleteEnded() (all int) {
	t.Helper()
	for after := (domain.TokenHash{}); ; {
		next, n, err := t.ImportedTokens.DeleteEnded(t.Context(), after)
		t.wantError(err, nil)
		all += n
		if after = next; next == (domain.TokenHash{}) {
			return all
		}
	}
}
