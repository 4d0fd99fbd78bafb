package stdlib_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/stdlib"
)

// driver runs chunks of Lua and prints what each gives, the same in every Lua. Places in front of messages are left out,
// as the real modules are Lua files of their own.
const driver = `
local function show(v, seen)
  local kind = type(v)
  if kind == "string" then
    v = v:gsub("^[%w%./_-]*:%d+: ", ""):gsub('^%[string "[^\n]*"%]:%d+: ', "")
    return (("%q"):format(v):gsub("\\\n", "\\n"):gsub("\r", "\\r"):gsub("[\128-\255]", function(c) return "\\x" .. ("%02x"):format(c:byte()) end))
  end
  if kind == "number" then return (("%.14g"):format(v)) end
  if kind ~= "table" then return kind == "function" and "function" or tostring(v) end
  if seen[v] then return "<loop>" end
  seen[v] = true
  local out = {}
  for k, w in next, v do out[#out + 1] = show(k, seen) .. "=" .. show(w, seen) end
  table.sort(out)
  seen[v] = nil
  return "{" .. table.concat(out, ", ") .. "}"
end
local function report(n, ok, ...)
  local out = {}
  for i = 1, select("#", ...) do out[i] = show((select(i, ...)), {}) end
  print(n, ok and "gives" or "raises", table.concat(out, " | "))
end
local function chunk(n, source) report(n, pcall(assert(load(source, "=chunk")))) end
`

// snippets makes a program of the chunks of a file, which lines "---" part. Its first line names the program that has
// the real module: "-- lua5.4 ltn12".
func snippets(t *testing.T, file string) (program, interpreter, module string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	first, rest, _ := strings.Cut(string(data), "\n")
	words := strings.Fields(first)
	if len(words) != 3 || words[0] != "--" {
		t.Fatalf("%s: the first line must be \"-- interpreter module\", not %q", file, first)
	}
	var out strings.Builder
	out.WriteString(driver)
	for i, c := range strings.Split(rest, "\n---\n") {
		out.WriteString("chunk(" + string(rune('0'+(i+1)/100%10)) + string(rune('0'+(i+1)/10%10)) + string(rune('0'+(i+1)%10)) + ", [====[\n" + c + "]====])\n")
	}
	return out.String(), words[1], words[2]
}

// play runs a program in a session of its own and gives what it printed.
func play(t testing.TB, name, program string, o runtime.Options) (string, error) {
	t.Helper()
	var out bytes.Buffer
	o.API, o.Modules = bindings.NewDovecot(), stdlib.Modules()
	o.Lua = lua.Options{Stdout: &out}
	host := runtime.New(o)
	compiled, err := host.Compile(name, []byte(program))
	if err != nil {
		t.Fatal(err)
	}
	session, err := host.Open(context.Background(), compiled, &mail.Transaction{User: mail.User{Username: "alice@example.com"}})
	if err == nil {
		session.Close(context.Background())
	}
	return out.String(), err
}

// TestSnippets compares with what the real modules gave, frozen beside the snippets, and with the real modules where
// they are installed.
func TestSnippets(t *testing.T) {
	files, err := filepath.Glob("testdata/snippets/*.lua")
	if err != nil || len(files) < 4 {
		t.Fatalf("snippets: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			program, interpreter, module := snippets(t, file)
			frozen := strings.TrimSuffix(file, ".lua") + ".txt"
			got, err := play(t, file, program, runtime.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if flag.Lookup("update").Value.String() == "true" {
				if err := os.WriteFile(frozen, []byte(real(t, interpreter, program)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(frozen)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("-real +luapush:\n%s", diff)
			}
			if exec.Command(interpreter, "-e", `require "`+module+`"`).Run() == nil {
				if diff := cmp.Diff(string(want), real(t, interpreter, program)); diff != "" {
					t.Errorf("the frozen answers are not those of the module installed here:\n%s", diff)
				}
			}
		})
	}
}

func real(t *testing.T, interpreter, program string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, interpreter, "-")
	command.Env = append(os.Environ(), "LUA_INIT=", "LC_ALL=C")
	command.Stdin = strings.NewReader(program)
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v", interpreter, err)
	}
	return string(out)
}

// TestExpected runs the scripts of testdata/expected, for modules that no package provides here: their calls of
// eq(got, want) must all hold.
func TestExpected(t *testing.T) {
	const eq = `local failed = 0 local function eq(got, want) if got ~= want then print(debug.getinfo(2, "l").currentline .. ": got  " .. tostring(got) .. "\n    want " .. tostring(want)) end end ` +
		`local function raises(want, f, ...) local ok, e = pcall(f, ...) if ok or not tostring(e):find(want, 1, true) then print(debug.getinfo(2, "l").currentline .. ": raised " .. tostring(e) .. "\n    want " .. want) end end `
	files, err := filepath.Glob("testdata/expected/*.lua")
	if err != nil || len(files) < 3 {
		t.Fatalf("expected: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(data), "eq(") {
				t.Fatal("nothing is expected")
			}
			out, err := play(t, file, eq+string(data), runtime.Options{Observer: trace.Discard})
			if err != nil || out != "" {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
