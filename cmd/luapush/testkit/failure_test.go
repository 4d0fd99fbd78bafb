package testkit_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/luapush/luapush/cmd/luapush/testkit"
)

var arrow = regexp.MustCompile(`--> (.*)$`)

// TestFailures runs the files of testdata/failures, whose cases say themselves
// at which line and why they fail.
func TestFailures(t *testing.T) {
	for _, file := range []string{"expect_test.lua", "usage_test.lua"} {
		t.Run(file, func(t *testing.T) {
			path := "testdata/failures/" + file
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(string(source), "\n")
			c := run(t, testkit.Config{Paths: []string{path}})
			if len(c.cases) < 25 {
				t.Errorf("only %d cases", len(c.cases))
			}
			for _, each := range c.cases {
				if len(each.Failures) != 1 {
					t.Errorf("%d failures:\n%s", len(each.Failures), show(each))
					continue
				}
				f := each.Failures[0]
				want := arrow.FindStringSubmatch(lines[max(f.Line, 1)-1])
				if want == nil {
					t.Errorf("it should fail at the line with the arrow:\n%s", show(each))
					continue
				}
				if text := f.Message + "\n" + f.Nearest + "\n" + f.Hint + "\n" + f.Expected; !strings.Contains(text, want[1]) {
					t.Errorf("it should say %q:\n%s", want[1], show(each))
				}
				if f.File != path || f.SourceLine != lines[f.Line-1] {
					t.Errorf("it should show its line:\n%s", show(each))
				}
			}
		})
	}
}
