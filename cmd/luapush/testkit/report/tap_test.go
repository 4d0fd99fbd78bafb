package report_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/luapush/luapush/cmd/luapush/testkit/report"
)

var (
	tapPoint = regexp.MustCompile(`^(not )?ok (\d+) - (?:[^\\#]|\\[\\#])*(?:# (SKIP|TODO).*)?$`)
	tapPlan  = regexp.MustCompile(`^1\.\.(\d+)( # SKIP .*)?$`)
	yamlLine = regexp.MustCompile(`^ *(?:- )?(?:("(?:[^"\\]|\\.)*"|[a-z_]+):(?: .*)?|-|"(?:[^"\\]|\\.)*")$`)
	yamlText = regexp.MustCompile(`: \|2$`)
)

// checkTAP reads a report line by line: the version, then at each depth numbered
// points, comments, YAML blocks and one plan that counts the points.
func checkTAP(text string) error {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if lines[0] != "TAP version 14" {
		return fmt.Errorf("line 1 is %q", lines[0])
	}
	r := tapReader{lines: lines, at: 1}
	return r.level("")
}

type tapReader struct {
	lines []string
	at    int
}

func (r *tapReader) level(indent string) error {
	points := 0
	for ; r.at < len(r.lines); r.at++ {
		line := r.lines[r.at]
		if strings.HasPrefix(line, indent+"    ") {
			if err := r.level(indent + "    "); err != nil {
				return err
			}
			r.at--
			continue
		}
		own, ok := strings.CutPrefix(line, indent)
		switch {
		case !ok:
			return fmt.Errorf("line %d: %q ends a level without a plan", r.at+1, line)
		case strings.HasPrefix(own, "# "):
		case own == "  ---":
			if err := r.block(indent + "  "); err != nil {
				return err
			}
		case strings.HasPrefix(own, "Bail out!"):
			return nil
		case tapPlan.MatchString(own):
			if m := tapPlan.FindStringSubmatch(own); m[1] != fmt.Sprint(points) {
				return fmt.Errorf("line %d: %d points, planned %s", r.at+1, points, m[1])
			}
			if indent != "" {
				r.at++
				return nil
			}
		default:
			points++
			if m := tapPoint.FindStringSubmatch(own); m == nil || m[2] != fmt.Sprint(points) {
				return fmt.Errorf("line %d: %q is not point %d", r.at+1, own, points)
			}
		}
	}
	return nil
}

// block reads a YAML block.
func (r *tapReader) block(indent string) error {
	inText := ""
	for r.at++; r.at < len(r.lines); r.at++ {
		line := r.lines[r.at]
		own, ok := strings.CutPrefix(line, indent)
		switch {
		case !ok:
			return fmt.Errorf("line %d: %q is not indented", r.at+1, line)
		case inText != "" && strings.HasPrefix(line, inText):
			continue
		case own == "...":
			return nil
		case !yamlLine.MatchString(own):
			return fmt.Errorf("line %d: %q is no YAML", r.at+1, own)
		}
		inText = ""
		if yamlText.MatchString(own) {
			inText = strings.Repeat(" ", len(line)-len(strings.TrimLeft(line, " "))+2)
		}
	}
	return fmt.Errorf("the YAML block does not end")
}

func TestTAPIsValid(t *testing.T) {
	var b bytes.Buffer
	play(t, report.NewTAP(&b))
	if err := checkTAP(b.String()); err != nil {
		t.Error(err)
	}
	for _, wrong := range []string{"TAP version 13\n", "TAP version 14\nok 2 - x\n1..1\n", "TAP version 14\nok 1 - x\n1..2\n", "TAP version 14\nok 1 - x\n  ---\nx\n"} {
		if checkTAP(wrong) == nil {
			t.Errorf("the check takes %q", wrong)
		}
	}
}
