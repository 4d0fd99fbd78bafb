package config

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGlobFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"a.conf", "b.conf", "c.conf.ext", ".hidden.conf", "d/a.conf", ".d/a.conf", "d/x{y.conf", "e*.conf"} {
		writeFile(t, name, "")
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for pattern, want := range map[string][]string{
		"*.conf":            {"a.conf", "b.conf", "e*.conf"},
		".*.conf":           {".hidden.conf"},
		"{b,a}.conf":        {"b.conf", "a.conf"},
		"{b,{a,c.*},}.conf": {"b.conf", "a.conf"},
		"{a}.conf":          {"a.conf"},
		"[!a].conf":         {"b.conf"},
		"[ab].co?f":         {"a.conf", "b.conf"},
		"*/*.conf":          {"d/a.conf", "d/x{y.conf"},
		"{d,.d}/a.conf":     {"d/a.conf", ".d/a.conf"},
		"d/x{y.conf":        {"d/x{y.conf"},
		`e\*.conf`:          {"e*.conf"},
		"./a.conf":          {"./a.conf"},
		"nosuch.conf":       nil,
		"nosuch/*":          nil,
		here + "/a.conf":    {here + "/a.conf"},
	} {
		got, err := globFiles(pattern)
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", pattern, diff)
		}
	}
	if _, err := globFiles("["); err == nil {
		t.Error("a pattern without an end is fine")
	}
}

// TestBracesAreBounded makes sure that braces cannot fill the memory.
func TestBracesAreBounded(t *testing.T) {
	if got := len(expandBraces(strings.Repeat("{a,b}", 64))); got > 2*maxBraces {
		t.Errorf("%d patterns", got)
	}
	if got := expandBraces("a{b,c}{d,e}"); !slices.Equal(got, []string{"abd", "abe", "acd", "ace"}) {
		t.Errorf("%v", got)
	}
}
