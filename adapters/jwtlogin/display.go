package jwtlogin

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/strictjson"
)

// maxShown is how much of a value is shown, in bytes.
const maxShown = 200

// display shows a value that was read; nothing for null.
func display(value strictjson.Value) string {
	if value.IsNull() {
		return ""
	}
	if text, isText := value.Text(); isText {
		return displayText(text)
	}
	text, _ := json.Marshal(value.Any()) // what was read can be written
	return ascii(string(text))
}

func displayText(text string) string { return `"` + ascii(text) + `"` }

// displayTime shows a NumericDate, with the time that it means.
func displayTime(value strictjson.Value) string {
	if number, isNumber := value.Number(); isNumber {
		if at, err := number.Float64(); err == nil {
			return display(value) + " = " + stamp(at)
		}
	}
	return display(value)
}

// displaySpan shows a number of seconds.
func displaySpan(s float64) string {
	return ascii(strconv.FormatFloat(s, 'f', -1, 64)) + " s"
}

// oneOf lists what is accepted; otherwise if that is not listed.
func oneOf(names []string, otherwise string) string {
	if len(names) == 0 {
		return otherwise
	}
	return ascii(strings.Join(names, ", "))
}

// stamp writes a time as RFC 3339 does, if it can.
func stamp(at float64) string {
	const year1, year10000 = -62135596800, 253402300800
	if at < year1 || at >= year10000 {
		return "a time outside the years 1 to 9999"
	}
	whole, fraction := math.Modf(at)
	return time.Unix(int64(whole), int64(fraction*1e9)).UTC().Format(time.RFC3339)
}

// ascii escapes what could deceive whoever reads it, or their terminal, and
// shortens what is long.
func ascii(text string) string {
	quoted := strconv.QuoteToASCII(text)
	quoted = strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
	if len(quoted) > maxShown {
		return quoted[:maxShown] + "..."
	}
	return quoted
}
