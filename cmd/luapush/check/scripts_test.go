package check_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/cmd/luapush/check"
)

// root is the repository.
const root = "../../.."

// The findings of whole scripts, as "line rule"; each of them is true.
var documented = map[string][]string{
	"event-code.lua": {
		"19 global-undefined", // True
		"19 http-setting",     // timeout
		"46 global-assign",    // reqbody
		"47 event-name-lost",
		"58 float-text", "58 float-text", "58 float-text", // recent, unseen, messages
		"59 event-name-lost",
	},
	"simple.lua": {
		"6 global-undefined", // True
		"6 http-setting",     // timeout
		"25 global-assign",   // r
		"26 status-division",
	},
}

// documentedOn24 are those that 2.4 adds, in the same files.
var documentedOn24 = map[string]string{"event-code.lua": "24 release-api", "simple.lua": "16 release-api"}

func lines(findings []check.Finding) []string {
	var list []string
	for _, f := range findings {
		list = append(list, fmt.Sprintf("%d %s", f.Line, f.Rule))
	}
	return list
}

// TestDocumentedScripts checks the two scripts of Dovecot's documentation,
// which stand beside the repository.
func TestDocumentedScripts(t *testing.T) {
	for name, want := range documented {
		path := filepath.Join(root, "..", "shared", "documented", name)
		source, err := os.ReadFile(path)
		if err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("the documented scripts must be there in CI: %v", err)
			}
			t.Skipf("THE DOCUMENTED SCRIPTS ARE NOT CHECKED: %v", err)
		}
		got := check.Check(path, string(source), check.Options{})
		if diff := cmp.Diff(want, lines(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		got = check.Check(path, string(source), check.Options{Releases: releases(t, "2.3", "2.4")})
		if !slices.Contains(lines(got), documentedOn24[name]) {
			t.Errorf("%s on 2.4: no %s in %v", name, documentedOn24[name], lines(got))
		}
		for _, f := range got {
			if f.Rule == "http-setting" && f.Severity != check.Warning {
				t.Errorf("%s: the first release that is wrong decides: %v", name, f)
			}
		}
		for _, f := range check.Check(path, string(source), check.Options{Releases: releases(t, "2.4")}) {
			if f.Rule == "http-setting" && f.Severity != check.Error {
				t.Errorf("%s: timeout is an error on 2.4: %v", name, f)
			}
		}
	}
}

// TestShippedScripts checks what the repository ships: nothing is wrong with
// it.
func TestShippedScripts(t *testing.T) {
	checked := 0
	for _, pattern := range []string{"examples/*/*.lua", "scripts/*.lua", "scripts/*/*.lua"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.lua") {
				continue
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			checked++
			for _, f := range check.Check(file, string(source), check.Options{}) {
				t.Errorf("%s:%d:%d: %s: %s", f.File, f.Line, f.Column, f.Rule, f.Message)
			}
		}
	}
	if checked < 4 {
		t.Errorf("only %d scripts were found", checked)
	}
}

// TestPublicManner checks scripts in the manner of public ones; the files say in
// their comments, as those of testdata/rules do, what is to be found.
func TestPublicManner(t *testing.T) {
	files, err := filepath.Glob("testdata/scripts/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			for _, c := range readChunks(t, file) {
				testChunk(t, "", c)
			}
		})
	}
}
