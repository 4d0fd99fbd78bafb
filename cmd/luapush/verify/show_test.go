package verify

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestShow(t *testing.T) {
	steps := []Step{{Name: "one"}, {Name: "two"}, {Name: "three"}}
	list := []Difference{
		difference(0, "log", "info same", "info same"),
		difference(1, "request", "POST http://a:b@h/\nAuthorization: Bearer x\n\n\x01\xff", "POST http://h/\nAuthorization: Bearer x\n\n"+strings.Repeat("long ", 8)),
		difference(1, "log", "info uid 1.0", "info uid 1"),
		difference(-1, "metadata", "u /a = https://x:y@h/", "u /a = https://x:z@h/"),
	}
	var out strings.Builder
	if err := Show(&out, steps, list, 70); err != nil {
		t.Fatal(err)
	}
	want := `two: different
  Dovecot                          |   luapush
  request POST http://***@h/      <!>  request POST http://h/
  Authorization: Bearer ***       <!>  Authorization: Bearer ***
                                  <!>
  \x01\xff                        <!>  long long long long long long
                                  <!>      long long
  log info uid 1.0                <!>  log info uid 1
    known: Dovecot gives numbers as floats, which Lua 5.3 and 5.4 write as 1.0; luapush writes 1 (write string.format("%d", …); luapush explain float-text)

metadata at the end: different
  Dovecot                          |   luapush
  metadata u /a = https://***@h/  <!>  metadata u /a = https://***@h/
                                  <!>  (only its secrets differ)

one: same
  Dovecot                          |   luapush
  log info same                    |   log info same

three: same
  neither did anything

`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestContainKeepsLines(t *testing.T) {
	for name, test := range map[string]struct{ given, want string }{
		"plain":     {"a = 1\nb = 2\n", " a = 1\nb = 2\n"},
		"mark":      {"\ufeffa = 1\n", " a = 1\n"},
		"shebang":   {"#!/usr/bin/lua\na = 1\n", " \na = 1\n"},
		"only that": {"#!/usr/bin/lua", " "},
		"empty":     {"", " "},
	} {
		t.Run(name, func(t *testing.T) {
			got := string(onFirstLine("/s.lua", []byte(test.given)))
			if got != `dofile("/s.lua")`+test.want {
				t.Errorf("%q", got)
			}
		})
	}
}
