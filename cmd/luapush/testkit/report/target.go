package report

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/luapush/luapush/cmd/luapush/testkit/value"
)

// The formats.
const (
	Pretty = "pretty"
	TAP    = "tap"
	JUnit  = "junit"
	JSON   = "json"
	GitHub = "github"
)

// Formats are the names of all formats.
func Formats() []string { return []string{Pretty, TAP, JUnit, JSON, GitHub} }

// Target is a report that the user asked for.
type Target struct {
	// Format is one of Formats.
	Format string
	// File is where it goes; "" is standard output.
	File string
}

// standard tells whether the target takes standard output.
func (t Target) standard() bool { return t.File == "" || t.File == "-" || t.File == "/dev/stdout" }

// Parse reads targets, each NAME or NAME=FILE. A file "-" is standard output,
// "/dev/stderr" is standard error. Unless one of them takes standard output, the
// pretty report does and comes first. The error says what is wrong with the
// list.
func Parse(list []string) ([]Target, error) {
	var targets []Target
	out := ""
	files := map[string]string{}
	for _, item := range list {
		name, file, named := strings.Cut(item, "=")
		t := Target{Format: name, File: file}
		switch {
		case !slices.Contains(Formats(), name):
			return nil, unknown(name)
		case named && file == "":
			return nil, fmt.Errorf("%q names no file: give %s=FILE, or %s alone for standard output", item, name, name)
		case t.standard() && out != "":
			return nil, fmt.Errorf("%s and %s cannot both have standard output: give one of them a file, such as %s=FILE", out, name, name)
		case t.standard():
			out = name
		default:
			key := filepath.Clean(file)
			if other, taken := files[key]; taken {
				return nil, fmt.Errorf("%s and %s cannot share the file %s: give each its own", other, name, file)
			}
			files[key] = name
		}
		targets = append(targets, t)
	}
	if out == "" {
		targets = slices.Insert(targets, 0, Target{Format: Pretty})
	}
	return targets, nil
}

func unknown(name string) error {
	return fmt.Errorf("there is no report %q; %s", name, value.Meant(name, Formats()))
}
