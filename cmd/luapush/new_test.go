package main

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/cmd/luapush/template"
)

// TestNewOffersTheTemplatesThereAre keeps the flag and the folder together.
func TestNewOffersTheTemplatesThereAre(t *testing.T) {
	field, ok := reflect.TypeFor[newCommand]().FieldByName("Template")
	if !ok {
		t.Fatal("there is no flag --template")
	}
	offered := strings.Split(field.Tag.Get("enum"), ",")
	slices.Sort(offered)
	if diff := cmp.Diff(template.Names(), offered); diff != "" {
		t.Errorf("(-there +offered):\n%s", diff)
	}
}

func TestShellWord(t *testing.T) {
	tests := map[string]string{
		"mail/handler.lua":    "mail/handler.lua",
		"my mail/handler.lua": "'my mail/handler.lua'",
		"it's/handler.lua":    `'it'\''s/handler.lua'`,
		"-x/handler.lua":      "./-x/handler.lua",
		"$(x)":                "'$(x)'",
		"~/x":                 "'~/x'",
	}
	for path, want := range tests {
		if got := shellWord(path); got != want {
			t.Errorf("shellWord(%q) = %s, want %s", path, got, want)
		}
	}
}
