package report

import (
	"fmt"
	"time"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// progress is the line at the bottom that says how far the run is.
type progress struct {
	file         string
	files, cases int
	bad          int
	shown        bool
	last         time.Time
}

// progressEvery is how often the line is written anew.
const progressEvery = 100 * time.Millisecond

// hideProgress takes the line away, for another one in its place.
func (p *pretty) hideProgress() {
	if p.progress.shown {
		_, _ = p.out.WriteString("\r\x1b[K") // the first error stays with the writer, and End gives it
		p.progress.shown = false
	}
}

// showProgress writes the line anew where it was hidden, and otherwise at most
// every tenth of a second.
func (p *pretty) showProgress(c *result.Case) {
	if !p.options.Progress {
		return
	}
	g := &p.progress
	g.cases++
	if c.Status.Bad() {
		g.bad++
	}
	if c.File != g.file {
		g.file = c.File
		g.files++
	}
	now := p.options.Now()
	if g.shown && now.Sub(g.last) < progressEvery {
		return
	}
	g.last, g.shown = now, true
	text := fmt.Sprintf("%s, %d of %s", count(g.cases, "case"), min(g.files, p.run.Files), count(p.run.Files, "file"))
	if g.bad > 0 {
		text += ", " + p.color(red, fmt.Sprintf("%d failed", g.bad))
	}
	_, _ = p.out.WriteString("\r" + text + "\x1b[K")
}
