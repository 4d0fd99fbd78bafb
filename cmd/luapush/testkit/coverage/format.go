package coverage

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/luapush/luapush/cmd/luapush/testkit/value"
)

// The formats of a report.
const (
	Summary   = "summary"
	Source    = "text"
	LCOV      = "lcov"
	Cobertura = "cobertura"
	HTML      = "html"
)

// Formats are the names of all formats.
func Formats() []string { return []string{Summary, Source, LCOV, Cobertura, HTML} }

// defaults are the files that formats for programs are written to where nobody
// names one.
var defaults = map[string]string{LCOV: "lcov.info", Cobertura: "cobertura.xml", HTML: "coverage.html"}

// Target is a report that the user asked for.
type Target struct {
	Format string
	// File is where it goes; "" is where the test results go.
	File string
}

// Parse reads targets, each FORMAT or FORMAT=FILE; "" is the summary. A summary
// or text without a file goes where the test results go; the others have a file
// of their own, and "-" sends them there, too. There is always a summary or a
// text for people. The error says what is wrong with the list.
func Parse(list []string) ([]Target, error) {
	var targets []Target
	people := false
	files := map[string]string{}
	for _, item := range list {
		format, file, named := strings.Cut(item, "=")
		if format == "" && !named {
			format = Summary
		}
		switch {
		case !slices.Contains(Formats(), format):
			return nil, fmt.Errorf("there is no coverage format %q; %s", format, value.Meant(format, Formats()))
		case named && file == "":
			return nil, fmt.Errorf("%q names no file: give %s=FILE, or %s alone", item, format, format)
		case !named:
			file = defaults[format]
		case file == "-":
			file = ""
		}
		if file != "" {
			key := filepath.Clean(file)
			if other, taken := files[key]; taken {
				return nil, fmt.Errorf("%s and %s cannot share the file %s: give each its own", other, format, file)
			}
			files[key] = format
		}
		t := Target{Format: format, File: file}
		if slices.Contains(targets, t) {
			continue
		}
		people = people || file == "" && (format == Summary || format == Source)
		targets = append(targets, t)
	}
	if !people {
		targets = slices.Insert(targets, 0, Target{Format: Summary})
	}
	return targets, nil
}

// Options are choices of the formats.
type Options struct {
	// Color marks what was not reached with terminal colours.
	Color bool
	// Now is when the report was made.
	Now time.Time
}

// Write writes the report in a format. The error is that of the writing.
func (r *Report) Write(out io.Writer, format string, o Options) error {
	switch format {
	case Source:
		return r.writeText(out, o)
	case LCOV:
		return r.writeLCOV(out)
	case Cobertura:
		return r.writeCobertura(out, o)
	case HTML:
		return r.writeHTML(out, o)
	}
	return r.writeSummary(out, o)
}

// Threshold is how much must be reached, in percent, by what is counted.
type Threshold struct {
	// Metric is lines, branches, functions or events.
	Metric string
	Least  float64
}

// Metrics are what can have a threshold.
func Metrics() []string { return []string{"lines", "branches", "functions", "events"} }

// ParseThreshold reads N, which is about lines, or METRIC=N.
func ParseThreshold(text string) (Threshold, error) {
	t := Threshold{Metric: "lines"}
	number := text
	if metric, rest, ok := strings.Cut(text, "="); ok {
		t.Metric, number = metric, rest
	}
	if !slices.Contains(Metrics(), t.Metric) {
		return t, fmt.Errorf("%q cannot have a threshold; %s", t.Metric, value.Meant(t.Metric, Metrics()))
	}
	least, err := strconv.ParseFloat(strings.TrimSuffix(number, "%"), 64)
	if err != nil || !(least >= 0 && least <= 100) {
		return t, fmt.Errorf("%q is no percentage: give a number from 0 to 100, such as 80 or branches=70", text)
	}
	t.Least = least
	return t, nil
}

// Below says by how much the report is below a threshold; "" if it is not.
func (t Threshold) Below(r *Report) string {
	totals := r.Totals()
	c := map[string]Counts{
		"lines": totals.Lines, "branches": totals.Branches, "functions": totals.Functions, "events": totals.Events,
	}[t.Metric]
	if c.Percent() >= t.Least {
		return ""
	}
	return fmt.Sprintf("coverage of %s is %s (%d of %d), below the threshold of %s%%", t.Metric, percent(c), c.Hit, c.All,
		strconv.FormatFloat(t.Least, 'f', -1, 64))
}

// percent is a share as people read it: 100% only if nothing is missing.
func percent(c Counts) string {
	p := c.Percent()
	if c.Hit < c.All {
		p = min(p, 99.9)
	}
	if p == float64(int(p)) {
		return strconv.Itoa(int(p)) + "%"
	}
	return strconv.FormatFloat(p, 'f', 1, 64) + "%"
}
