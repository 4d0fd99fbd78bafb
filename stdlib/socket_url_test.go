package stdlib

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	vm "github.com/yuin/gopher-lua"
)

const (
	frozenURL = "testdata/socket_url.jsonl"
	freshURL  = `local M = require "socket.url"`
)

// TestSocketURLFrozen compares with what LuaSocket 3.1 answered under Lua 5.4.
func TestSocketURLFrozen(t *testing.T) {
	if *update {
		writeFrozen(t, frozenURL, ask(t, "lua5.4", freshURL, append(urlExperiments(), randomURLs(1, 300)...)))
	}
	experiments := readFrozen(t, frozenURL)
	if len(experiments) < 600 {
		t.Errorf("only %d frozen experiments", len(experiments))
	}
	compare(t, SocketURL, experiments)
}

// TestSocketURLDifferential asks the real module about inputs that are new in every run of the seed's day.
func TestSocketURLDifferential(t *testing.T) {
	installed(t, "lua5.4", `require "socket.url"`)
	compare(t, SocketURL, ask(t, "lua5.4", freshURL, randomURLs(rand.Uint64(), 1500)))
}

// urlExperiments are chosen ones: every function with usual, odd and wrong arguments.
func urlExperiments() []experiment {
	var all []experiment
	add := func(call string, values ...any) {
		all = append(all, experiment{Call: call, Arguments: arguments(values...)})
	}
	for _, s := range []any{"", "abc_XYZ09", "a b&c=d/e", "\x00\x01\x7f\x80\xff", "é€😀", "%41", "~-._!*'()", nil, 5, -1.5, true, false, sample{[]pair{}}} {
		add("escape", s)
		add("unescape", s)
		add("parse", s)
		add("parse_path", s)
		add("build_path", s)
		add("build", s)
		add("absolute", s, "x")
		add("absolute", "http://h/p", s)
		add("absolute", s, s)
	}
	for _, s := range []string{"%", "%4", "%41", "%4g", "%g1", "%%41", "%zz%20%", "a%2fb%2F", "%00", "%E2%82%AC", "%%%", "+", "%u0041"} {
		add("unescape", s)
	}
	urls := []string{
		"http://www.example.com/cgilua/index.lua?a=2#there", "ftp://root:passwd@unsafe.org/pub/virus.exe;type=i", "//host", "///path", "//", "/", "?", "#", ";", ":", "@",
		"http:", "http:/", "http://", "http:///", "http://h", "http://h:80", "http://h:", "http://:80", "http://@h", "http://u@h", "http://u:@h", "http://:p@h", "http://u:p:q@h:1:2",
		"http://u@v@h", "http://[::1]", "http://[::1]:80/x", "http://[::1", "http://::1]", "http://[]", "http://[]:1", "http://[a]b", "http://u:p@[fe80::1%25eth0]:8080/",
		"http://h?q", "http://h#f", "http://h;p", "http://h/p;a;b?c?d#e#f", "http://h/p#f?q;p", "http://h/p?q;p", "mailto:a@b", "urn:x:y:z", "a+b.c-d:e", "1http://h", "_a://h", "ht tp://h",
		"-a:b", "a_b:c", "a:b:c", "x", "a/b", "./a", "../a", "a?b=c&d=e", "?a#b", "#a?b", " http://h ", "http://h/a b", "http://h/\n\x00\xff", "HTTP://H", "file:///etc/passwd", "http://h//a//b", "::", "a:",
		"http://a@b:c/d", "http://a:b@c:d@e", "//u:p@h:1/p;q?r#s", "data:text/plain;base64,AA==", "http://ho\\st/", "http://h:80:90/", "http://h]:80", "http://[h:80", "//@", "//:", "//@:", "//[", "//]", "//:@:",
	}
	for _, url := range urls {
		add("parse", url)
		add("parse_path", url)
		add("absolute", "http://a/b/c/d;p?q", url)
		add("absolute", url, "../x/./y")
		add("absolute", url, "")
	}
	defaults := map[string]any{"scheme": "http", "port": 80, "authority": "da:1", "host": "dh", "user": "du", "userinfo": "x:y", "path": "/d", "extra": true}
	for _, url := range []any{"", "x", "//h", "//u@h", "http://h/p", "?q", nil, false} {
		add("parse", url, defaults)
		add("parse", url, map[string]any{"userinfo": "a:b:c"})
		add("parse", url, map[string]any{"authority": 12})
	}
	add("parse", "x", map[string]any{"authority": []any{}})
	add("parse", "x", map[string]any{"authority": true})
	add("parse", "//h", map[string]any{"userinfo": []any{}})
	add("parse", "x", map[string]any{"authority": "h", "userinfo": 5})
	add("parse", "x", false)
	add("parse", "x", nil, "ignored")
	add("parse")
	for _, relative := range []string{"g:h", "g", "./g", "g/", "/g", "//g", "?y", "g?y", "#s", "g#s", "g?y#s", ";x", "g;x", "g;x?y#s", "", ".", "./", "..", "../", "../g", "../..", "../../", "../../g", "../../../g",
		"../../../../g", "/./g", "/../g", "g.", ".g", "g..", "..g", "./../g", "./g/.", "g/./h", "g/../h", "g;x=1/./y", "g;x=1/../y", "g?y/./x", "g?y/../x", "g#s/./x", "g#s/../x", "http:g", "//x/../y", "a//../b", "a/..//b",
		"a///b", "a/b/../..", "a/b/../../..", "a/b/../../../c", "\x01/../a", "a/\x01/b", "....", "a/.../b", "/..", "/.", "/../..", "/./.", "/a/b/c/./../../g", "mid/content=5/../6", "..//a", ".//a", "../.", "./..", "a/./", "a/../", "/a/..", "/a/../"} {
		for _, base := range []any{"http://a/b/c/d;p?q", "http://a", "http://a/", "/b/c", "b", "", "file:", "//h/x/y/", "s:p/q", map[string]any{"scheme": "http", "host": "a", "path": "/b/c"}, map[string]any{"path": "x"}, []any{}} {
			add("absolute", base, relative)
		}
	}
	add("absolute", nil, nil)
	add("absolute", nil, 5)
	add("absolute", "x")
	add("absolute", []any{}, nil)
	add("absolute", map[string]any{"path": []any{}}, "x")
	add("absolute", map[string]any{"path": 5}, "x")
	add("absolute", map[string]any{"path": []any{}}, "")
	parts := map[string]any{"scheme": "s", "host": "h", "port": 8080, "user": "u", "password": "p", "userinfo": "i", "authority": "z", "path": "/p", "params": "a", "query": "q", "fragment": "f"}
	add("build", parts)
	for _, removed := range slices.Sorted(maps.Keys(parts)) {
		without := map[string]any{}
		for key, value := range parts {
			if key != removed {
				without[key] = value
			}
		}
		add("build", without)
		add("build", map[string]any{removed: parts[removed]})
		add("build", map[string]any{"host": "h", removed: parts[removed]})
		for _, wrong := range []any{true, false, []any{}, 5, 1.5, "", "a:b"} {
			if _, table := wrong.([]any); table && removed == "port" {
				continue // its text is an address
			}
			with := map[string]any{removed: wrong}
			add("build", with)
			for key, value := range without {
				with[key] = value
			}
			add("build", with)
		}
	}
	add("build", map[string]any{"host": "::1", "port": "80"})
	add("build", map[string]any{"password": "p", "userinfo": "u", "host": "h"})
	add("build", map[string]any{"user": []any{}, "password": true, "host": "h"})
	add("build")
	for _, flag := range []any{nil, true, false, 0} {
		for _, path := range []map[string]any{{}, {"is_absolute": 1}, {"is_directory": 1}, {"is_absolute": 1, "is_directory": 1}, {"is_absolute": false}} {
			for _, segments := range [][]any{{}, {"a"}, {"a", "b c", "d/e"}, {"%", "é", "\x00\xff", "~-._!*'():@&=+$,;?#[]"}, {""}, {"", ""}, {5, 1.5}, {"..", "."}, {true}, {"a", []any{}}} {
				table := sampleFrom(segments).value.([]pair)
				table = append(append([]pair{}, table...), sampleFrom(path).value.([]pair)...)
				add("build_path", sample{table}, flag)
			}
		}
	}
	add("build_path")
	add("build_path", "")
	add("build_path", "ab")
	for _, path := range []string{"/a/b/", "a", "//", "/a//b", "a%2Fb/c%20d", "%", "/%zz", ".", "..", "a/../b", "a;b?c"} {
		add("parse_path", path)
	}
	return all
}

// randomURLs are experiments over strings made of the pieces that matter in URLs.
func randomURLs(seed uint64, count int) []experiment {
	random := rand.New(rand.NewPCG(seed, 1))
	pieces := strings.Split("http: a b c d / / / // . .. ../ ./ ? # ; : @ [ ] % %41 %2f = & + - _ 1 80 \x01 \x00 \xff é \n ::", " ")
	pieces = append(pieces, " ")
	text := func() string {
		var out strings.Builder
		for range random.IntN(12) {
			out.WriteString(pieces[random.IntN(len(pieces))])
		}
		return out.String()
	}
	part := func() any { return []any{text(), text(), text(), random.IntN(9), nil}[random.IntN(5)] }
	parts := func() map[string]any {
		table := map[string]any{}
		for _, name := range []string{"scheme", "authority", "host", "port", "user", "password", "userinfo", "path", "params", "query", "fragment"} {
			if random.IntN(3) == 0 {
				if value := part(); value != nil {
					table[name] = value
				}
			}
		}
		return table
	}
	var all []experiment
	for range count {
		e := experiment{Call: []string{"escape", "unescape", "parse", "build", "absolute", "absolute", "absolute", "parse_path", "build_path"}[random.IntN(9)]}
		switch e.Call {
		case "parse":
			e.Arguments = arguments(text(), parts())
		case "build":
			e.Arguments = arguments(parts())
		case "absolute":
			if e.Arguments = arguments(text(), text()); random.IntN(3) == 0 {
				e.Arguments = arguments(parts(), text())
			}
		case "build_path":
			e.Arguments = arguments([]any{text(), text(), text()}, random.IntN(2) == 0)
		default:
			e.Arguments = arguments(text())
		}
		all = append(all, e)
	}
	return all
}

func TestSocketURLModule(t *testing.T) {
	first, second := newState(t), newState(t)
	one, two := open(t, first, SocketURL).(*vm.LTable), open(t, second, SocketURL).(*vm.LTable)
	if one == two {
		t.Error("two states share a table")
	}
	one.RawSetString("escape", vm.LNil)
	if two.RawGetString("escape") == vm.LNil || two.RawGetString("_VERSION") != vm.LString("URL 1.0.3") {
		t.Error("a state changed another one's module")
	}
}

// TestSocketURLLinear gives inputs on which LuaSocket's rewriting takes quadratic time.
func TestSocketURLLinear(t *testing.T) {
	L := newState(t)
	module := open(t, L, SocketURL)
	for _, piece := range []string{"/", "./", "../", "a/../", "a/", "/../"} {
		e := experiment{Call: "absolute", Arguments: arguments("http://h/"+strings.Repeat("a/", 1<<18), strings.Repeat(piece, 1<<18))}
		if got := e.run(L, module); got.Error != nil {
			t.Errorf("%s: %s", piece, got.outcome())
		}
	}
}

// FuzzSocketURLDots compares the one pass over segments with the rewriting it stands for.
func FuzzSocketURLDots(f *testing.F) {
	for _, seed := range []string{"a/b/../../../c", "/./../a//../..", "a/..//b/.", "//../x", "\x01/../a/."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if len(path) > 500 {
			return
		}
		if got, want := removeDots(path), rewriteDots(path); got != want {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	})
}

// rewriteDots is the definition of removeDots: replace the first match until there is none.
func rewriteDots(path string) string {
	for strings.Contains(path, "//") {
		path = strings.Replace(path, "//", "/\x01/", 1)
	}
	for strings.Contains(path, "/./") {
		path = strings.Replace(path, "/./", "/", 1)
	}
	for changed := true; changed; {
		changed = false
		segments := strings.Split(path, "/")
		for i := 0; i+2 < len(segments); i++ {
			if segments[i] != "" && segments[i+1] == ".." && segments[i+2] != "" {
				path = strings.Join(append(append([]string{}, segments[:i]...), segments[i+2:]...), "/")
				changed = true
				break
			}
		}
	}
	return strings.ReplaceAll(removeDotsAtEnd(path), "\x01", "")
}

func BenchmarkSocketURLEscape(b *testing.B) {
	L := newState(b)
	escape := field(L, open(b, L, SocketURL), "escape")
	subject := vm.LString("Re: Grüße & more — 100% (was: hello)")
	b.ReportAllocs()
	for b.Loop() {
		L.Push(escape)
		L.Push(subject)
		L.Call(1, 1)
		L.Pop(1)
	}
}
