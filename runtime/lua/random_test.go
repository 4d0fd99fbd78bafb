package lua_test

import (
	"context"
	"flag"
	"strings"
	"testing"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/lua/difftest"
)

var (
	programCount = flag.Int("programs", 200, "how many random programs to compare with lua5.4")
	programSeed  = flag.Uint64("seed", 0, "seed of the first one; 0 takes the time")
)

// driver runs a program as difftest has lua5.4 run it: with a print and a
// tostring that show no addresses.
const driver = `
local text, name = TEXT, NAME
TEXT, NAME = nil, nil
local tostring, type, load, pcall, concat, select = tostring, type, load, pcall, table.concat, select
local getmetatable, write = debug.getmetatable, io.write
local function shown(v)
  local t = type(v)
  if t == "string" or t == "number" or t == "boolean" or t == "nil" then return tostring(v) end
  local mt = getmetatable(v)
  if mt and mt.__tostring then return tostring(v) end
  return t
end
_G.tostring = shown
function print(...)
  local line = {}
  for i = 1, select("#", ...) do line[i] = shown((select(i, ...))) end
  write(concat(line, "\t"), "\n")
end
local f, message = load(text, name, "t")
if not f then
  write("syntax: ", message, "\n")
else
  local ok, raised = pcall(f)
  if not ok then write("error: ", shown(raised), "\n") end
end`

// TestRandomPrograms puts random programs to lua5.4 and to the engine, with its
// own library. CI runs 2,000 fresh ones.
func TestRandomPrograms(t *testing.T) {
	difftest.Need(t)
	compareRandom(t, *programCount, false)
}

// TestRandomProgramsCounted does the same with code that counts where it has
// been.
func TestRandomProgramsCounted(t *testing.T) {
	difftest.Need(t)
	compareRandom(t, *programCount/2, true)
}

func compareRandom(t *testing.T, n int, counted bool) {
	first := *programSeed
	if first == 0 {
		first = uint64(time.Now().UnixNano())
	}
	t.Logf("%d programs from seed %d", n, first)
	play := player(t, lua.EngineOptions{})
	if counted {
		play = func(name, text string) string {
			coverage := lua.NewCoverage(nil)
			defer func() { wantCounts(t, coverage, text) }()
			return player(t, lua.EngineOptions{Coverage: coverage})(strings.Replace(name, "=", "@", 1), text) // a file
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	found, err := difftest.Compare(ctx, first, n, play)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range found {
		t.Error(d)
	}
}

// player makes an engine that runs programs as lua5.4 does.
func player(t *testing.T, o lua.EngineOptions) difftest.Play {
	t.Helper()
	engine := lua.NewEngine(o)
	chunk, err := engine.Compile("driver.lua", []byte(driver))
	if err != nil {
		t.Fatal(err)
	}
	return func(name, text string) string {
		var out strings.Builder
		state := engine.NewState(lua.Options{Stdout: &out, Limits: lua.Limits{Time: 20 * time.Second}})
		defer state.Close()
		state.L.G.Global.RawSetString("TEXT", vm.LString(text))
		state.L.G.Global.RawSetString("NAME", vm.LString(name))
		if err := state.Run(context.Background(), chunk); err != nil {
			return out.String() + "stopped: " + err.Error() + "\n"
		}
		return out.String()
	}
}

// wantCounts checks that what was counted of a program fits together.
func wantCounts(t *testing.T, coverage *lua.Coverage, text string) {
	t.Helper()
	for _, f := range coverage.Files() {
		if f.Name != "x" {
			continue
		}
		if len(f.Lines) == 0 || f.Lines[0].Hits == 0 {
			t.Errorf("nothing was counted of\n%s", text)
		}
		hits := map[int]uint64{}
		for _, line := range f.Lines {
			hits[line.Number] = line.Hits
		}
		for _, b := range f.Branches {
			if b.Kind == "if" && b.Hits > 0 && hits[b.Line] < b.Hits {
				t.Errorf("line %d was reached %d times, but its %s %s %d times, in\n%s", b.Line, hits[b.Line], b.Kind, b.Arm, b.Hits, text)
			}
		}
	}
}
