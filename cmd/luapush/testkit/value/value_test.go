package value

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	vm "github.com/yuin/gopher-lua"
)

func list(items ...vm.LValue) *vm.LTable {
	t := NewTable(len(items), 0)
	for _, v := range items {
		t.Append(v)
	}
	return t
}

func fields(pairs ...any) *vm.LTable {
	t := NewTable(0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		t.RawSetString(pairs[i].(string), pairs[i+1].(vm.LValue))
	}
	return t
}

func TestFormat(t *testing.T) {
	loop := fields("a", vm.LNumber(1))
	loop.RawSetString("self", loop)
	long := fields("name", vm.LString(strings.Repeat("x", 40)), "other", list(vm.LString(strings.Repeat("y", 40)), vm.LTrue))
	odd := NewTable(0, 0)
	odd.RawSet(vm.LNumber(1.5), vm.LNil)
	odd.RawSet(vm.LBool(true), vm.LNumber(1))
	for _, test := range []struct {
		value vm.LValue
		want  string
	}{
		{vm.LNil, "nil"},
		{vm.LNumber(3), "3"},
		{vm.LNumber(0.5), "0.5"},
		{vm.LString("a\"b\\c\n\x00\xffé\u200b"), `"a\"b\\c\n\x00\xffé\u{200b}"`},
		{list(), "{}"},
		{list(vm.LNumber(1), vm.LString("x")), `{1, "x"}`},
		{fields("end", vm.LTrue, "b", vm.LFalse, "a-b", vm.LNumber(2)), `{["a-b"] = 2, ["end"] = true, b = false}`},
		{loop, "{a = 1, self = {…}}"},
		{odd, "{[true] = 1}"},
		{Null, "null"},
		{fields("m", &vm.LUserData{Value: Like("^x")}), `{m = t.like("^x")}`},
		{long, "{\n  name = \"" + strings.Repeat("x", 40) + "\",\n  other = {\"" + strings.Repeat("y", 40) + "\", true},\n}"},
	} {
		if got := Format(test.value); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
	if got := Line(long); strings.Contains(got, "\n") {
		t.Errorf("a line has several: %s", got)
	}
	huge := NewTable(0, 0)
	for i := range 100_000 {
		huge.RawSetInt(i+1, vm.LString("some text"))
	}
	if got := Format(huge); len(got) > 2*textLength || !strings.Contains(got, "…") {
		t.Errorf("a huge table gives %d bytes", len(got))
	}
}

func TestCompare(t *testing.T) {
	got := fields("a", vm.LNumber(1), "list", list(vm.LNumber(1), vm.LNumber(2)), "deep", fields("x", vm.LString("y")))
	for _, test := range []struct {
		want     *vm.LTable
		mode     Mode
		mismatch string
	}{
		{fields("a", vm.LNumber(1)), Subset, ""},
		{fields("a", vm.LNumber(1)), Exact, "deep list"},
		{fields("list", list(vm.LNumber(1))), Subset, "list[2]"},
		{fields("list", list(vm.LNumber(1), vm.LNumber(2), vm.LNumber(3))), Subset, "list[3]"},
		{fields("deep", fields("x", vm.LString("z"))), Subset, "deep.x"},
		{fields("$.deep.x", vm.LString("y"), "$.list[2]", vm.LNumber(2)), Subset, ""},
		{fields("$.deep.none", &vm.LUserData{Value: Absent{}}), Subset, ""},
		{fields("b", &vm.LUserData{Value: Any{}}), Subset, "b"},
		{fields("a", &vm.LUserData{Value: Kind("string")}), Subset, "a"},
		{fields("deep", &vm.LUserData{Value: Exactly{fields("x", vm.LString("y"))}}), Subset, ""},
		{fields("deep", &vm.LUserData{Value: Exactly{fields()}}), Subset, "deep.x"},
	} {
		c := Comparer{Mode: test.mode, Paths: true}
		var paths []string
		for _, m := range c.Compare(test.want, got) {
			paths = append(paths, m.Path)
		}
		if diff := cmp.Diff(test.mismatch, strings.Join(paths, " ")); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", Line(test.want), diff)
		}
	}
	a, b := fields("x", vm.LNumber(1)), fields("x", vm.LNumber(1))
	a.RawSetString("self", a)
	b.RawSetString("self", b)
	if m := (&Comparer{Mode: Exact}).Compare(a, b); len(m) != 0 {
		t.Errorf("tables in themselves: %v", m)
	}
	if m := (&Comparer{FoldKeys: true}).Compare(fields("X-A", vm.LNumber(1)), fields("x-a", vm.LNumber(1))); len(m) != 0 {
		t.Errorf("keys without case: %v", m)
	}
}

func TestCopy(t *testing.T) {
	shared := list(vm.LNumber(1))
	from := fields("a", shared, "b", shared, "n", Null)
	from.RawSetString("self", from)
	copied, err := Copy(from, Refuse, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	made := copied.(*vm.LTable)
	if made == from || made.RawGetString("a") == vm.LValue(shared) || made.RawGetString("a") != made.RawGetString("b") || made.RawGetString("self") != copied {
		t.Errorf("%s", Line(made))
	}
	if _, err := Copy(fields("f", &vm.LFunction{IsG: true}), Refuse, func(int) {}); err == nil {
		t.Error("a function is copied")
	}
	deep := list()
	for range 1000 {
		deep = list(deep)
	}
	if _, err := Copy(deep, Refuse, func(int) {}); err == nil {
		t.Error("a table of any depth is copied")
	}
}

func TestJSON(t *testing.T) {
	v, err := FromJSON(`{"a":[1,null,{"b":true}],"c":"x"}`)
	if err != nil {
		t.Fatal(err)
	}
	text, err := AppendJSON(nil, v)
	if err != nil || string(text) != `{"a":[1,null,{"b":true}],"c":"x"}` {
		t.Errorf("%s, %v", text, err)
	}
	text, err = AppendJSON(nil, fields("events", list(), "other", list(), "bytes", vm.LString("\xff"), "f", vm.LNumber(0.5)), "events")
	if err != nil || string(text) != `{"bytes":{"$base64":"/w=="},"events":[],"f":0.5,"other":{}}` {
		t.Errorf("%s, %v", text, err)
	}
	for _, bad := range []vm.LValue{fields("f", &vm.LFunction{IsG: true}), vm.LNumber(math.Inf(1)), list(list(vm.LNil), &vm.LUserData{})} {
		if text, err := AppendJSON(nil, bad); err == nil {
			t.Errorf("%s", text)
		}
	}
	if _, err := FromJSON(""); err == nil {
		t.Error("an empty text is a value")
	}
}

func TestMeant(t *testing.T) {
	names := []string{"subject", "snippet", "uid"}
	if got := Meant("subjct", names); got != "did you mean subject?" {
		t.Error(got)
	}
	if got := Meant("quite different", names); got != "there are subject, snippet, uid" {
		t.Error(got)
	}
}

// FuzzFromJSON wants what can be read to be written and read again.
func FuzzFromJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,{"b":null}]}`, `"\u00e9"`, `[1.5e3]`, `{`, `{"$base64":"x"}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := FromJSON(text)
		if err != nil {
			return
		}
		Format(v)
		if _, err := AppendJSON(nil, v); err != nil && !strings.Contains(err.Error(), "levels") {
			t.Errorf("%q cannot be written: %v", text, err)
		}
	})
}

// FuzzAt follows any path.
func FuzzAt(f *testing.F) {
	for _, seed := range []string{"$.a[1].b", "$", "$..", "$[", `$["x"]`, "$.a.b.c"} {
		f.Add(seed)
	}
	tree, err := FromJSON(`{"a":[{"b":1}],"x":{"y":"z"}}`)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(_ *testing.T, path string) { At(tree, path) })
}

// FuzzQuote wants text that fits on a line and says the same.
func FuzzQuote(f *testing.F) {
	f.Add("a\"\\\n\x00\xff\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		for _, got := range []string{Quote(s), Plain(s)} {
			if strings.ContainsAny(got, "\n\r\x00\x1b") {
				t.Errorf("%q", got)
			}
		}
	})
}

func TestLines(t *testing.T) {
	for _, test := range []struct{ want, got, diff string }{
		{"a\nb\n", "a\nc\n", "@@ -1,2 +1,2 @@\n a\n-b\n+c\n"},
		{"a\nb", "a\nc", "@@ -1,2 +1,2 @@\n a\n-b\n+c\n"},
		{"", "new\n", "@@ -0,0 +1,1 @@\n+new\n"},
		{"old\n", "", "@@ -1,1 +0,0 @@\n-old\n"},
	} {
		if diff := cmp.Diff(test.diff, Lines(test.want, test.got)); diff != "" {
			t.Errorf("%q and %q (-want +got):\n%s", test.want, test.got, diff)
		}
	}
	for _, line := range []string{"line\n", strings.Repeat("x", diffLength+5) + "\n"} {
		huge := Lines(strings.Repeat("other "+line, 100_000/len(line)*10+1), strings.Repeat(line, 100_000/len(line)*10+1))
		if len(huge) > diffLength+100 || !strings.HasSuffix(huge, " more lines)\n") {
			t.Errorf("a huge diff has %d bytes and ends with %q", len(huge), huge[max(0, len(huge)-100):])
		}
	}
}

func TestApart(t *testing.T) {
	long := strings.Repeat("x", 300)
	for _, test := range []struct{ want, got, text string }{
		{"short", "other", ""},
		{long + "a", long + "b", `from byte 301 on, …"xxxxxxxxxxxxxxxxxxxxb" and not …"xxxxxxxxxxxxxxxxxxxxa"`},
		{long, long[:299], `from byte 300 on, …"xxxxxxxxxxxxxxxxxxxx" and not …"xxxxxxxxxxxxxxxxxxxxx"`},
		{"", long, `from byte 1 on, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"… and not ""`},
		{strings.Repeat("é", 200), strings.Repeat("é", 100) + "è", `from byte 202 on, …"éééééééééè" and not …"ééééééééééééééééééééééééééééé"…`},
	} {
		if diff := cmp.Diff(test.text, Apart(vm.LString(test.want), vm.LString(test.got))); diff != "" {
			t.Errorf("%.20q and %.20q (-want +got):\n%s", test.want, test.got, diff)
		}
	}
}
