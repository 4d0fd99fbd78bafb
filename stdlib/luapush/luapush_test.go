package luapush_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store"
	"github.com/luapush/luapush/stdlib"
	"github.com/luapush/luapush/stdlib/luapush"
)

// play runs a program with one message, INBOX/7, and gives what it printed.
func play(t testing.TB, raw, program string, o runtime.Options) (string, error) {
	t.Helper()
	var out bytes.Buffer
	o.API, o.Modules, o.Lua = bindings.NewDovecot(), stdlib.Modules(), lua.Options{Stdout: &out}
	host := runtime.New(o)
	compiled, err := host.Compile("program.lua", []byte(program))
	if err != nil {
		t.Fatal(err)
	}
	txn := &mail.Transaction{User: mail.User{Username: "alice@example.com"}, Messages: []mail.Message{{Mailbox: "INBOX", UID: 7, Raw: raw}}}
	session, err := host.Open(context.Background(), compiled, txn)
	if err == nil {
		session.Close(context.Background())
	}
	return out.String(), err
}

const invite = "Received: one\r\n by x\r\nReceived: two\r\nSubject: =?utf-8?q?Einladung?=\r\n" +
	"Content-Type: multipart/mixed; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ngr=FC=DFe\r\n" +
	"--b\r\nContent-Type: Text/Calendar; name=\"n.ics\"\r\nContent-Disposition: ATTACHMENT; filename*=utf-8''%C3%A4.ics\r\n" +
	"Content-Transfer-Encoding: base64\r\nX-Two: 1\r\nX-Two: 2\r\n\r\nQkVHSU4=\r\n" +
	"--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n/wA=\r\n--b--\r\n"

func TestModule(t *testing.T) {
	for name, c := range map[string]struct{ raw, program, want string }{
		"fields":         {invite, `print(m.mailbox, m.uid, type(luapush.version), #luapush.version > 0)`, "INBOX\t7\tstring\ttrue\n"},
		"header":         {invite, `print(m:header("SUBJECT"), m:header("received"), m:header "To")`, "=?utf-8?q?Einladung?=\tone\n by x\tnil\n"},
		"headers":        {invite, `print(#m:headers "Received", m:headers "received"[2], #m:headers "To")`, "2\ttwo\t0\n"},
		"number as name": {"1: x\n\n", `print(m:header(1))`, "x\n"},
		"size":           {"A: b\n\nx\n", `print(m:size())`, "8\t11\n"},
		"text":           {"A: \xff\x00\n\nx", `print(m:text() == "A: \xff\0\n\nx")`, "true\n"},
		"parts": {invite, `for _, p in ipairs(m:parts()) do
			print(p.depth, p.type, p.charset, p.name, p.disposition, p.filename, p.encoding, p.size, p.type:find "^multipart" and "" or p:text(), #p:raw()) end`,
			"0\tmultipart/mixed\tnil\tnil\tnil\tnil\t7bit\t366\t\t366\n" +
				"1\ttext/plain\tiso-8859-1\tnil\tnil\tnil\tquoted-printable\t9\tgrüße\t9\n" +
				"1\ttext/calendar\tnil\tn.ics\tattachment\tä.ics\tbase64\t8\tBEGIN\t8\n" +
				"1\timage/png\tnil\tnil\tnil\tnil\tbase64\t4\t\xff\x00\t4\n"},
		"part's header":           {invite, `local p = m:parts()[3] print(p:header "x-two", #p:headers "X-TWO", p:header "Subject")`, "1\t2\tnil\n"},
		"INBOX in any case":       {"A: b\n\n", `print(luapush.message("inbox", 7.0):header "a")`, "b\n"},
		"each call anew":          {"A: b\n\n", `print(luapush.message("INBOX", 7) == m, m:parts() == m:parts())`, "false\tfalse\n"},
		"own fields":              {"A: b\n\n", `m.mine = 1 print(m.mine, luapush.message("INBOX", 7).mine)`, "1\tnil\n"},
		"another uid":             {"", `print(luapush.message("INBOX", 8))`, "nil\tthe text of message 8 in \"INBOX\" is not there: neither the recording (under \"messages\") nor the store has it\n"},
		"another mailbox":         {"", `print(luapush.message("Sent", 7))`, "nil\tthe text of message 7 in \"Sent\" is not there: neither the recording (under \"messages\") nor the store has it\n"},
		"uid 0":                   {"", `print(luapush.message("INBOX", 0.0))`, "nil\tthe text of message 0 in \"INBOX\" cannot be found: a uid is 1 to 4294967295\n"},
		"uid too big":             {"", `print(luapush.message("INBOX", 1 << 32))`, "nil\tthe text of message 4294967296 in \"INBOX\" cannot be found: a uid is 1 to 4294967295\n"},
		"asked for as in Dovecot": {"", `local ok, again = pcall(require, "luapush") print(ok, again == luapush)`, "true\ttrue\n"},
		"wrong uid":               {"", `print(pcall(luapush.message, "INBOX", "x"))`, "false\tbad argument #2 to 'luapush.message' (number expected, got string)\n"},
		"no mailbox":              {"", `print(pcall(luapush.message))`, "false\tbad argument #1 to 'luapush.message' (string expected, got no value)\n"},
		"no object":               {"", `print(pcall(function() m.header({}, "x") end))`, "false\tprogram.lua:3: bad argument #1 to 'header' (luapush.message expected, got table)\n"},
		"another's method":        {"", `print(pcall(function() m.size(m:parts()[1]) end))`, "false\tprogram.lua:3: bad argument #1 to 'size' (luapush.message expected, got luapush.part)\n"},
		"no name":                 {"", `print(pcall(function() m.header(m) end))`, "false\tprogram.lua:3: bad argument #2 to 'header' (string expected, got no value)\n"},
		"position":                {"", "print(select(2, pcall(function() m:headers() end)))", "program.lua:3: bad argument #1 to 'headers' (string expected, got no value)\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := play(t, c.raw, "local luapush = require \"luapush\"\nlocal m = luapush.message(\"INBOX\", 7)\n"+c.program, runtime.Options{Strict: true})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// failing is a store that cannot read messages.
type failing struct {
	store.Store
	err error
}

type failingView struct {
	store.View
	err error
}

func (f failing) View(t *mail.Transaction) store.View { return failingView{f.Store.View(t), f.err} }

func (f failingView) Message(string, uint32) (mail.Text, error) { return mail.Text{}, f.err }

func TestStoreThatFails(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{errors.New("broken"), "broken"},
		{fmt.Errorf("over there: %w", &store.Error{Text: "Internal error", Hint: "look into the log"}), "Internal error; look into the log"},
		{&store.Error{Text: "Internal error"}, "Internal error"},
	} {
		got, err := play(t, "", `print(require "luapush".message("INBOX", 7))`, runtime.Options{Store: failing{store.NewDocument(), c.err}})
		if want := "nil\tthe text of message 7 in \"INBOX\" cannot be read: " + c.want + "\n"; got != want || err != nil {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
}

// TestBounds hands scripts messages that take much: every one must end with the call's time or memory.
func TestBounds(t *testing.T) {
	many := "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 9000)
	fields := strings.Repeat("X: y\n", 1<<20) + "\n"
	long := "Content-Type: text/plain; charset=iso-8859-1\n\n" + strings.Repeat("\xfc", 4<<20)
	for name, c := range map[string]struct{ raw, program, code string }{
		"keeping texts":    {long, `local t = {} while true do t[#t + 1] = m:parts()[1]:text() end`, lua.CodeMemory},
		"keeping parts":    {many, `local t = {} while true do t[#t + 1] = m:parts() end`, lua.CodeMemory},
		"keeping headers":  {fields, `local t = {} while true do t[#t + 1] = m:headers "X" end`, lua.CodeMemory},
		"parsing":          {many, `while true do luapush.message("INBOX", 7):parts() end`, lua.CodeDeadline},
		"decoding":         {long, `local p = m:parts()[1] while true do p:text() end`, lua.CodeDeadline},
		"looking":          {fields, `while true do m:header "nothing" end`, lua.CodeDeadline},
		"guarded":          {fields, `while true do pcall(m.header, m, "nothing") end`, lua.CodeDeadline},
		"counting":         {long, `while true do m:size() end`, lua.CodeDeadline},
		"many messages":    {"A: b\n\n", `local t = {} while true do t[#t + 1] = luapush.message("INBOX", 7) end`, lua.CodeMemory},
		"kept of the past": {long, `local t = {} for i = 1, 50 do t[i] = m:text() .. i end`, lua.CodeMemory},
	} {
		t.Run(name, func(t *testing.T) {
			limits := runtime.Limits{Time: 300 * time.Millisecond, Memory: 64 << 20}
			if c.code == lua.CodeMemory {
				limits.Time = time.Minute
			}
			began := time.Now()
			_, err := play(t, c.raw, "local luapush = require \"luapush\" local m = luapush.message(\"INBOX\", 7)\n"+c.program,
				runtime.Options{Limits: limits})
			var failure *runtime.Error
			if !errors.As(err, &failure) || failure.Code != c.code {
				t.Errorf("%v", err)
			}
			if took := time.Since(began); took > limits.Time+30*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// TestHeldTextIsMeasured: a script that keeps objects keeps the messages, although they are not values of Lua.
func TestHeldTextIsMeasured(t *testing.T) {
	host := runtime.New(runtime.Options{API: bindings.NewDovecot(), Modules: stdlib.Modules(), Limits: runtime.Limits{Memory: 16 << 20}})
	compiled, err := host.Compile("keep.lua", []byte(`
local luapush, kept = require "luapush", {}
function dovecot_lua_notify_begin_txn(user) return {} end
function dovecot_lua_notify_event_message_new(ctx, event)
  kept[#kept + 1] = luapush.message(event.mailbox, event.uid):parts()[1]
end
function dovecot_lua_notify_end_txn() end
`))
	if err != nil {
		t.Fatal(err)
	}
	var session *runtime.Session
	var outcome runtime.Outcome
	for range 40 {
		raw, err := json.Marshal("A: b\n\n" + strings.Repeat("x", 1<<20))
		if err != nil {
			t.Fatal(err)
		}
		document := `{"version":1,"user":{"username":"a"},"events":[{"name":"MessageNew","mailbox":"INBOX","uid":7,"uid_validity":1}],` +
			`"messages":[{"mailbox":"INBOX","uid":7,"raw":` + string(raw) + `}],"success":true}`
		txn, err := mail.NewReader(strings.NewReader(document), "test").Next()
		if err != nil {
			t.Fatal(err)
		}
		if session == nil {
			if session, err = host.Open(context.Background(), compiled, txn); err != nil {
				t.Fatal(err)
			}
			defer session.Close(context.Background())
		}
		if outcome = session.Play(context.Background(), txn); outcome.Err != nil {
			break
		}
	}
	if outcome.Err == nil || outcome.Err.Code != lua.CodeMemory {
		t.Errorf("40 MB were kept within 16: %v", outcome.Err)
	}
}

// TestEverythingIsDescribed compares the descriptions with what a script finds, both ways.
func TestEverythingIsDescribed(t *testing.T) {
	var want []string
	for _, o := range luapush.Objects() {
		for _, f := range o.Functions {
			want = append(want, o.Name+" function "+f.Name)
			if !strings.HasSuffix(f.Doc, ".") || f.Result == "" {
				t.Errorf("%s %s: %q, %q", o.Name, f.Name, f.Doc, f.Result)
			}
		}
		for _, f := range o.Fields {
			want = append(want, fmt.Sprintf("%s %s %s", o.Name, f.Type, f.Name))
			if !strings.HasSuffix(f.Doc, ".") {
				t.Errorf("%s %s: %q", o.Name, f.Name, f.Doc)
			}
		}
	}
	program := `
local luapush = require "luapush"
local message = luapush.message("INBOX", 7)
local part = message:parts()[1]
for name, object in pairs{luapush = luapush, ["luapush.message"] = message, ["luapush.part"] = part} do
  local all = {}
  for k, v in pairs(object) do all[k] = v end
  for k, v in pairs((getmetatable(object) or {__index = {}}).__index) do all[k] = v end
  all.item = nil
  for k, v in pairs(all) do print(("%s %s %s"):format(name, type(v), k)) end
end`
	out, err := play(t, "Content-Type: text/plain; charset=x; name=y\nContent-Disposition: inline; filename=z\n\n", program, runtime.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	sorted := cmp.Transformer("sorted", func(list []string) map[string]int {
		m := map[string]int{}
		for _, s := range list {
			m[s]++
		}
		return m
	})
	if diff := cmp.Diff(want, got, sorted); diff != "" {
		t.Errorf("-described +there:\n%s", diff)
	}
}
