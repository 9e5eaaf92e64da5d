package memstore

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A layer shows what a map would hold that is changed at once, and what is
// committed stays as it was until commit.
func TestALayerIsAMapThatIsNotCommittedYet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.MapOf(rapid.IntRange(0, 5), rapid.IntRange(0, 5))
		committed := rows.Draw(t, "committed")
		before, want := maps.Clone(committed), maps.Clone(committed)
		rowIs := func(n int) func(int) bool { return func(row int) bool { return row == n } }
		l := layer[int, int]{committed: committed}
		for range rapid.IntRange(0, 10).Draw(t, "changes") {
			n := rapid.IntRange(0, 5).Draw(t, "n")
			switch rapid.IntRange(0, 2).Draw(t, "change") {
			case 0:
				row := rapid.IntRange(0, 5).Draw(t, "row")
				l.set(n, row)
				want[n] = row
			case 1:
				l.remove(n)
				delete(want, n)
			case 2:
				kept := len(want)
				maps.DeleteFunc(want, func(_, row int) bool { return rowIs(n)(row) })
				if removed := l.removeAll(rowIs(n)); removed != kept-len(want) {
					t.Fatalf("%d removed, want %d", removed, kept-len(want))
				}
			}
		}
		if diff := cmp.Diff(want, maps.Collect(l.all())); diff != "" {
			t.Fatal(diff)
		}
		for key := range 6 {
			row, ok := l.get(key)
			if wantRow, wantOK := want[key]; row != wantRow || ok != wantOK {
				t.Fatalf("%d: %d, %t", key, row, ok)
			}
		}
		if diff := cmp.Diff(before, committed); diff != "" {
			t.Fatalf("committed too early: %s", diff)
		}
		if l.commit(); cmp.Diff(want, committed) != "" {
			t.Fatal(cmp.Diff(want, committed))
		}
	})
}
