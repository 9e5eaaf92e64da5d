package contract

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

var userListPromises = []promise{
	{"users' List returns all of each user, in the order of the bytes of their ids", func(t *trial) {
		ids := []domain.UserID{"@A:x", "@AB:x", "@B:x", "@_:x", "@a-b:x", "@a:x", "@ab:x", "@b:x", "@ß:x", "@ä:x", "@\U0001F6AA:x"}
		slices.Sort(ids)
		var want []domain.User
		for _, id := range ids {
			want = append(want, everything(id))
		}
		for _, i := range []int{3, 9, 0, 8, 5, 1, 10, 4, 7, 2, 6} {
			t.create(want[i])
		}
		t.wantUsers(domain.UserQuery{Limit: 100}, len(want), want...)
	}},
	{"users' List passes over the offset, returns at most the limit, and says how many there would be", func(t *trial) {
		t.wantUsers(domain.UserQuery{Limit: 10}, 0)
		all := t.createUsers("@a:x", "@b:x", "@c:x", "@d:x", "@e:x")
		for _, c := range []struct {
			offset, limit int
			want          []domain.User
		}{
			{0, 5, all}, {0, 6, all}, {0, 2, all[:2]}, {2, 2, all[2:4]}, {4, 2, all[4:]}, {1, 1000, all[1:]},
			{5, 2, nil}, {1000, 2, nil}, {0, 0, nil}, {2, 0, nil},
		} {
			t.wantUsers(domain.UserQuery{Offset: c.offset, Limit: c.limit}, 5, c.want...)
		}
		t.wantUsers(domain.UserQuery{Text: "@", Offset: 1, Limit: 2}, 5, all[1:3]...)
		t.wantUsers(domain.UserQuery{Text: "c", Offset: 1, Limit: 2}, 1)
	}},
	{"users' List finds a part of the id or of the display name, whatever the case of A to Z", func(t *trial) {
		names := map[domain.UserID]string{
			"@ab:x":       "cd",
			"@Ef:x":       "Gh IJ",
			"@kelvin:x":   "\u212a", // the Kelvin sign, which is no k
			"@umlaut:x":   "Ärger",
			"@percent:x":  "100%",
			"@under_:x":   "no score",
			"@back:x":     `a\b`,
			"@quote:x":    `it's "it"`,
			"@brackets:x": "[a-z]*?",
		}
		for id, name := range names {
			t.create(domain.User{ID: id, DisplayName: name, CreatedAt: noon})
		}
		for text, want := range map[string][]domain.UserID{
			"ab": {"@ab:x"}, "AB": {"@ab:x"}, "@aB:X": {"@ab:x"}, "cd": {"@ab:x"}, "xc": nil, "x\ncd": nil,
			"eF": {"@Ef:x"}, "gh i": {"@Ef:x"}, "h  i": nil, "H I": {"@Ef:x"},
			"k": {"@back:x", "@brackets:x", "@kelvin:x"}, "\u212a": {"@kelvin:x"},
			"Ärger": {"@umlaut:x"}, "ÄRGER": {"@umlaut:x"}, "ärger": nil, "A\u0308rger": nil,
			"%": {"@percent:x"}, "0%": {"@percent:x"}, "1%0": nil, "%%": nil,
			"_": {"@under_:x"}, "r_:": {"@under_:x"}, "a_:": nil, "__": nil,
			`\`: {"@back:x"}, `a\b`: {"@back:x"}, `\b`: {"@back:x"}, `\\`: nil, `\%`: nil, `\_`: nil,
			"'": {"@quote:x"}, `"`: {"@quote:x"}, "' or ''='": nil,
			"[a-z]": {"@brackets:x"}, "[a]": nil, "*": {"@brackets:x"}, "?": {"@brackets:x"}, "a*b": nil,
			"nothing of all that": nil,
		} {
			t.wantFound(domain.UserQuery{Text: text, Limit: 100}, want)
		}
		t.wantUsers(domain.UserQuery{Text: "", Limit: 0}, len(names))
	}},
	{"users' List leaves out those of whom something is not true", func(t *trial) {
		var all []domain.User
		for i := range 16 {
			all = append(all, domain.User{
				ID: domain.UserID(fmt.Sprintf("@user%02d:x", i)), CreatedAt: noon, DisplayName: fmt.Sprintf("name %d", i%2),
				Admin: i&1 > 0, Guest: i&2 > 0, Locked: i&4 > 0, Deactivated: i&8 > 0,
			})
		}
		t.create(all...)
		choices := []*bool{nil, new(false), new(true)}
		for i := range 3 * 3 * 3 * 3 {
			q := domain.UserQuery{
				Admin: choices[i%3], Guest: choices[i/3%3], Locked: choices[i/9%3], Deactivated: choices[i/27], Limit: 100,
			}
			t.wantFound(q, idsOf(all, q))
		}
		q := domain.UserQuery{Text: "NAME 1", Guest: new(true), Limit: 100}
		t.wantFound(q, idsOf(all, q))
	}},
	{"users' List knows what was changed", func(t *trial) {
		t.createUsers(alice, bob)
		t.change(bob, func(u *domain.User) error { u.DisplayName, u.Locked = "Robert", true; return nil })
		t.wantFound(domain.UserQuery{Text: "robert", Locked: new(true), Limit: 1}, []domain.UserID{bob})
		t.signIn(login(carol, "d", "t"))
		t.wantFound(domain.UserQuery{Locked: new(false), Limit: 9}, []domain.UserID{alice, carol})
	}},
}

// idsOf returns the ids of those of the users that a query asks for.
func idsOf(all []domain.User, q domain.UserQuery) (ids []domain.UserID) {
	is := func(want *bool, is bool) bool { return want == nil || *want == is }
	for _, u := range all {
		if is(q.Admin, u.Admin) && is(q.Guest, u.Guest) && is(q.Locked, u.Locked) && is(q.Deactivated, u.Deactivated) &&
			strings.Contains(strings.ToUpper(u.DisplayName), q.Text) {
			ids = append(ids, u.ID)
		}
	}
	return ids
}

// createUsers creates users of whom only the id is known.
func (t *trial) createUsers(ids ...domain.UserID) (all []domain.User) {
	t.Helper()
	for _, id := range ids {
		all = append(all, domain.User{ID: id, CreatedAt: noon})
	}
	t.create(all...)
	return all
}

// wantUsers wants List to return these users of so many.
func (t *trial) wantUsers(q domain.UserQuery, total int, want ...domain.User) {
	t.Helper()
	got, n, err := t.Users.List(t.Context(), q)
	t.wantError(err, nil)
	t.wantEqual(got, want)
	t.wantEqual(n, total)
}

// wantFound wants List to find these users, and no others.
func (t *trial) wantFound(q domain.UserQuery, want []domain.UserID) {
	t.Helper()
	list, n, err := t.Users.List(t.Context(), q)
	t.wantError(err, nil)
	var got []domain.UserID
	for _, user := range list {
		got = append(got, user.ID)
	}
	if !slices.Equal(got, want) || n != len(want) {
		t.Errorf("%+v: %v, of %d; want %v", q, got, n, want)
	}
}
