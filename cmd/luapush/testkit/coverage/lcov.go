package coverage

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// writeLCOV writes the tracefile of lcov (geninfo's manual, "files"), which
// genhtml, editors and coverage services read.
func (r *Report) writeLCOV(out io.Writer) error {
	b := bufio.NewWriter(out)
	line := func(format string, args ...any) {
		_, _ = fmt.Fprintf(b, format+"\n", args...) // the writer keeps its first error
	}
	for i := range r.Files {
		f := &r.Files[i]
		t := f.Totals()
		line("TN:luapush")
		line("SF:%s", filepath.ToSlash(f.Name))
		names := f.functionNames()
		for i, fn := range f.Functions {
			line("FN:%d,%s", fn.Line, names[i])
		}
		for i, fn := range f.Functions {
			line("FNDA:%d,%s", fn.Hits, names[i])
		}
		line("FNF:%d\nFNH:%d", t.Functions.All, t.Functions.Hit)
		block, last := -1, 0
		for _, site := range f.sites() {
			if site[0].Line != last {
				block, last = -1, site[0].Line
			}
			block++
			// A place that was never come to has no ways that were not taken.
			hits, _ := f.hitsAt(site[0].Line)
			never := hits == 0 && site.counts().Hit == 0
			for arm, branch := range site {
				if never {
					line("BRDA:%d,%d,%d,-", branch.Line, block, arm)
				} else {
					line("BRDA:%d,%d,%d,%d", branch.Line, block, arm, branch.Hits)
				}
			}
		}
		line("BRF:%d\nBRH:%d", t.Branches.All, t.Branches.Hit)
		for _, l := range f.Lines {
			line("DA:%d,%d", l.Number, l.Hits)
		}
		line("LF:%d\nLH:%d\nend_of_record", t.Lines.All, t.Lines.Hit)
	}
	return b.Flush()
}

// functionNames are names of which each is the file's only one.
func (f *File) functionNames() []string {
	seen := map[string]int{}
	for _, fn := range f.Functions {
		seen[fn.Name]++
	}
	list := make([]string, len(f.Functions))
	for i, fn := range f.Functions {
		list[i] = strings.NewReplacer(",", ";", "\n", " ").Replace(fn.Name)
		switch {
		case fn.Name == "":
			list[i] = fmt.Sprintf("anonymous@%d:%d", fn.Line, fn.Column)
		case seen[fn.Name] > 1:
			list[i] += fmt.Sprintf("@%d:%d", fn.Line, fn.Column)
		}
	}
	return list
}
