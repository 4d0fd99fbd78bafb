package coverage

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/mail"
)

// sampleHandler has lines and branches of all kinds, most of them reached.
const sampleHandler = `local t = {}
function dovecot_lua_notify_event_message_new(ctx, event)
	if ctx and event then
		t.n = (t.n or 0) + 1
	else
		return nil
	end
	for i = 1, 3 do t[i] = "<&>" end
	while false do t = nil end
	repeat until true
	return function() return t end
end
function unused() end -- é
local grüße = dovecot_lua_notify_event_message_new({}, t.x
	or {})
`

// sample makes a report in a folder of its own, which is the current one then.
func sample(t *testing.T) *Report {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"hook/handler.lua":      strings.ReplaceAll(sampleHandler, "grüße", "greeting"),
		"hook/other.lua":        "local function f(a) return a and 1 end\nreturn f\n",
		"hook/broken.lua":       "local x = = 1\n",
		"hook/handler_test.lua": "local t = require 'luapush.test'\n",
		"late/handler.lua":      "function dovecot_lua_notify_event_flags_set(ctx, event) print(event.flags) end\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	c := New()
	w := c.Worker()
	h := &host{worker: w, folder: "hook", handlers: map[string]*handler{}}
	h.lines = lua.NewCoverage(h.counts)
	w.hosts = append(w.hosts, h)
	engine := lua.NewEngine(lua.EngineOptions{Coverage: h.lines})
	source, err := os.ReadFile("hook/handler.lua")
	if err != nil {
		t.Fatal(err)
	}
	// Golden traces call a handler by its name alone; it is the same file.
	for _, name := range []string{"hook/handler.lua", "handler.lua"} {
		chunk, err := engine.Compile(name, source)
		if err != nil {
			t.Fatal(err)
		}
		state := engine.NewState(lua.Options{})
		if err := state.Run(context.Background(), chunk); err != nil {
			t.Fatal(err)
		}
		state.Close()
		r := h.handler(name)
		r.defined[mail.MessageNew] = true
		r.events[mail.MessageNew] = &tally{}
		w.hit(r.events[mail.MessageNew])
		r.hit(w, "rollback")
		w.Case(&result.Case{File: "hook/handler_test.lua", Path: []string{"posts", name}})
	}
	return c.Report([]string{"."})
}

func golden(t *testing.T, folder, name, got string) {
	t.Helper()
	file := filepath.Join(folder, "testdata", name)
	if os.Getenv("LUAPUSH_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestFormats(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	r := sample(t)
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for name, format := range map[string]string{
		"summary.txt": Summary, "source.txt": Source, "lcov.info": LCOV, "cobertura.xml": Cobertura, "coverage.html": HTML,
	} {
		var b bytes.Buffer
		if err := r.Write(&b, format, Options{Now: at}); err != nil {
			t.Fatal(err)
		}
		golden(t, here, name, b.String())
		if err := r.Write(brokenWriter{}, format, Options{Now: at}); !errors.Is(err, errBroken) {
			t.Errorf("%s: a writer that fails gives %v", name, err)
		}
	}
	var b bytes.Buffer
	if err := r.Write(&b, Source, Options{Color: true}); err != nil || !strings.Contains(b.String(), "\x1b[31m") {
		t.Errorf("no colours: %v %s", err, b.String())
	}
}

var errBroken = errors.New("no space")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

// TestCobertura: the counts of the file are those of its lines, as those who
// read it add them up.
func TestCobertura(t *testing.T) {
	r := sample(t)
	var b bytes.Buffer
	if err := r.Write(&b, Cobertura, Options{}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Covered int `xml:"lines-covered,attr"`
		Valid   int `xml:"lines-valid,attr"`
		Lines   []struct {
			Number int    `xml:"number,attr"`
			Hits   uint64 `xml:"hits,attr"`
			Branch bool   `xml:"branch,attr"`
			Share  string `xml:"condition-coverage,attr"`
		} `xml:"packages>package>classes>class>lines>line"`
	}
	if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for _, l := range got.Lines {
		if l.Branch != (l.Share != "") {
			t.Errorf("line %d: branch %v, %q", l.Number, l.Branch, l.Share)
		}
	}
	totals := r.Totals()
	if got.Covered != totals.Lines.Hit || got.Valid != totals.Lines.All {
		t.Errorf("%d of %d lines, want %+v", got.Covered, got.Valid, totals.Lines)
	}
}

// TestHTMLStandsAlone: the page needs nothing from elsewhere, and runs nothing.
func TestHTMLStandsAlone(t *testing.T) {
	var b bytes.Buffer
	if err := sample(t).Write(&b, HTML, Options{}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, foreign := range []string{"<script", "<link", "<img", "src=", "url(", "@import", "http://", "https://"} {
		if strings.Contains(text, foreign) {
			t.Errorf("the page has %s", foreign)
		}
	}
	d := xml.NewDecoder(strings.NewReader(strings.Replace(strings.ReplaceAll(text, " open>", ">"), "<!DOCTYPE html>", "", 1)))
	d.Strict, d.AutoClose, d.Entity = false, []string{"meta"}, xml.HTMLEntity
	ids := map[string]bool{}
	var links []string
	for {
		token, err := d.Token()
		if err != nil {
			break
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range start.Attr {
			switch a.Name.Local {
			case "id":
				if ids[a.Value] {
					t.Errorf("the id %s is there twice", a.Value)
				}
				ids[a.Value] = true
			case "href", "aria-labelledby":
				links = append(links, strings.TrimPrefix(a.Value, "#"))
			}
		}
	}
	for _, to := range links {
		if !ids[to] {
			t.Errorf("a link leads to %s, which is not there", to)
		}
	}
	if len(ids) < 10 || len(links) < 5 {
		t.Errorf("%d ids and %d links: the page could not be read", len(ids), len(links))
	}
}

func TestParse(t *testing.T) {
	for _, test := range []struct {
		list []string
		want []Target
		err  string
	}{
		{nil, []Target{{Format: Summary}}, ""},
		{[]string{""}, []Target{{Format: Summary}}, ""},
		{[]string{"text"}, []Target{{Format: Source}}, ""},
		{[]string{"lcov"}, []Target{{Format: Summary}, {LCOV, "lcov.info"}}, ""},
		{[]string{"lcov=-", "html=a.html"}, []Target{{Format: Summary}, {Format: LCOV}, {HTML, "a.html"}}, ""},
		{[]string{"cobertura", "cobertura=x.xml"}, []Target{{Format: Summary}, {Cobertura, "cobertura.xml"}, {Cobertura, "x.xml"}}, ""},
		{[]string{"summary=s.txt"}, []Target{{Format: Summary}, {Summary, "s.txt"}}, ""},
		{[]string{"lcof"}, nil, `there is no coverage format "lcof"; did you mean lcov?`},
		{[]string{"pdf/a"}, nil, `there is no coverage format "pdf/a"; there are summary, text, lcov, cobertura, html`},
		{[]string{"html="}, nil, `"html=" names no file: give html=FILE, or html alone`},
		{[]string{"html=x", "lcov=./x"}, nil, "html and lcov cannot share the file ./x: give each its own"},
	} {
		got, err := Parse(test.list)
		if test.err != "" {
			if err == nil || err.Error() != test.err {
				t.Errorf("%q: %v, want %s", test.list, err, test.err)
			}
			continue
		}
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%q: %v %s", test.list, err, diff)
		}
	}
}

func TestThreshold(t *testing.T) {
	r := sample(t)
	for text, want := range map[string]string{
		"10":           "",
		"lines=10%":    "",
		"100":          "coverage of lines is 71.4% (10 of 14), below the threshold of 100%",
		"functions=60": "coverage of functions is 20% (1 of 5), below the threshold of 60%",
		"branches=0":   "",
		"events=99.5":  "coverage of events is 15.4% (2 of 13), below the threshold of 99.5%",
	} {
		limit, err := ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := limit.Below(r); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"x": `"x" is no percentage`, "101": "from 0 to 100", "-1": "from 0 to 100", "NaN": "no percentage",
		"line=3": `"line" cannot have a threshold; did you mean lines?`,
	} {
		if _, err := ParseThreshold(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestPercent(t *testing.T) {
	for want, c := range map[string]Counts{"100%": {}, "99.9%": {9999, 10000}, "50%": {1, 2}, "33.3%": {1, 3}, "0%": {0, 3}} {
		if got := percent(c); got != want {
			t.Errorf("%+v: %s, want %s", c, got, want)
		}
	}
}
