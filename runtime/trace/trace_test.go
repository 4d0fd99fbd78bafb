package trace_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/runtime/trace"
)

// transaction is one of each kind of record, in the order they happen.
func transaction() []trace.Record {
	return []trace.Record{
		&trace.Load{Script: "handler.lua", Lua: "5.4", Handlers: []string{"message_new"}},
		&trace.Begin{Txn: 1, Scenario: "deliver-plain", User: "alice@example.com", File: "f.jsonl", Line: 2},
		&trace.HTTP{
			Txn: 1, Method: "POST", URL: "http://login:pass@h/p?a=b@c", Body: "x=1\x1b[2J",
			Headers: []trace.Header{{Name: "content-type", Value: "text/plain"}, {Name: "Authorization", Value: "Basic bG9naW4="}},
			Status:  200, Reason: "OK", Attempts: 2, Dry: true, Script: "handler.lua", Line: 7,
		},
		&trace.Log{
			Txn: 1, Level: trace.Info, Message: "lua: to http://u:p@h/ sent", Event: "sent",
			Fields: []trace.Field{{Key: "result_code", Value: int64(200)}, {Key: "who", Value: "a\xffb"}, {Key: "at", Value: time.Unix(5, 0)}},
			Script: "handler.lua", Line: 9,
		},
		&trace.Log{Txn: 1, Level: trace.Debug, Message: "lua: quiet", Suppressed: true, Script: "handler.lua", Line: 10},
		&trace.Metadata{Txn: 1, Op: "set", Key: "/private/k", Value: ""},
		&trace.Note{Txn: 1, Message: "no status"},
		&trace.Call{Txn: 1, Function: "dovecot_lua_notify_event_message_new", Event: "MessageNew", Mailbox: "INBOX", UID: 1, HasUID: true, Took: 41 * time.Microsecond},
		&trace.Error{
			Txn: 1, Code: "runtime", Message: "attempt to index a nil value (field 'from')", Function: "f",
			Script: "handler.lua", Line: 14, Column: 5, SourceLine: "\tx.from.y = 1", Traceback: []string{"handler.lua:14: in function 'f'"},
			Hint: "check it",
		},
		&trace.End{Txn: 1, Success: true, Requests: 1, Errors: 1},
	}
}

func play(o trace.Observer, records []trace.Record) {
	for _, r := range records {
		o.Observe(r)
	}
}

func TestJSONIsStable(t *testing.T) {
	var out strings.Builder
	play(trace.NewJSON(&out), transaction())
	want := `{"type":"load","script":"handler.lua","lua":"5.4","handlers":["message_new"]}
{"type":"begin","txn":1,"scenario":"deliver-plain","user":"alice@example.com","file":"f.jsonl","line":2}
{"type":"http","txn":1,"method":"POST","url":"http://***@h/p?a=b@c","headers":{"content-type":["text/plain"],"Authorization":["Basic ***"]},"body":"x=1\u001b[2J","status":200,"reason":"OK","attempts":2,"dry":true,"script":"handler.lua","line":7}
{"type":"log","txn":1,"level":"info","message":"lua: to http://***@h/ sent","event":"sent","fields":{"result_code":200,"who":{"$base64":"Yf9i"},"at":"1970-01-01T00:00:05.000000Z"},"script":"handler.lua","line":9}
{"type":"log","txn":1,"level":"debug","message":"lua: quiet","suppressed":true,"script":"handler.lua","line":10}
{"type":"metadata","txn":1,"op":"set","mailbox":"","key":"/private/k","value":""}
{"type":"note","txn":1,"message":"no status"}
{"type":"call","txn":1,"function":"dovecot_lua_notify_event_message_new","event":"MessageNew","mailbox":"INBOX","uid":1,"micros":41}
{"type":"error","txn":1,"code":"runtime","message":"attempt to index a nil value (field 'from')","function":"f","script":"handler.lua","line":14,"column":5,"traceback":["handler.lua:14: in function 'f'"],"hint":"check it"}
{"type":"end","txn":1,"success":true,"requests":1,"errors":1}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	for line := range strings.Lines(out.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %s", line)
		}
	}
}

func TestTextIsATree(t *testing.T) {
	var out strings.Builder
	play(trace.Ordered(trace.NewText(&out, trace.TextOptions{}), 100), transaction())
	want := `handler.lua  Lua 5.4, message_new

1 deliver-plain  alice@example.com  f.jsonl:2
  message_new  INBOX uid 1  41 µs
    POST http://***@h/p?a=b@c  200 OK (dry) after 2 attempts
      content-type: text/plain
      Authorization: Basic ***
      x=1\x1b[2J
    info lua: to http://***@h/ sent  [sent result_code=200 who=a\xffb at=1970-01-01T00:00:05.000000Z]  handler.lua:9
    metadata of user: /private/k = ""
    note no status
  error handler.lua:14: attempt to index a nil value (field 'from')
    14 |  x.from.y = 1
       |     ^
    handler.lua:14: in function 'f'
    hint: check it
  1 request, 1 error
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestTextShowsDebugAndColoursAndCuts(t *testing.T) {
	var out strings.Builder
	text := trace.NewText(&out, trace.TextOptions{Debug: true, Color: true, Width: 5})
	text.Observe(&trace.Log{Txn: 1, Level: trace.Debug, Message: "äöüäöüäöü", Suppressed: true})
	if want := "    \x1b[2mdebug\x1b[0m äöüäö… (9 characters)\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestOrderedReleasesWhatIsTooMuch(t *testing.T) {
	var kinds []string
	o := trace.Ordered(trace.ObserverFunc(func(r trace.Record) { kinds = append(kinds, r.Kind()) }), 2)
	for range 3 {
		o.Observe(&trace.Log{Script: "h.lua", Line: 1})
	}
	if len(kinds) != 2 {
		t.Errorf("%v went through before the call ended, want two", kinds)
	}
	o.Observe(&trace.Call{})
	if diff := cmp.Diff([]string{"log", "log", "call", "log"}, kinds); diff != "" {
		t.Error(diff)
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"":                                   "",
		"no url":                             "no url",
		"http://h/p":                         "http://h/p",
		"http://u:p@h/":                      "http://***@h/",
		"x https://token@h/ y":               "x https://***@h/ y",
		"http://u:p@ss@h/":                   "http://***@h/",
		"http://h/?mail=a@b":                 "http://h/?mail=a@b",
		"mailto a@b http://h":                "mailto a@b http://h",
		`{"url":"http://u:p@h/x","b":"c@d"}`: `{"url":"http://***@h/x","b":"c@d"}`,
	} {
		if got := trace.Redact(in); got != want {
			t.Errorf("Redact(%q) = %q, want %q", in, got, want)
		}
	}
	for _, c := range [][3]string{
		{"Authorization", "Bearer abc", "Bearer ***"},
		{"authorization", "abc", "***"},
		{"Proxy-Authorization", "Basic abc", "Basic ***"},
		{"X-Auth-Token", "abc", "***"},
		{"X-Api-Key", "abc", "***"},
		{"Cookie", "a=b", "***"},
		{"Referer", "http://u:p@h/", "http://***@h/"},
		{"Content-Type", "text/plain", "text/plain"},
	} {
		if got := trace.RedactHeader(c[0], c[1]); got != c[2] {
			t.Errorf("RedactHeader(%q, %q) = %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestFrame(t *testing.T) {
	long := strings.Repeat("a", 300) + "X" + strings.Repeat("b", 300)
	frame := trace.Frame(3, long, 301)
	lines := strings.Split(frame, "\n")
	if at := strings.IndexByte(lines[1], '^'); at < 0 || lines[0][at] != 'X' {
		t.Errorf("the caret does not stand below the X:\n%s", frame)
	}
	if trace.Frame(3, "", 1) != "" {
		t.Error("a frame of no line")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("no space left on device")

func TestWritersKeepTheFirstError(t *testing.T) {
	j, x := trace.NewJSON(failing{}), trace.NewText(failing{}, trace.TextOptions{})
	play(trace.Tee(j, x), transaction())
	if j.Err() != errFull || x.Err() != errFull {
		t.Errorf("got %v and %v", j.Err(), x.Err())
	}
}

func BenchmarkJSON(b *testing.B) {
	records := transaction()
	j := trace.NewJSON(discard{})
	b.ReportAllocs()
	for b.Loop() {
		play(j, records)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
