package stdlib

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// update makes the frozen files anew from the real modules; it needs them installed.
var update = flag.Bool("update", false, "ask the real Lua modules and rewrite testdata")

// experiment is one call of a function of a module and what came of it: results, or the text of an error.
type experiment struct {
	// Before are calls made first in the same fresh module, such as settings.
	Before    []experiment `json:"before,omitempty"`
	Call      string       `json:"call"`
	Arguments []sample     `json:"arguments"`
	Results   []sample     `json:"results,omitempty"`
	Error     *sample      `json:"error,omitempty"`
}

// outcome is the result in one line.
func (e experiment) outcome() string {
	if e.Error != nil {
		return "error: " + e.Error.value.(string)
	}
	texts := make([]string, len(e.Results))
	for i, result := range e.Results {
		texts[i] = result.text()
	}
	return strings.Join(texts, " | ")
}

func (e experiment) String() string {
	texts := make([]string, len(e.Arguments))
	for i, argument := range e.Arguments {
		texts[i] = argument.text()
	}
	before := ""
	for _, call := range e.Before {
		before += call.String() + "; "
	}
	text := before + e.Call + "(" + strings.Join(texts, ", ") + ")"
	if len(text) > 300 {
		text = text[:300] + "…"
	}
	return text
}

func arguments(values ...any) []sample {
	samples := make([]sample, len(values))
	for i, value := range values {
		samples[i] = sampleFrom(value)
	}
	return samples
}

// sampleFrom makes a sample of Go values; []any is an array and map[string]any an object.
func sampleFrom(value any) sample {
	switch v := value.(type) {
	case int:
		return sample{float64(v)}
	case []any:
		entries := []pair{}
		for i, element := range v {
			if element != nil {
				entries = append(entries, pair{sample{float64(i + 1)}, sampleFrom(element)})
			}
		}
		return sample{entries}
	case map[string]any:
		entries := []pair{}
		for key, element := range v {
			entries = append(entries, pair{sample{key}, sampleFrom(element)})
		}
		return sorted(entries)
	case sample:
		return v
	}
	return sample{value}
}

// newState is a state with a budget, and the machine's own libraries.
func newState(t testing.TB) *vm.LState {
	t.Helper()
	L := vm.NewState()
	t.Cleanup(L.Close)
	native.Attach(L, nil)
	return L
}

// open runs a loader and returns the module.
func open(t testing.TB, L *vm.LState, loader vm.LGFunction) vm.LValue {
	t.Helper()
	results, raised := native.PCall(L, nil, L.NewFunction(loader))
	if raised != nil || len(results) != 1 {
		t.Fatalf("loading: %v, %v", results, raised)
	}
	return results[0]
}

// run makes the experiment in our own module and returns it with our outcome.
func (e experiment) run(L *vm.LState, module vm.LValue) experiment {
	for _, before := range e.Before {
		before.run(L, module)
	}
	fn := module
	if e.Call != "" {
		fn = sample{name("M." + e.Call)}.lua(L, module)
	}
	values := make([]vm.LValue, len(e.Arguments))
	for i, argument := range e.Arguments {
		values[i] = argument.lua(L, module)
	}
	e.Results, e.Error = nil, nil
	results, raised := native.PCall(L, nil, fn, values...)
	if raised != nil {
		e.Error = &sample{raised.String()}
		return e
	}
	for _, result := range results {
		e.Results = append(e.Results, sampleOf(L, result))
	}
	return e
}

// harness is the Lua side: it runs one experiment a chunk and prints its outcome as JSON.
const harness = `
local function quote(s)
  local ascii = not s:find("[^\32-\126]")
  if ascii then return '"' .. s:gsub('["\\]', '\\%0') .. '"' end
  local digits, out = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", {}
  for i = 1, #s, 3 do
    local a, b, c = s:byte(i, i + 2)
    local n = a * 65536 + (b or 0) * 256 + (c or 0)
    for k = 1, 4 do
      local d = math.floor(n / 64 ^ (4 - k)) % 64 + 1
      d = math.floor(d)
      out[#out + 1] = (k > 2 and not b or k > 3 and not c) and "=" or digits:sub(d, d)
    end
  end
  return '{"$base64":"' .. table.concat(out) .. '"}'
end
local function show(v)
  local kind = type(v)
  if kind == "nil" then return "null" end
  if kind == "boolean" then return tostring(v) end
  if kind == "string" then return quote((v:gsub("^/usr/[%w%./_-]*:%d+: ", ""))) end
  if kind == "number" then
    if v ~= v then return '{"$number":"NaN"}' end
    if v == 1/0 or v == -1/0 or v == 0 and 1/v < 0 then
      return '{"$number":"' .. (v == 0 and "-0" or v > 0 and "+Inf" or "-Inf") .. '"}'
    end
    return ("%.17g"):format(v)
  end
  if kind == "table" then
    local out = {}
    for k, w in next, v do out[#out + 1] = "[" .. show(k) .. "," .. show(w) .. "]" end
    return '{"$table":[' .. table.concat(out, ",") .. "]}"
  end
  return '{"$name":"' .. kind .. '"}'
end
function report(ok, ...)
  if not ok then
    local message = tostring((...))
    message = message:gsub("^/usr/[%w%./_-]*:%d+: ", ""):gsub('^%[string "[^\n]*"%]:%d+: ', "")
    io.write('{"error":', quote(message), "}\n")
    return
  end
  local out = {}
  for i = 1, select("#", ...) do out[i] = show((select(i, ...))) end
  io.write('{"results":[', table.concat(out, ","), "]}\n")
end
`

// ask makes the experiments with the real module. fresh is Lua source that makes M anew for each one.
func ask(t testing.TB, interpreter, fresh string, experiments []experiment) []experiment {
	t.Helper()
	var script strings.Builder
	script.WriteString(harness)
	for _, e := range experiments {
		script.WriteString("do " + fresh + "\n")
		for _, before := range e.Before {
			script.WriteString("pcall(" + before.callSource() + ") ")
		}
		script.WriteString("report(pcall(" + e.callSource() + ")) end\n")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, interpreter, "-")
	command.Env = append(os.Environ(), "LUA_INIT=", "LC_ALL=C")
	command.Stdin = strings.NewReader(chunked(script.String()))
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", interpreter, err, stderr.String())
	}
	answers := make([]experiment, 0, len(experiments))
	lines := bufio.NewScanner(bytes.NewReader(output))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var answer struct {
			Results []sample
			Error   *sample
		}
		if err := json.Unmarshal(lines.Bytes(), &answer); err != nil {
			t.Fatalf("%v: %.200s", err, lines.Text())
		}
		e := experiments[len(answers)]
		e.Results = answer.Results
		e.Error = answer.Error
		answers = append(answers, e)
	}
	if len(answers) != len(experiments) {
		t.Fatalf("%d answers to %d experiments", len(answers), len(experiments))
	}
	return answers
}

// chunked keeps the script inside Lua's limits on one function by running each experiment as a chunk of its own.
func chunked(script string) string {
	head, rest, _ := strings.Cut(script, "\ndo ")
	var out strings.Builder
	out.WriteString(head + "\n")
	for experiment := range strings.SplitSeq("do "+strings.ReplaceAll(rest, "\ndo ", "\x00do "), "\x00") {
		out.WriteString("assert(load([=====[" + experiment + "]=====]))()\n")
	}
	return out.String()
}

func (e experiment) callSource() string {
	parts := []string{"M"}
	if e.Call != "" {
		parts[0] = "M." + e.Call
	}
	for _, argument := range e.Arguments {
		parts = append(parts, argument.source())
	}
	return strings.Join(parts, ",")
}

// readFrozen reads a file of experiments.
func readFrozen(t testing.TB, path string) []experiment {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var experiments []experiment
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e experiment
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%s:%d: %v", path, len(experiments)+1, err)
		}
		experiments = append(experiments, e)
	}
	return experiments
}

func writeFrozen(t testing.TB, path string, experiments []experiment) {
	t.Helper()
	var out bytes.Buffer
	for _, e := range experiments {
		line, err := plainJSON(e)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(line, '\n'))
	}
	if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// badArgument matches the beginning of messages that name the function, which for the real modules, written in Lua,
// is the library function they happen to call.
var badArgument = regexp.MustCompile(`^error: bad argument #\d+ to '[^']*' `)

// compare reports where our module does something else. Messages about arguments are compared without the function.
func compare(t *testing.T, loader vm.LGFunction, experiments []experiment) {
	t.Helper()
	for _, want := range experiments {
		L := newState(t)
		got := want.run(L, open(t, L, loader)).outcome()
		expected := want.outcome()
		if badArgument.MatchString(got) && badArgument.MatchString(expected) {
			got, expected = badArgument.ReplaceAllString(got, ""), badArgument.ReplaceAllString(expected, "")
		}
		if got != expected {
			t.Errorf("%s\n got %.400s\nwant %.400s", want, got, expected)
		}
	}
}

// installed skips the test when a real module is missing, and fails it in CI: the frozen answers are always tested.
func installed(t *testing.T, interpreter, require string) {
	t.Helper()
	if err := exec.Command(interpreter, "-e", require).Run(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s with %s is not installed, and CI must have it: %v", interpreter, require, err)
		}
		t.Skipf("SKIPPED: %s with %s is not installed, so nothing was compared with it", interpreter, require)
	}
}
