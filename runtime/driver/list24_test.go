package driver_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/driver"
	"github.com/luapush/luapush/runtime/mail"
)

const head24 = `dovecot_config_version = 2.4.4
dovecot_storage_version = 2.4.4
mail_plugins {
  mail_lua = yes
  notify = yes
  push_notification = yes
  push_notification_lua = yes
  push_notification_chronos = yes
}
`

func list24(t *testing.T, release dovecot.Release, blocks string) *driver.List {
	t.Helper()
	settings := load(t, head24+blocks)
	user := mail.User{Username: "alice@example.com"}
	return driver.New(settings.For("lmtp"), driver.Options{Release: release, User: &user, Protocol: "lmtp", CheckURL: checkURL})
}

func TestList24(t *testing.T) {
	for _, c := range []struct{ name, blocks, want string }{
		{
			name: "the forms of all drivers",
			blocks: `push_notification ox {
  ox_url = http://login:pass@h/%{user | domain}
  ox_cache_ttl = 2 mins
  ox_user_from_metadata = yes
  push_notification_ox {
    http_client_request_timeout = 500ms
    http_client_request_max_attempts = 3
  }
}
push_notification invites {
  driver = chronos
  chronos_url = http://h/c
  chronos_msg_max_size = 500kb
}
push_notification script {
  driver = lua
  lua_file = /a.lua
  lua_settings {
    hook = http://h/%{user}
  }
}
push_notification dlog {
}`,
			want: `
ox runs "ox" from d.conf:10
  url=http://login:pass@h/example.com from d.conf:11
  cache_lifetime=2 mins from d.conf:12
  user_from_metadata= from d.conf:13
  timeout_msecs=500 from d.conf:15
  max_retries=2 from d.conf:16
invites runs "chronos" from d.conf:20
  url=http://h/c from d.conf:21
  msg_max_size=500kb from d.conf:22
script runs "lua" from d.conf:25
  file /a.lua from d.conf:26 shared false
dlog runs "dlog" from d.conf:31`,
		},
		{
			name: "faults",
			blocks: `push_notification ox {
}
push_notification other {
  driver = ox
  ox_url = x
}
push_notification third {
  driver = ox
  ox_url = http://h/
  ox_cache_ttl = 0
}
push_notification lau {
}
push_notification script {
  driver = lua
}`,
			want: `
ox fails "ox" from d.conf:10
  ! d.conf:10: ox: push_notification_ox_url is missing or empty (write ox_url = https://… inside the block)
other fails "ox" from d.conf:13
  url=x from d.conf:14
  ! d.conf:14: other: Invalid push_notification_ox_url 'x': Relative HTTP URL not allowed (the form is http://login:password@host:port/path, or https://…)
third fails "ox" from d.conf:17
  url=http://h/ from d.conf:18
  cache_lifetime=0 from d.conf:19
  ! d.conf:19: third: push_notification_ox_cache_ttl must not be 0 (write a number and a unit without a blank, such as 60s, 5min or 2h)
lau fails "" from d.conf:21
  ! d.conf:21: Unable to identify push notification driver 'lau': Name does not match any registered drivers (did you mean lua?)
script fails "lua" from d.conf:24
  ! d.conf:24: script: lua_file setting is empty (write lua_file = /path/to/script.lua inside the block)`,
		},
		{
			name: "values",
			blocks: `push_notification ox {
  ox_url = http://h/%{nothing}
}
push_notification b {
  driver = ox
  ox_url = http://h/
  ox_user_from_metadata = maybe
  http_client_request_timeout = 5
}
push_notification c {
  driver = ox
  ox_url = http://h/
  ox_user_from_metadata = no
  http_client_request_max_attempts = 0
}
push_notification d {
  driver = chronos
  chronos_url = http://h/
  http_client_request_timeout = 3s
  http_client_user_agent = x
}`,
			want: `
ox fails "ox" from d.conf:10
  ! d.conf:11: ox: failed to expand 'http://h/%{nothing}': Unknown variable 'nothing' (variables are written %{user}, and a % itself %%)
b fails "ox" from d.conf:14
  url=http://h/ from d.conf:15
  ! d.conf:16: b: push_notification_ox_user_from_metadata=maybe: Invalid boolean value: maybe (use yes or no) (write yes or no)
c fails "ox" from d.conf:20
  url=http://h/ from d.conf:21
  ! d.conf:23: c: http_client_request_max_attempts=0: Invalid number (write how often a request is sent at most, such as 2)
d runs, not in Dovecot "chronos" from d.conf:26
  url=http://h/ from d.conf:27
  timeout=3000ms from d.conf:28
  ? d.conf:29: http_client_user_agent has no effect in luapush (it knows http_client_request_timeout and http_client_request_max_attempts here)`,
		},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, list24(t, dovecot.Latest24, c.blocks), c.want) })
	}
}

// TestDefaults24 holds that ox of 2.4.0 to 2.4.3 had lost its own timeout.
func TestDefaults24(t *testing.T) {
	for release, want := range map[dovecot.Release][2]string{
		dovecot.At(2, 4, 3): {"60000", "0"}, dovecot.At(2, 4, 4): {"2000", "1"},
	} {
		l := list24(t, release, "push_notification ox {\n  ox_url = http://h/\n}\n")
		o := l.ScriptOptions(l.Drivers[0], release.String())
		if got := [2]string{o["timeout_msecs"], o["max_retries"]}; got != want {
			t.Errorf("%s: %v, want %v", release, got, want)
		}
	}
}

func TestLuaSettings24(t *testing.T) {
	l := list24(t, dovecot.Latest24, "push_notification lua {\n  lua_file = /a.lua\n  lua_settings {\n    hook = http://h/%{user}\n    b = 1\n  }\n}\n")
	want := map[string]string{"hook": "http://h/alice@example.com", "b": "1"}
	if diff := cmp.Diff(want, l.ScriptOptions(l.Drivers[0], "")); diff != "" {
		t.Error(diff)
	}
}

func TestPlugins24(t *testing.T) {
	settings := load(t, "dovecot_config_version = 2.4.4\ndovecot_storage_version = 2.4.4\nmail_plugins {\n  push_notification = yes\n  notify = yes\n}\npush_notification lua {\n  lua_file = /a.lua\n}\n")
	l := driver.New(settings.For("lmtp"), driver.Options{Release: dovecot.Latest24, Protocol: "lmtp"})
	expect(t, l, `
lua fails "lua" from d.conf:7
  file /a.lua from d.conf:8 shared false
  ! d.conf:7: Unable to identify push notification driver 'lua': Name does not match any registered drivers (write mail_plugins { mail_lua = yes  push_notification_lua = yes })`)
}
