package stdlib_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/stdlib"
)

// TestGopherLibsBounds hands the modules what would take long or much memory: each must refuse, or end with the call.
func TestGopherLibsBounds(t *testing.T) {
	for name, c := range map[string]struct{ program, message, code string }{
		"sleep":          {`require "time".sleep(math.huge)`, "", lua.CodeDeadline},
		"quadratic find": {`require "regexp".find_all_string_submatch("x*y|x", ("x"):rep(1000000))`, "", lua.CodeDeadline},
		"big program":    {`require "regexp".match("(?:" .. ("x{0,1000}"):rep(40) .. ")y", ("x"):rep(1000000))`, "too long for this function", lua.CodeRuntime},
		"nested repeats": {`assert(require "regexp".compile("((((x{10}){10}){10}){10}){10}"))`, "invalid repeat count", lua.CodeRuntime},
		"expression":     {`require "regexp".compile(("x"):rep(5000))`, "longer than 4096 bytes", lua.CodeRuntime},
		"trim":           {`require "strings".trim(("é"):rep(100000), ("ê"):rep(100000))`, "too long for this function", lua.CodeRuntime},
		"split":          {`require "strings".split(("x"):rep(4000000))`, "", lua.CodeMemory},
		"hex":            {`local s = ("x"):rep(30000000) while true do s = require "hex".encode_to_string(s) end`, "", lua.CodeMemory},
		"yaml size":      {`assert(require "yaml".decode(("- x\n"):rep(100000)))`, "longer than 262144 bytes", lua.CodeRuntime},
		"yaml nesting":   {`assert(require "yaml".decode(("["):rep(9000) .. ("]"):rep(9000)))`, "more than 100 levels", lua.CodeRuntime},
		"yaml flow":      {`assert(require "yaml".decode(("["):rep(250000)))`, "exceeded max depth", lua.CodeRuntime},
		"yaml aliases": {`
local doc = {"a0: &a0 [x,x,x,x,x,x,x,x,x]"}
for i = 1, 9 do local r = "*a" .. i - 1 doc[#doc + 1] = ("a%d: &a%d [%s]"):format(i, i, (r .. ","):rep(8) .. r) end
assert(require "yaml".decode(table.concat(doc, "\n")))`, "excessive aliasing", lua.CodeRuntime},
		"yaml encode": {`local t = {} for i = 1, 100000 do t[i] = i end assert(require "yaml".encode(t))`, "longer than 262144 bytes", lua.CodeRuntime},
		"yaml shared": {`local t = {1} for _ = 1, 60 do t = {t, t} end assert(require "yaml".encode(t))`, "longer than 262144 bytes", lua.CodeRuntime},
		"yaml deep":   {`local t = {} for _ = 1, 200 do t = {t} end assert(require "yaml".encode(t))`, "more than 100 levels", lua.CodeRuntime},
	} {
		t.Run(name, func(t *testing.T) {
			host := runtime.New(runtime.Options{
				API: bindings.NewDovecot(), Modules: stdlib.Modules(),
				Limits: runtime.Limits{Time: 500 * time.Millisecond, Memory: 64 << 20},
			})
			compiled, err := host.Compile("bounds.lua", []byte(c.program))
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			session, err := host.Open(context.Background(), compiled, &mail.Transaction{})
			if err == nil {
				session.Close(context.Background())
				t.Fatal("it ended")
			}
			var failure *runtime.Error
			if !errors.As(err, &failure) || failure.Code != c.code || !strings.Contains(failure.Message, c.message) {
				t.Errorf("%v (%+v)", err, failure)
			}
			took := time.Since(began)
			if took > 10*time.Second {
				t.Errorf("it took %s", took)
			}
			t.Log(took)
		})
	}
}

// FuzzYAML makes sure that no document breaks the module, and that what it writes reads back the same.
func FuzzYAML(f *testing.F) {
	for _, seed := range []string{"", "a: b", "- 1\n- [x, {y: z}]", "? [a]\n: b", "&a [*a]", "!!binary aGk=", "<<: {a: 1}", "a: |\n  x\n", "--- x\n...\n", "\xff", "0x1_0", "1: a\n2: b", "%YAML 1.1\n---\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 {
			return
		}
		quoted := "\"" + luaQuoted(text) + "\""
		out, err := play(t, "fuzz.lua", `
local yaml = require "yaml"
local value, message = yaml.decode(`+quoted+`)
if message == nil and value ~= nil then
  local written, problem = yaml.encode(value)
  if written then
    local again, wrong = yaml.decode(written)
    if wrong then print(wrong) elseif yaml.encode(again) ~= written then print("changed", written, yaml.encode(again)) end
  end
end`, runtime.Options{})
		if err != nil || out != "" {
			t.Errorf("%q: %v %s", text, err, out)
		}
	})
}

func luaQuoted(text string) string {
	var out strings.Builder
	for _, c := range []byte(text) {
		out.WriteString("\\" + string([]byte{'0' + c/100, '0' + c/10%10, '0' + c%10}))
	}
	return out.String()
}
