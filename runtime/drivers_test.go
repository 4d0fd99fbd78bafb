package runtime_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/config"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
)

// runDrivers plays documents through scripts, given as name and text, and gives
// what happened, with the driver's name in front.
func runDrivers(t *testing.T, o runtime.Options, documents string, drivers ...string) ([]string, runtime.Summary) {
	t.Helper()
	var told []string
	o.API = bindings.NewDovecot()
	o.Observer = trace.Ordered(trace.ObserverFunc(func(r trace.Record) {
		text := tell(r)
		if d := trace.DriverOf(r); d != "" {
			text = d + ": " + text
		}
		told = append(told, text)
	}), 1000)
	host := runtime.New(o)
	var list runtime.DriverList
	for i := 0; i < len(drivers); i += 2 {
		program, err := host.Compile(drivers[i]+".lua", []byte(drivers[i+1]))
		if err != nil {
			t.Fatal(err)
		}
		list.Drivers = append(list.Drivers, &runtime.Driver{Name: drivers[i], Program: program})
	}
	from := source.NewReader(strings.NewReader(documents), "test")
	summary, err := host.RunDrivers(context.Background(), func(*mail.Transaction) runtime.DriverList { return list }, from)
	if err != nil {
		t.Fatal(err)
	}
	return told, summary
}

const both = `
function dovecot_lua_notify_begin_txn(user) seen = 0 return {} end
function dovecot_lua_notify_event_message_new(ctx, event) seen = seen + 1 end
function dovecot_lua_notify_event_message_read(ctx, event) seen = seen + 1 end
function dovecot_lua_notify_end_txn(ctx, success) dovecot.i_info("seen " .. seen) end
`

// TestDriversTakeTurns holds Dovecot's order: all begins, then message by
// message each driver, then all ends.
func TestDriversTakeTurns(t *testing.T) {
	told, summary := runDrivers(t, runtime.Options{},
		document("s", "true", "MessageNew:1", "MessageRead:1", "MessageNew:2")+document("s", "false", "MessageNew:3"), "a", both, "b", both)
	expect(t, told,
		"a: load message_new,message_read", "b: load message_new,message_read", "begin a@b",
		"a: call begin_txn", "b: call begin_txn",
		"a: call message_new INBOX 1", "a: call message_read INBOX 1", "b: call message_new INBOX 1", "b: call message_read INBOX 1",
		"a: call message_new INBOX 2", "b: call message_new INBOX 2",
		"a: call end_txn", "a: info seen 3", "b: call end_txn", "b: info seen 3", "a: end true", "b: end true",
		"begin a@b", "a: call begin_txn", "b: call begin_txn", "a: call end_txn", "a: info seen 0", "b: call end_txn", "b: info seen 0",
		"a: end false", "b: end false",
	)
	if summary != (runtime.Summary{Transactions: 2}) {
		t.Errorf("%+v", summary)
	}
}

// TestDriversAreKeptApart holds that no fault of one driver touches the others.
func TestDriversAreKeptApart(t *testing.T) {
	for name, script := range map[string]string{
		"chunk":   `error("no")`,
		"init":    `function script_init() return 1 end`,
		"begin":   strings.Replace(both, "seen = 0", "error('no')", 1),
		"handler": strings.Replace(both, "seen = seen + 1", "error('no')", 1),
		"loop":    strings.Replace(both, "seen = seen + 1", "while true do end", 1),
		"end":     strings.Replace(both, "dovecot.i_info", "error", 1),
		"exit":    strings.Replace(both, "seen = seen + 1", "os.exit(1)", 1),
		"nothing": "",
		"globals": both + `for k in pairs(_G) do if type(_G[k]) == "function" and k:find("dovecot_") then _G[k] = function() end end end`,
		"memory":  strings.Replace(both, "seen = seen + 1", `local s = "x" while true do s = s .. s end`, 1),
		"deinit":  both + `function script_deinit() error("no") end`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := runtime.Options{Limits: runtime.Limits{Time: 200 * time.Millisecond, Memory: 32 << 20}}
			documents := document("s", "true", "MessageNew:1", "MessageRead:1") + document("s", "true", "MessageNew:2")
			for _, order := range [][]string{{"bad", script, "good", both}, {"good", both, "bad", script}} {
				told, summary := runDrivers(t, o, documents, order...)
				var good []string
				for _, line := range told {
					if rest, ok := strings.CutPrefix(line, "good: "); ok {
						good = append(good, rest)
					}
				}
				expect(t, good, "load message_new,message_read",
					"call begin_txn", "call message_new INBOX 1", "call message_read INBOX 1", "call end_txn", "info seen 2", "end true",
					"call begin_txn", "call message_new INBOX 2", "call end_txn", "info seen 1", "end true")
				if summary.Transactions != 2 || summary.Skipped != 0 {
					t.Errorf("%+v", summary)
				}
				if wantErrors := name != "globals"; wantErrors != (summary.Errors > 0) {
					t.Errorf("%d errors", summary.Errors)
				}
			}
		})
	}
}

func TestNoDrivers(t *testing.T) {
	var told []string
	host := runtime.New(runtime.Options{API: bindings.NewDovecot(), Observer: trace.ObserverFunc(func(r trace.Record) { told = append(told, tell(r)) })})
	from := source.NewReader(strings.NewReader(document("s", "true", "MessageNew:1")+document("t", "true", "MessageNew:1")), "test")
	summary, err := host.RunDrivers(context.Background(), func(*mail.Transaction) runtime.DriverList {
		return runtime.DriverList{Notes: []string{"nobody is at home"}}
	}, from)
	if err != nil || summary != (runtime.Summary{Transactions: 2, Skipped: 2}) {
		t.Errorf("%+v, %v", summary, err)
	}
	expect(t, told, "note nobody is at home", "begin a@b", "end skipped: the user has no push driver", "begin a@b", "end skipped: the user has no push driver")
}

// settings reads a configuration, and scripts by their path.
func configured(t *testing.T, text string, files map[string]string) (runtime.Configured, func(path string) ([]byte, error)) {
	t.Helper()
	read := func(path string) ([]byte, error) {
		if path == "d.conf" {
			return []byte(text), nil
		}
		if source, ok := files[path]; ok {
			return []byte(source), nil
		}
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	settings, err := config.Load("d.conf", config.LoadOptions{ReadFile: read})
	if err != nil {
		t.Fatal(err)
	}
	return runtime.Configured{
		Settings: settings, ReadFile: read,
		Bundled: func(name string) ([]byte, bool) {
			source, ok := files[name]
			return []byte(source), ok
		},
	}, read
}

const options = `
function script_init(o)
  dovecot.i_info(tostring(o and o.url) .. " " .. tostring(o and o.luapush_release))
  return 0
end
function dovecot_lua_notify_begin_txn(user) return user end
function dovecot_lua_notify_event_message_new(user, event)
  dovecot.i_info(tostring(user:plugin_getenv("hook")) .. " " .. tostring(user:plugin_getenv("own")))
end
function dovecot_lua_notify_end_txn() end
`

func TestConfigured(t *testing.T) {
	c, _ := configured(t, `mail_plugins = mail_lua notify push_notification push_notification_lua
plugin {
  hook = http://h/%n
  own = file
  push_notification_driver = ox:url=http://h/%u
  push_notification_driver2 = lua:file=/missing.lua
  push_notification_driver3 = lua:file=/a.lua
  push_notification_driver5 = dlog
}
`, map[string]string{"ox": options, "/a.lua": options})
	var out bytes.Buffer
	var told []string
	host := runtime.New(runtime.Options{
		API: bindings.NewDovecot(), Settings: map[string]string{"own": "by hand"}, Now: func() time.Time { return time.Unix(0, 0) },
		Observer: trace.Ordered(trace.Tee(trace.NewJSON(&out), trace.ObserverFunc(func(r trace.Record) {
			text := tell(r)
			if d := trace.DriverOf(r); d != "" {
				text = d + ": " + text
			}
			told = append(told, text)
		})), 1000),
	})
	documents := strings.Replace(document("s", "true", "MessageNew:1"), "a@b", "ann@b", 1) + document("t", "true", "MessageNew:1")
	summary, err := host.RunDrivers(context.Background(), host.Configured(c), source.NewReader(strings.NewReader(documents), "test"))
	if err != nil || summary.Errors != 2 {
		t.Errorf("%+v, %v", summary, err)
	}
	missing := "lua#2: error  d.conf:6: lua: access(/missing.lua) failed: No such file or directory"
	expect(t, told,
		"note d.conf:8: push_notification_driver5 is never read: there is no push_notification_driver4 (number the drivers without a gap)",
		"ox: call script_init", "ox: info http://h/ann@b 2.3.19.1", "ox: load message_new", missing,
		"lua#3: call script_init", "lua#3: info nil nil", "lua#3: load message_new",
		"begin ann@b", "ox: call begin_txn", "lua#3: call begin_txn",
		"ox: call message_new INBOX 1", "ox: info http://h/ann by hand", "lua#3: call message_new INBOX 1", "lua#3: info http://h/ann by hand",
		"ox: call end_txn", "lua#3: call end_txn", "ox: end true", "lua#2: end skipped: the script could not be started", "lua#3: end true",
		"ox: call script_init", "ox: info http://h/a@b 2.3.19.1", missing, "lua#3: call script_init", "lua#3: info nil nil",
		"begin a@b", "ox: call begin_txn", "lua#3: call begin_txn",
		"ox: call message_new INBOX 1", "ox: info http://h/a by hand", "lua#3: call message_new INBOX 1", "lua#3: info http://h/a by hand",
		"ox: call end_txn", "lua#3: call end_txn", "ox: end true", "lua#2: end skipped: the script could not be started", "lua#3: end true",
	)
	line := `{"type":"error","driver":"lua#2","code":"settings","message":"lua: access(/missing.lua) failed: No such file or directory","script":"d.conf","line":6,"traceback":[],"hint":"check the path; it is looked for on this machine"}`
	if !strings.Contains(out.String(), line) {
		t.Errorf("no line %s in\n%s", line, out.String())
	}
}

// TestConfiguredFiles holds what Dovecot says of files that cannot be read.
func TestConfiguredFiles(t *testing.T) {
	for _, c := range []struct {
		cause error
		want  string
	}{
		{fs.ErrNotExist, "lua: access(/a.lua) failed: No such file or directory"},
		{fs.ErrPermission, "lua: lua_load(/a.lua) failed: cannot open /a.lua: Permission denied"},
		{syscall.EISDIR, "lua: lua_load(/a.lua) failed: cannot read /a.lua: Is a directory"},
	} {
		conf, _ := configured(t, "mail_plugins = mail_lua notify push_notification push_notification_lua\nplugin {\n  push_notification_driver = lua:file=/a.lua\n}\n", nil)
		conf.ReadFile = func(path string) ([]byte, error) {
			return nil, &fs.PathError{Op: "read", Path: path, Err: c.cause}
		}
		host := runtime.New(runtime.Options{API: bindings.NewDovecot()})
		list := host.Configured(conf)(&mail.Transaction{})
		if got := list.Drivers[0].Fault.Message; got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// TestBundledSeesHTTP holds that a driver that comes with luapush has
// dovecot.http also for a Dovecot that had none.
func TestBundledSeesHTTP(t *testing.T) {
	c, _ := configured(t, "mail_plugins = notify push_notification\nplugin {\n  push_notification_driver = ox:url=http://h/\n}\n",
		map[string]string{"ox": `function script_init(o) return dovecot.http.client({}) and 0 end`})
	for _, release := range []dovecot.Release{dovecot.First, dovecot.Default, dovecot.At(2, 3, 21)} {
		host := runtime.New(runtime.Options{API: bindings.NewDovecot(), Dovecot: release})
		list := host.Configured(c)(&mail.Transaction{})
		if _, err := host.OpenDriver(context.Background(), list.Drivers[0], &mail.Transaction{}); err != nil {
			t.Errorf("%s: %v", release, err)
		}
	}
}

// TestMailLuaScript holds the rules of a push driver without a file.
func TestMailLuaScript(t *testing.T) {
	const handler = "function dovecot_lua_notify_begin_txn() end\nfunction dovecot_lua_notify_event_message_new() end\nfunction dovecot_lua_notify_end_txn() end\n"
	for name, c := range map[string]struct{ script, want string }{
		"created":     {handler + "function mail_user_created(user) return 0 end", ""},
		"not created": {handler, "No file in config and no push_notification_lua_script_file set"},
		"refused":     {handler + "function mail_user_created(user) return -1, 'no' end", "mail_user_created(user) failed: no"},
	} {
		conf, _ := configured(t, "mail_plugins = mail_lua notify push_notification push_notification_lua\nplugin {\n  mail_lua_script = /m.lua\n  push_notification_driver = lua\n}\n",
			map[string]string{"/m.lua": c.script})
		host := runtime.New(runtime.Options{API: bindings.NewDovecot()})
		list := host.Configured(conf)(&mail.Transaction{})
		_, err := host.OpenDriver(context.Background(), list.Drivers[0], &mail.Transaction{})
		got := ""
		var fault *runtime.Error
		if errors.As(err, &fault) {
			got = fault.Message
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
