package foreign

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// plainText is a text that needs no quotes in YAML, unless it is a word that
// means something.
var plainText = regexp.MustCompile(`^[A-Za-z]+(://)?[A-Za-z0-9._/-]*$`)

// yamlText returns a text as YAML has it.
func yamlText(s string) string {
	words := []string{"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
	if plainText.MatchString(s) && !slices.Contains(words, strings.ToLower(s)) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case strconv.IsPrint(c):
			b.WriteRune(c)
		case c > 0xffff:
			fmt.Fprintf(&b, `\U%08X`, c)
		default:
			fmt.Fprintf(&b, `\u%04X`, c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// yamlTexts returns a list of texts as YAML has it.
func yamlTexts(list []string) string {
	items := make([]string, len(list))
	for i, s := range list {
		items[i] = yamlText(s)
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// yamlBlock returns a text of several lines, such as PEM, as YAML has it.
func yamlBlock(s string) string {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	if strings.ContainsFunc(s, func(c rune) bool { return c != '\n' && (c < ' ' || c > '~') }) {
		return yamlText(s)
	}
	return "|\n" + s
}

// yamlSpan returns a duration as an operator would write it.
func yamlSpan(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// yamlLimit returns a bucket of attempts.
func yamlLimit(perSecond, burst float64) string {
	return fmt.Sprintf("{per_second: %s, burst: %.0f}", strconv.FormatFloat(perSecond, 'f', -1, 64), burst)
}
