package coverage

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFacts(t *testing.T) {
	f := readFacts(`
-- from and plugin_getenv("commented")
--[==[ user:plugin_getenv("long") ]] ]==]
local a = user:plugin_getenv("hook") .. user:plugin_getenv 'token' .. user:plugin_getenv("hook")
local b = event["subject"] --[[x]] .. [[snippet -- no comment]] .. "-- \" date"
local c = box:metadata_get( "/private/key" ) or user:metadata_get(name)
`)
	if diff := cmp.Diff([]string{"hook", "token"}, f.settings); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"/private/key"}, f.keys); diff != "" {
		t.Error(diff)
	}
	for word, want := range map[string]bool{"subject": true, "snippet": true, "date": true, "from": false, "comment": true, "x": false} {
		if f.words[word] != want {
			t.Errorf("%s: %v", word, f.words[word])
		}
	}
}

func FuzzFacts(f *testing.F) {
	for _, s := range []string{"--", "--[[", "[=[ ]]", `"\`, "'\n'", "[", "a--[==[b]==]c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := withoutComments(s); len(got) > len(s) {
			t.Errorf("%q became %q", s, got)
		}
		readFacts(s)
		if got := withoutComments(strings.ReplaceAll(s, "-", "")); got != strings.ReplaceAll(s, "-", "") {
			t.Errorf("a text without comments was changed: %q", got)
		}
	})
}
