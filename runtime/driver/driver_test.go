package driver_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/runtime/config"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/driver"
	"github.com/luapush/luapush/runtime/httpclient"
	"github.com/luapush/luapush/runtime/mail"
)

// load reads settings from a text, as the file d.conf.
func load(t testing.TB, text string) *config.Settings {
	t.Helper()
	settings, err := config.Load("d.conf", config.LoadOptions{ReadFile: func(path string) ([]byte, error) {
		if path != "d.conf" {
			return nil, errors.New("no file but d.conf")
		}
		return []byte(text), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

func checkURL(url string) error {
	_, err := httpclient.ParseURL(url)
	return err
}

// tell writes a list as the tests compare it: a line for each driver, indented
// ones for what belongs to it.
func tell(l *driver.List) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, d := range l.Drivers {
		state := "runs"
		switch {
		case d.Ignored:
			state = "ignored"
		case d.Fault != nil:
			state = "fails"
		case d.DovecotStops:
			state = "runs, not in Dovecot"
		}
		add("%s %s %q from %s", d.Label, state, d.Kind, d.Setting.Origin)
		if d.File != "" {
			add("  file %s from %s shared %v", d.File, d.FileOrigin, d.Shared)
		}
		for _, o := range d.Options {
			if !o.Default {
				add("  %s=%s from %s", o.Name, o.Value, o.Origin)
			}
		}
		if d.Fault != nil {
			add("  ! %s", d.Fault)
		}
		for i := range d.Warnings {
			add("  ? %s", &d.Warnings[i])
		}
	}
	for i := range l.Problems {
		add("! %s", &l.Problems[i])
	}
	return out
}

func expect(t *testing.T, l *driver.List, want string) {
	t.Helper()
	if diff := cmp.Diff(strings.TrimSpace(want), strings.Join(tell(l), "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

const plugins = "mail_plugins = mail_lua notify push_notification push_notification_lua push_notification_chronos\n"

func TestList(t *testing.T) {
	for _, c := range []struct{ name, plugin, want string }{
		{
			name: "the documentation's example, with a gap",
			plugin: `push_notification_driver  = ox:url=http://example.com/foo
push_notification_driver2 = ox:url=http://example.com/bar
push_notification_driver4 = dlog`,
			want: `
ox#1 runs "ox" from d.conf:3
  url=http://example.com/foo from d.conf:3
ox#2 runs "ox" from d.conf:4
  url=http://example.com/bar from d.conf:4
dlog ignored "dlog" from d.conf:5
  ! d.conf:5: push_notification_driver4 is never read: there is no push_notification_driver3 (number the drivers without a gap)`,
		},
		{
			name:   "options",
			plugin: `push_notification_driver = OX:url=http://login:pass@node1:8009/p?a=b user_from_metadata  timeout_msecs=10000 cache_lifetime=1s cache_lifetime=2m`,
			want: `
OX runs "ox" from d.conf:3
  url=http://login:pass@node1:8009/p?a=b from d.conf:3
  user_from_metadata= from d.conf:3
  timeout_msecs=10000 from d.conf:3
  cache_lifetime=2m from d.conf:3`,
		},
		{
			name:   "the first has no number",
			plugin: "push_notification_driver1 = dlog\npush_notification_driver02 = dlog",
			want: `
dlog ignored "dlog" from d.conf:3
  ! d.conf:3: push_notification_driver1 is never read: the first driver has no number (name it push_notification_driver)
dlog ignored "dlog" from d.conf:4
  ! d.conf:4: push_notification_driver02 is never read: the number must not begin with 0 (the drivers are push_notification_driver, push_notification_driver2, push_notification_driver3 and so on)`,
		},
		{
			name:   "an empty one ends the list",
			plugin: "push_notification_driver = dlog\npush_notification_driver2 =\npush_notification_driver3 = dlog",
			want: `
dlog runs "dlog" from d.conf:3
 ignored "" from d.conf:4
  ! d.conf:4: push_notification_driver2 is empty, which ends the list (give a driver such as dlog, or take the setting out)
dlog ignored "dlog" from d.conf:5
  ! d.conf:5: push_notification_driver3 is never read: push_notification_driver2 is empty, which ends the list (number the drivers without a gap)`,
		},
		{
			name:   "the old names, when there is no driver",
			plugin: "push_notification_driver =\npush_notification_backend = dlog\npush_notification_backend2 = dlog:a b",
			want: `
dlog#1 runs "dlog" from d.conf:4
dlog#2 runs "dlog" from d.conf:5
  a= from d.conf:5
  b= from d.conf:5
  ? d.conf:5: the dlog driver has no option a, and Dovecot ignores it (it has none)
  ? d.conf:5: the dlog driver has no option b, and Dovecot ignores it (it has none)
 ignored "" from d.conf:3
  ! d.conf:3: push_notification_driver is empty, which ends the list (give a driver such as dlog, or take the setting out)`,
		},
		{
			name:   "the old names, when there is one",
			plugin: "push_notification_driver = dlog\npush_notification_backend = dlog",
			want: `
dlog runs "dlog" from d.conf:3
dlog ignored "dlog" from d.conf:4
  ! d.conf:4: push_notification_backend is not read, as push_notification_driver gives a driver (it is the old name; take it out)`,
		},
		{
			name:   "one that fails ends Dovecot's list",
			plugin: "push_notification_driver = xo:url=http://h/\npush_notification_driver2 = ox:user_from_metadata\npush_notification_driver3 = dlog",
			want: `
xo fails "" from d.conf:3
  url=http://h/ from d.conf:3
  ! d.conf:3: Unknown push notification driver: xo (did you mean ox?)
ox fails "ox" from d.conf:4
  user_from_metadata= from d.conf:4
  ! d.conf:4: ox: Driver requires the url parameter (write ox:url=https://login:password@host/path)
dlog runs, not in Dovecot "dlog" from d.conf:5`,
		},
		{
			name:   "a blank in the name",
			plugin: `push_notification_driver = "lua :file=/x.lua"`,
			want: `
lua  fails "" from d.conf:3
  file=/x.lua from d.conf:3
  ! d.conf:3: Unknown push notification driver: lua  (take out the blank before the colon: the name must be exactly lua)`,
		},
		{
			name:   "nothing near",
			plugin: "push_notification_driver = webhook",
			want: `
webhook fails "" from d.conf:3
  ! d.conf:3: Unknown push notification driver: webhook (the drivers are ox, chronos, dlog, lua)`,
		},
		{
			name: "bad values",
			plugin: `push_notification_driver = ox:url=ftp://x/
push_notification_driver2 = ox:url=http://h/ cache_lifetime=60 seconds
push_notification_driver3 = ox:url=http://h/ max_retries=-1 timeout_msecs=2s user_from_metadata=no max_retrys=3 event_name=MessageNew`,
			want: `
ox#1 fails "ox" from d.conf:3
  url=ftp://x/ from d.conf:3
  ! d.conf:3: ox: Failed to parse OX REST URL ftp://x/: Not an HTTP URL (the form is http://login:password@host:port/path, or https://…)
ox#2 fails "ox" from d.conf:4
  url=http://h/ from d.conf:4
  cache_lifetime=60 from d.conf:4
  seconds= from d.conf:4
  ! d.conf:4: ox: Failed to parse OX cache_lifetime 60: Time interval '60' is missing units (add e.g. 's' for seconds) (write a number and a unit without a blank, such as 60s, 5min or 2h)
  ? d.conf:4: the ox driver has no option seconds, and Dovecot ignores it (a value cannot contain a blank: write 60s, not 60 seconds)
ox#3 runs, not in Dovecot "ox" from d.conf:5
  url=http://h/ from d.conf:5
  max_retries=-1 from d.conf:5
  timeout_msecs=2s from d.conf:5
  user_from_metadata=no from d.conf:5
  max_retrys=3 from d.conf:5
  event_name=MessageNew from d.conf:5
  ? d.conf:5: max_retries=-1 is no number; Dovecot says nothing and takes its default (write digits only)
  ? d.conf:5: timeout_msecs=2s is no number; Dovecot says nothing and takes its default (write milliseconds without a unit, such as 10000)
  ? d.conf:5: user_from_metadata=no turns it on all the same: only that it is there counts (take it out to turn it off)
  ? d.conf:5: the ox driver has no option max_retrys, and Dovecot ignores it (did you mean max_retries?)
  ? d.conf:5: Dovecot's ox driver has no option event_name and ignores it (it is an option of luapush)`,
		},
		{
			name: "chronos",
			plugin: `push_notification_driver = chronos:url=http://h/ max_retries=x timeout=2 msg_max_size=5q
push_notification_driver2 = chronos
push_notification_driver3 = chronos:url=h`,
			want: `
chronos#1 runs "chronos" from d.conf:3
  url=http://h/ from d.conf:3
  max_retries=x from d.conf:3
  timeout=2 from d.conf:3
  msg_max_size=5q from d.conf:3
  ? d.conf:3: Unable to parse setting for "max_retries" value: x. Using default value: 1 (write digits only)
  ? d.conf:3: Unable to parse setting for "timeout" value: 2. Using default value: 2s (write a number and a unit without a blank, such as 60s, 5min or 2h)
  ? d.conf:3: Unable to parse setting for "msg_max_size" value: 5q. Using default value: 1mb (write a number and a unit, such as 500kb or 1mb)
chronos#2 fails "chronos" from d.conf:4
  ! d.conf:4: chronos: Driver requires the url parameter (write chronos:url=https://login:password@host/path)
chronos#3 fails "chronos" from d.conf:5
  url=h from d.conf:5
  ! d.conf:5: chronos: Failed to parse Chronos Push Notification URL 'h': Relative HTTP URL not allowed (the form is http://login:password@host:port/path, or https://…)`,
		},
		{
			name: "Lua",
			plugin: `push_notification_driver = lua:file=/a.lua
push_notification_driver2 = lua:file=b.lua
push_notification_driver3 = lua:file=
push_notification_driver4 = lua:path=/c.lua
push_notification_driver5 = lua`,
			want: `
lua#1 runs "lua" from d.conf:3
  file /a.lua from d.conf:3 shared false
  file=/a.lua from d.conf:3
lua#2 runs "lua" from d.conf:4
  file b.lua from d.conf:4 shared false
  file=b.lua from d.conf:4
  ? d.conf:4: the path b.lua is relative, and Dovecot's working directory is not defined (give a path that begins with /)
lua#3 fails "lua" from d.conf:5
  file= from d.conf:5
  ! d.conf:5: lua: access() failed: No such file or directory (file= is empty; give the script's path)
lua#4 fails "lua" from d.conf:6
  path=/c.lua from d.conf:6
  ! d.conf:6: lua: No file in config and no push_notification_lua_script_file set (write lua:file=/path/to/script.lua; path is no option of the lua driver)
  ? d.conf:6: the lua driver has no option path (its only option is file=PATH)
lua#5 fails "lua" from d.conf:7
  ! d.conf:7: lua: No file in config and no push_notification_lua_script_file set (write lua:file=/path/to/script.lua)`,
		},
		{
			name: "the script of the mail_lua plugin",
			plugin: `mail_lua_script = /m.lua
push_notification_driver = lua`,
			want: `
lua runs "lua" from d.conf:4
  file /m.lua from d.conf:3 shared true`,
		},
		{
			name: "push_notification_lua_script_file goes before file=",
			plugin: `push_notification_driver = lua:file=/a.lua
push_notification_lua_script_file = /s.lua
mail_lua_script = /m.lua`,
			want: `
lua runs "lua" from d.conf:3
  file /s.lua from d.conf:4 shared false
  file=/a.lua from d.conf:3
  ? d.conf:3: file=/a.lua is not used: push_notification_lua_script_file goes before it (take out one of the two; the setting stands in d.conf:4)`,
		},
		{
			name: "variables",
			plugin: `push_notification_driver = ox:url=http://%n:a%%40b@%d/%{userdb:tenant}
push_notification_driver2 = ox:url=http://a%40@h/
push_notification_driver3 = lua:file=%h/push.lua
foo = %{nonsense}`,
			want: `
ox#1 runs "ox" from d.conf:3
  url=http://alice:a%40b@example.com/red from d.conf:3
ox#2 fails "ox" from d.conf:4
  url=http://a%40@h/ from d.conf:4
  ! d.conf:4: Failed to expand plugin setting push_notification_driver2 = 'ox:url=http://a%40@h/': Unknown variable '%@' (a % stands for a variable here; write %% where the value needs a % itself)
lua runs, not in Dovecot "lua" from d.conf:5
  file /home/alice/push.lua from d.conf:5 shared false
  file=/home/alice/push.lua from d.conf:5
! d.conf:6: Failed to expand plugin setting foo = '%{nonsense}': Unknown variable '%nonsense' (a % stands for a variable here; write %% where the value needs a % itself)`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			settings := load(t, plugins+"plugin {\n"+c.plugin+"\n}\n")
			user := mail.User{Username: "alice@example.com", Home: mail.Some("/home/alice")}
			user.Userdb.Put("tenant", "red")
			expect(t, driver.New(settings.For("lmtp"), driver.Options{User: &user, Protocol: "lmtp", CheckURL: checkURL}), c.want)
		})
	}
}

func TestPlugins(t *testing.T) {
	const list = "plugin {\npush_notification_driver = lua:file=/a.lua\npush_notification_driver2 = chronos:url=http://h/\npush_notification_driver3 = dlog\n}\n"
	for _, c := range []struct{ name, plugins, protocol, want string }{
		{
			name: "none", protocol: "lmtp", want: `
lua ignored "lua" from d.conf:2
  file /a.lua from d.conf:2 shared false
  file=/a.lua from d.conf:2
  ! the plugin push_notification is not loaded for protocol lmtp, so Dovecot has no push drivers there (write mail_plugins = $mail_plugins notify push_notification)
chronos ignored "chronos" from d.conf:3
  url=http://h/ from d.conf:3
  ! the plugin push_notification is not loaded for protocol lmtp, so Dovecot has no push drivers there (write mail_plugins = $mail_plugins notify push_notification)
dlog ignored "dlog" from d.conf:4
  ! the plugin push_notification is not loaded for protocol lmtp, so Dovecot has no push drivers there (write mail_plugins = $mail_plugins notify push_notification)`,
		},
		{
			name: "without the ones of the drivers", plugins: "mail_plugins = notify push_notification\n", want: `
lua fails "lua" from d.conf:2
  file /a.lua from d.conf:2 shared false
  file=/a.lua from d.conf:2
  ! d.conf:2: Unknown push notification driver: lua (write mail_plugins = $mail_plugins mail_lua push_notification_lua)
chronos fails "chronos" from d.conf:3
  url=http://h/ from d.conf:3
  ! d.conf:3: Unknown push notification driver: chronos (write mail_plugins = $mail_plugins push_notification_chronos)
dlog runs, not in Dovecot "dlog" from d.conf:4`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			settings := load(t, list+c.plugins)
			expect(t, driver.New(settings.For(c.protocol), driver.Options{Protocol: c.protocol}), c.want)
		})
	}
	for _, c := range []struct{ plugins, text, hint string }{
		{"push_notification", "Couldn't load required plugin push_notification: Plugin notify must be loaded also", "notify"},
		{"notify push_notification push_notification_lua", "Couldn't load required plugin push_notification_lua: undefined symbol: dlua_dovecot_register", "mail_lua"},
	} {
		l := driver.New(load(t, list+"mail_plugins = "+c.plugins+"\n").For("lmtp"), driver.Options{Protocol: "lmtp"})
		if l.Off == nil || l.Off.Text != c.text || !strings.Contains(l.Off.Hint, c.hint) || len(l.Running()) > 0 || l.Drivers[0].Ignored {
			t.Errorf("%s: %v", c.plugins, l.Off)
		}
	}
}

// TestPluginsOfOneProtocol holds that a protocol's own mail_plugins decide.
func TestPluginsOfOneProtocol(t *testing.T) {
	settings := load(t, "protocol lmtp {\n  mail_plugins = $mail_plugins notify push_notification\n}\nplugin {\n  push_notification_driver = dlog\n}\n")
	for protocol, want := range map[string]int{"lmtp": 1, "imap": 0, "": 0} {
		if got := len(driver.New(settings.For(protocol), driver.Options{Protocol: protocol}).Running()); got != want {
			t.Errorf("%q: %d drivers, want %d", protocol, got, want)
		}
	}
}

func TestUserdbAndSetGoFirst(t *testing.T) {
	settings := load(t, plugins+"plugin {\n  push_notification_driver = dlog:file\n  hook = file\n  mine = 1\n}\n")
	user := mail.User{Username: "u"}
	user.Userdb.Put("push_notification_driver", "dlog:userdb %u")
	user.Userdb.Put("hook", "userdb")
	set := []config.Setting{{Name: "hook", Value: "set", Origin: config.Origin{File: "--set"}}}
	l := driver.New(settings.For("lmtp"), driver.Options{User: &user, Set: set})
	if d := l.Drivers[0]; d.Text != "userdb u" || d.Setting.Origin.String() != "userdb" {
		t.Errorf("%+v", d)
	}
	got := map[string]string{}
	for _, s := range l.Settings {
		got[s.Name] = s.Value + " " + s.Origin.String()
	}
	want := map[string]string{"push_notification_driver": "dlog:userdb u userdb", "hook": "set --set", "mine": "1 d.conf:5"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	user = mail.User{Username: "u"}
	user.Userdb.Put("mail_plugins", "notify")
	if l := driver.New(settings.For("lmtp"), driver.Options{User: &user}); l.Off == nil || l.Off.Origin.File != "userdb" {
		t.Error("mail_plugins of the userdb do not count")
	}
}

// TestSetAlone holds that drivers set by hand need no file and no plugin, in
// the one-line form also for Dovecot 2.4.
func TestSetAlone(t *testing.T) {
	for _, release := range []dovecot.Release{{}, dovecot.Latest24} {
		l := driver.New(nil, driver.Options{AnyPlugin: true, Release: release, Set: []config.Setting{
			{Name: "push_notification_driver", Value: "lua:file=/x.lua", Origin: config.Origin{File: "--set"}},
			{Name: "push_notification_driver2", Value: "ox", Origin: config.Origin{File: "--set"}},
		}})
		expect(t, l, `
lua runs "lua" from --set
  file /x.lua from --set shared false
  file=/x.lua from --set
ox fails "ox" from --set
  ! --set: ox: Driver requires the url parameter (write ox:url=https://login:password@host/path)`)
	}
}

func TestScriptOptions(t *testing.T) {
	settings := load(t, plugins+`plugin {
push_notification_driver = dlog:x=1 y
push_notification_driver2 = ox:url=http://h/
push_notification_driver3 = lua:file=/a
}`)
	l := driver.New(settings.For("lmtp"), driver.Options{})
	want := map[string]string{
		"x": "1", "y": "", "luapush_release": "2.3.19.1", "luapush_options": "x=1 y",
		"luapush_new_fields": "date from snippet subject to", "luapush_append_fields": "date from snippet subject to",
	}
	if diff := cmp.Diff(want, l.ScriptOptions(l.Drivers[0], "2.3.19.1")); diff != "" {
		t.Error(diff)
	}
	want = map[string]string{
		"url": "http://h/", "cache_lifetime": "60s", "max_retries": "1", "timeout_msecs": "2000", "event_name": "messageNew",
		"luapush_release": "2.3.19.1", "luapush_options": "url=http://h/",
	}
	if diff := cmp.Diff(want, l.ScriptOptions(l.Drivers[1], "2.3.19.1")); diff != "" {
		t.Error(diff)
	}
	l.Drivers = l.Drivers[:2]
	if o := l.ScriptOptions(l.Drivers[0], "x"); o["luapush_new_fields"] != "from snippet subject" || o["luapush_append_fields"] != "" {
		t.Errorf("beside ox: %v", o)
	}
	l.Drivers = l.Drivers[:1]
	if o := l.ScriptOptions(l.Drivers[0], "x"); o["luapush_new_fields"] != "" {
		t.Errorf("alone: %v", o)
	}
}

// TestMask holds that a URL that is none does not show its password either.
func TestMask(t *testing.T) {
	for url, want := range map[string]string{
		"login:secret@host/p": "***@host/p", "http://a:b@h/": "http://a:b@h/", "host": "host", "": "",
	} {
		if got := driver.Mask(url); got != want {
			t.Errorf("%s: %s", url, got)
		}
	}
	l := driver.New(nil, driver.Options{AnyPlugin: true, CheckURL: checkURL, Set: []config.Setting{
		{Name: "push_notification_driver", Value: "ox:url=login:secret@host/p"},
	}})
	if text := l.Drivers[0].Fault.Text; text != "ox: Failed to parse OX REST URL ***@host/p: Not an HTTP URL" {
		t.Error(text)
	}
}

func FuzzNew(f *testing.F) {
	f.Add("ox:url=http://h/ cache_lifetime=60s", "dlog", "%u")
	f.Add("lua", "lua:file=%h", "mail_lua_script")
	f.Add("", "chronos:url=http://%{if;%u;eq;a;b;c}/", "%%")
	f.Fuzz(func(t *testing.T, first, second, file string) {
		set := func(name, value string) config.Setting { return config.Setting{Name: name, Value: value} }
		user := mail.User{Username: first}
		l := driver.New(nil, driver.Options{User: &user, CheckURL: checkURL, AnyPlugin: true, Set: []config.Setting{
			set("push_notification_driver", first), set("push_notification_driver2", second),
			set("push_notification_lua_script_file", file),
		}})
		for _, d := range l.Drivers {
			if d.Runs() && d.Kind == "" || d.Fault != nil && d.Fault.Text == "" || d.Ignored && d.Fault == nil {
				t.Errorf("%+v", d)
			}
			l.ScriptOptions(d, "2.3.19.1")
		}
	})
}
