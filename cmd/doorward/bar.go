package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// A bar shows how far something is, on a terminal, and nothing anywhere else.
type bar struct {
	to    io.Writer // nil: it is no terminal
	shown bool
}

func newBar(to io.Writer) *bar {
	if file, ok := to.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode()&fs.ModeCharDevice != 0 {
			return &bar{to: to}
		}
	}
	return &bar{}
}

const barWidth = 30

// show shows that so many of all are done.
func (b *bar) show(done, all int) {
	if b.to == nil || all == 0 {
		return
	}
	b.shown = true
	done = min(done, all)
	full := done * barWidth / all
	fmt.Fprintf(b.to, "\r[%s%s] %3d %%  %d of %d users", strings.Repeat("#", full), strings.Repeat(".", barWidth-full),
		done*100/all, done, all)
}

// end ends the line of the bar.
func (b *bar) end() {
	if b.shown {
		fmt.Fprintln(b.to)
	}
}
