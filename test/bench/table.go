package main

import (
	"fmt"
	"io"
	"strings"
)

// rate writes thousands apart.
func rate(perSecond float64) string {
	if perSecond < 1000 {
		return fmt.Sprintf("%.0f", perSecond)
	}
	return rate(float64(int(perSecond)/1000)) + fmt.Sprintf(",%03d", int(perSecond)%1000)
}

// figure writes nothing for nothing.
func figure(f float64) string {
	if f == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f", f)
}

// writeTable writes a Markdown table whose columns are aligned as text, too.
func writeTable(w io.Writer, columns []string, lines [][]string) {
	widths := make([]int, len(columns))
	all := append([][]string{columns}, lines...)
	for _, line := range all {
		for i, cell := range line {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	fmt.Fprintln(w)
	for n, line := range all {
		writeLine(w, widths, line)
		if n == 0 {
			for _, width := range widths {
				fmt.Fprint(w, "|", strings.Repeat("-", width+2))
			}
			fmt.Fprintln(w, "|")
		}
	}
}

func writeLine(w io.Writer, widths []int, line []string) {
	for i, width := range widths {
		cell := ""
		if i < len(line) {
			cell = line[i]
		}
		fmt.Fprintf(w, "| %s%s ", cell, strings.Repeat(" ", width-len([]rune(cell))))
	}
	fmt.Fprintln(w, "|")
}
