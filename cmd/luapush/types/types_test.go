package types

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/lua/syntax"
	"github.com/luapush/luapush/runtime/mail"
)

// releases are those around which something of the API came or went.
var releases = []string{
	"2.3.4", "2.3.5", "2.3.7", "2.3.8", "2.3.9", "2.3.9.1", "2.3.17", "2.3.18", "2.3.19", "2.3", "2.3.21",
	"2.4.0", "2.4.1", "2.4.2", "2.4.3", "2.4",
}

func release(t *testing.T, name string) dovecot.Release {
	t.Helper()
	r, err := dovecot.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestDefinitionsAreTheDescriptions reads the definitions back and holds what is
// in them, name by name and mark by mark, to the descriptions: nothing is
// missing, and nothing of another release is there.
func TestDefinitionsAreTheDescriptions(t *testing.T) {
	for _, name := range releases {
		t.Run(name, func(t *testing.T) {
			r := release(t, name)
			text := Definitions(r)
			if _, err := syntax.ParseFile(text, "@dovecot.lua"); err != nil {
				t.Fatalf("not Lua: %v", err)
			}
			if !strings.HasPrefix(text, "---@meta\n") {
				t.Error("the file does not begin with ---@meta")
			}
			want, got := described(r), read(t, text)
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-described +written):\n%s", diff)
			}
		})
	}
}

// described lists what the descriptions say of a release, a line each.
func described(r dovecot.Release) []string {
	list := []string{
		"dovecot.mailbox_status.mailbox", "dovecot.mailbox_status.keywords?",
	}
	http := false
	for _, o := range bindings.Objects() {
		for _, f := range o.Functions {
			if f.Has(r) {
				http = http || o.Name == "dovecot.http"
			}
		}
	}
	for _, o := range Objects() {
		if strings.HasPrefix(o.Name, "http ") && !http {
			continue
		}
		for _, f := range o.Functions {
			if f.Has(r) {
				list = append(list, call(&o, &f))
			}
		}
		for _, f := range o.Fields {
			if f.Has(r) {
				list = append(list, Class(o.Name)+"."+f.Name+mark(MaybeNil(f.Doc, r)))
			}
		}
	}
	for _, c := range bindings.Constants() {
		if c.Has(r) {
			list = append(list, fmt.Sprintf("dovecot.storage.%s=%#v", c.Name, c.Value))
		}
	}
	for _, f := range bindings.StatusFields {
		list = append(list, "dovecot.mailbox_status."+f.Name)
	}
	if http {
		list = append(list, "dovecot.http_request_settings.url", "dovecot.http_request_settings.method?")
		for _, o := range bindings.HTTPSettings(r) {
			if o.Name != "event_parent" || r.AtLeast(2, 4) { // it crashes 2.3
				list = append(list, "dovecot.http_settings."+o.Name+"?")
			}
		}
	}
	for _, e := range mail.EventNames() {
		list = append(list, "function "+e.HandlerFunction()+"(ctx, event)")
		for _, f := range bindings.EventFields {
			if f.Has(e, r) && !f.Documented {
				list = append(list, "dovecot."+string(e)+"."+f.Name+mark(MaybeNil(f.Doc, r)))
			}
		}
	}
	init := "function script_init()"
	if r.AtLeast(2, 4) {
		init = "function script_init(settings)"
	}
	return append(list, init, "function script_deinit()",
		"function dovecot_lua_notify_begin_txn(user)", "function dovecot_lua_notify_end_txn(ctx, success)",
		"function mail_user_created(user)", "function mail_user_deinit_pre(user)", "function mail_user_deinit(user)")
}

func mark(optional bool) string {
	if optional {
		return "?"
	}
	return ""
}

// owner is what stands in front of a function's name: for methods, the name of a local variable.
func owner(o *bindings.Object) string {
	if !o.Methods {
		return o.Name
	}
	return strings.NewReplacer(" ", "_", ".", "_").Replace(o.Name)
}

// call writes a function down as read does: optional parameters with ?.
func call(o *bindings.Object, f *bindings.Function) string {
	var params []string
	for _, p := range f.Params {
		params = append(params, p.Name+mark(p.Optional))
	}
	if least, most := f.Arity(); most < 0 && !f.Uncounted {
		params = append(params, "...")
	} else if most >= 0 && most != len(params) || least > len(params) {
		panic("the arity of " + f.Name + " is not that of its parameters")
	}
	s := "."
	if o.Methods {
		s = ":"
	}
	line := "function " + owner(o) + s + f.Name + "(" + strings.Join(params, ", ") + ")"
	if f.Result != "" {
		line += " returns"
	}
	return line
}

var (
	classLine    = regexp.MustCompile(`^---@class (\S+)$`)
	fieldLine    = regexp.MustCompile(`^---@field (\w+\??) (\S+) \S.*$`)
	paramLine    = regexp.MustCompile(`^---@param (\w+|\.\.\.)(\??) (\S+|table<string, string>)$`)
	returnLine   = regexp.MustCompile(`^---@return \S.*$`)
	functionLine = regexp.MustCompile(`^function ([\w.:]+)\((.*)\) end$`)
	constantLine = regexp.MustCompile(`^(dovecot\.storage\.\w+) = (.+)$`)
	otherLine    = regexp.MustCompile(`^(---?[^@].*|---@meta|(local )?[\w.]+ = \{\}|)$`)
)

// read lists what stands in definitions, and fails for a line that is nothing of
// what definitions are made of.
func read(t *testing.T, text string) []string {
	t.Helper()
	var list, params, classes, used []string
	class, returns := "", ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if m := classLine.FindStringSubmatch(line); m != nil {
			class = m[1]
			classes = append(classes, class)
		} else if m := fieldLine.FindStringSubmatch(line); m != nil {
			list, used = append(list, class+"."+m[1]), append(used, m[2])
		} else if m := paramLine.FindStringSubmatch(line); m != nil {
			params, used = append(params, m[1]+m[2]), append(used, m[3])
		} else if returnLine.MatchString(line) {
			returns = " returns"
			used = append(used, strings.TrimPrefix(line, "---@return "))
		} else if m := functionLine.FindStringSubmatch(line); m != nil {
			if strings.ReplaceAll(strings.Join(params, ", "), "?", "") != m[2] {
				t.Errorf("%s: the parameters are documented as %q", line, params)
			}
			if strings.Contains(m[1], "_notify_") || !strings.ContainsAny(m[1], ".:") {
				returns = "" // entry points: what they get is what counts
			}
			list = append(list, "function "+m[1]+"("+strings.Join(params, ", ")+")"+returns)
			params, returns = nil, ""
		} else if m := constantLine.FindStringSubmatch(line); m != nil && m[2] != "{}" {
			list = append(list, m[1]+"="+m[2])
		} else if !otherLine.MatchString(line) {
			t.Errorf("a line that should not be there: %q", line)
		}
	}
	for _, u := range used {
		for _, name := range regexp.MustCompile(`(dovecot|luapush)\.\w+`).FindAllString(u, -1) {
			if !slices.Contains(classes, name) {
				t.Errorf("type %s is used and not defined", name)
			}
		}
	}
	if sorted := slices.Sorted(slices.Values(classes)); len(slices.Compact(sorted)) != len(classes) {
		t.Errorf("a class is defined twice: %v", classes)
	}
	return list
}

// TestEveryResultHasAType keeps the words for results and their types together.
func TestEveryResultHasAType(t *testing.T) {
	for _, o := range Objects() {
		for _, f := range o.Functions {
			if f.Result != "" && resultType(&f) == "" {
				t.Errorf("%s %s gives %q, which has no type", o.Name, f.Name, f.Result)
			}
			if f.Result == "table" && f.Name != "status" && f.Name != "metadata_list" {
				t.Errorf("%s %s gives a table of no known kind", o.Name, f.Name)
			}
		}
	}
}

func TestMaybeNil(t *testing.T) {
	tests := []struct {
		doc, release string
		want         bool
	}{
		{"The home folder; nil without one.", "2.3", true},
		{"The user's name.", "2.3", false},
		{`A header. "" without one (nil before 2.3.9.1).`, "2.3.9", true},
		{`A header. "" without one (nil before 2.3.9.1).`, "2.3.9.1", false},
	}
	for _, test := range tests {
		if got := MaybeNil(test.doc, release(t, test.release)); got != test.want {
			t.Errorf("MaybeNil(%q, %s) = %v", test.doc, test.release, got)
		}
	}
}
