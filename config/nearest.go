package config

import "strings"

// nearest returns the known name that a mistyped one is probably meant to be.
func nearest(name string, known []string) (string, bool) {
	if len(name) > 2*maxShown {
		return "", false
	}
	best, least := "", 1+min(2, len(name)/3)
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best, best != ""
}

// distance is the least number of bytes to insert, drop or replace, and of
// neighbours to swap, that turn a into b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			replaced := last[j]
			if a[i] != b[j] {
				replaced++
			}
			row[j+1] = min(replaced, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// maxShown is how much of an unknown name a fault shows, in bytes.
const maxShown = 40

// shown returns the beginning of an unknown name that looks like a name. What
// follows may be a secret, as in {secret:hunter2} without its space.
func shown(name string) string {
	if name == "" {
		return `""`
	}
	end := strings.IndexFunc(name, func(c rune) bool {
		return c != '_' && c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	})
	if end < 0 {
		end = len(name)
	}
	if end = min(end, maxShown); end == len(name) {
		return name
	}
	return name[:end] + "…"
}
