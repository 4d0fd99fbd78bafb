package config

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBlocks24 shows what a push driver of Dovecot 2.4 gets for a protocol.
func TestBlocks24(t *testing.T) {
	for _, test := range []struct {
		name, text, protocol, kind, want string
	}{
		{"names in full", "push_notification one {\n  push_notification_driver = ox\n  push_notification_ox_url = http://x/\n}\n", "", "push_notification",
			"push_notification one {\n  push_notification_driver = ox (3)\n  push_notification_ox_url = http://x/ (4)\n}\n"},
		{"names shortened", "push_notification one {\n  driver = ox\n  ox_url = http://x/\n}\n", "", "push_notification",
			"push_notification one {\n  push_notification_driver = ox (3)\n  push_notification_ox_url = http://x/ (4)\n}\n"},
		{"names shortened by the block's", "push_notification ox {\n  url = http://x/\n  cache_ttl = 1m\n}\n", "", "push_notification",
			"push_notification ox {\n  push_notification_ox_url = http://x/ (3)\n  push_notification_ox_cache_ttl = 1m (4)\n}\n"},
		{"one setting, three names", "push_notification ox {\n  url = a\n  ox_url = b\n  push_notification_ox_url = c\n}\n", "", "push_notification",
			"push_notification ox {\n  push_notification_ox_url = c (5)\n}\n"},
		{"in order, and joined", "push_notification b {\n  driver = dlog\n}\npush_notification a {\n}\npush_notification b {\n  driver = lua\n}\n", "", "push_notification",
			"push_notification b {\n  push_notification_driver = lua (8)\n}\npush_notification a {\n}\n"},
		{"filter inside", "push_notification x {\n  push_notification_ox {\n    url = http://x/\n    http_client_request_timeout = 2s\n  }\n}\n", "", "push_notification",
			"push_notification x {\n  push_notification_ox_url = http://x/ (4)\n  push_notification_ox {\n    push_notification_ox_url = http://x/ (4)\n    http_client_request_timeout = 2s (5)\n  }\n}\n"},
		{"global settings reach inside", "http_client_request_timeout = 9s\npush_notification_ox_cache_ttl = 5s\nlua_file = /all.lua\nlog_path = x\npush_notification x {\n  lua_file = /own.lua\n}\n", "", "push_notification",
			"push_notification x {\n  lua_file = /own.lua (7)\n  http_client_request_timeout = 9s (2)\n  push_notification_ox_cache_ttl = 5s (3)\n}\n"},
		{"the protocol's share", "push_notification x {\n  driver = dlog\n  ox_url = a\n}\nprotocol lmtp {\n  push_notification x {\n    ox_url = b\n  }\n  push_notification y {\n  }\n}\n", "lmtp", "push_notification",
			"push_notification x {\n  push_notification_driver = dlog (3)\n  push_notification_ox_url = b (8)\n}\npush_notification y {\n}\n"},
		{"another protocol", "push_notification x {\n  ox_url = a\n}\nprotocol lmtp {\n  push_notification x {\n    ox_url = b\n  }\n}\n", "imap", "push_notification",
			"push_notification x {\n  push_notification_ox_url = a (3)\n}\n"},
		{"not a protocol", "protocol !imap {\n  push_notification x {\n    ox_url = b\n  }\n}\n", "lmtp", "push_notification",
			"push_notification x {\n  push_notification_ox_url = b (4)\n}\n"},
		{"a block is more than a protocol", "push_notification x {\n  ox_url = a\n}\nprotocol lmtp {\n  push_notification_ox_url = b\n}\n", "lmtp", "push_notification",
			"push_notification x {\n  push_notification_ox_url = a (3)\n}\n"},
		{"lua", "lua_settings {\n  all = 1\n  key = 1\n}\npush_notification lua {\n  lua_file = sub/handler.lua\n  lua_settings {\n    key = \" two \"\n    \"a b\" = c\n    url = $ENV:HOOK $SET:base\n  }\n}\nbase = /base\n", "", "push_notification",
			"push_notification lua {\n  lua_file = /etc/dovecot/sub/handler.lua (7)\n  lua_settings {\n    all = 1 (3)\n    key =  two  (9)\n    a b = c (10)\n    url = http://hook/ /base (11)\n  }\n}\n"},
		{"lua settings anew", "lua_settings {\n  all = 1\n}\npush_notification lua {\n  lua_settings =\n  lua_settings {\n    key = 2\n  }\n}\n", "", "push_notification",
			"push_notification lua {\n  lua_settings {\n    key = 2 (8)\n  }\n}\n"},
		{"script that is no path", "push_notification a {\n  lua_file = ~/x.lua\n}\npush_notification b {\n  lua_file = %{home}/x.lua\n}\npush_notification c {\n  lua_file = inline:x\n}\npush_notification d {\n  lua_file =\n}\npush_notification e {\n  lua_file = <<END\nprint(1) # x\nEND\n  driver = lua\n}\n", "", "push_notification",
			"push_notification a {\n  lua_file = ~/x.lua (3)\n}\npush_notification b {\n  lua_file = %{home}/x.lua (6)\n}\npush_notification c {\n  lua_file = inline:x (9)\n}\npush_notification d {\n  lua_file =  (12)\n}\n" +
				"push_notification e {\n  lua_file = inline:print(1) # x\n   (15)\n  push_notification_driver = lua (18)\n}\n"},
		{"mail_lua", "push_notification_ox_url = x\nmail_lua {\n  lua_file = /user.lua\n  lua_settings {\n    a = b\n  }\n}\n", "", "mail_lua",
			"mail_lua {\n  lua_file = /user.lua (4)\n  lua_settings {\n    a = b (6)\n  }\n}\n"},
		{"$SET: of now and of the end", "hook = a\nhook = $SET:hook b\npush_notification x {\n  ox_url = $SET:hook  $SET:other x$SET:hook\n}\nhook = c\nother = $SET:hook d\n", "", "push_notification",
			"push_notification x {\n  push_notification_ox_url = c c d x$SET:hook (5)\n}\n"},
		{"$SET: of itself", "push_notification_ox_url = a\npush_notification x {\n  ox_url = $SET:push_notification_ox_url b\n}\n", "", "push_notification",
			"push_notification x {\n  push_notification_ox_url = a b (4)\n}\n"},
		{"groups", "group @push main {\n  push_notification_ox_url = a\n  push_notification x {\n    driver = ox\n    lua_settings {\n      k = v\n    }\n  }\n}\n@push = main\npush_notification x {\n  driver = dlog\n}\n", "", "push_notification",
			"push_notification x {\n  push_notification_driver = dlog (13)\n  push_notification_ox_url = a (3)\n  lua_settings {\n    k = v (7)\n  }\n}\n"},
		{"group in a block", "group @drv one {\n  push_notification_driver = ox\n  push_notification_ox_url = a\n}\npush_notification x {\n  @drv = two\n  @drv = one\n  driver = dlog\n}\n", "", "push_notification",
			"push_notification x {\n  push_notification_driver = dlog (9)\n  push_notification_ox_url = a (4)\n}\n"},
		{"connections are left out", "remote 10.0.0.0/8 {\n  push_notification y {\n  }\n}\npush_notification x {\n}\n", "", "push_notification", "push_notification x {\n}\n"},
		{"other sections", "service lmtp {\n  inet_listener lmtp {\n    port = 24\n  }\n}\nprotocol lmtp {\n  service lmtp {\n    user = x\n  }\n}\n", "lmtp", "service",
			"service lmtp {\n  user = x (9)\n  inet_listener lmtp {\n    port = 24 (4)\n  }\n}\n"},
		{"value from a file", "push_notification x {\n  ox_url = <url\n}\n", "", "push_notification",
			"push_notification x {\n  push_notification_ox_url = http://file/ (3)\n}\n"},
		{"quoted name", "push_notification \"a b\" {\n  driver = dlog\n}\n", "", "push_notification",
			"push_notification a b {\n  push_notification_driver = dlog (3)\n}\n"},
		{"heredoc of others", "ssl_server_ca_file = <<END\n-----BEGIN\n}\nkey = {\nEND\npush_notification x {\n}\n", "", "push_notification", "push_notification x {\n}\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := inMemory(map[string]string{"dovecot.conf": version24 + test.text, "url": "http://file/"})
			o.Getenv = func(name string) string { return map[string]string{"HOOK": "http://hook/"}[name] }
			s, err := Load("/etc/dovecot/dovecot.conf", o)
			if err != nil {
				t.Fatal(err)
			}
			v := s.For(test.protocol)
			if diff := cmp.Diff(test.want, renderBlocks(v.Blocks(test.kind), "")); diff != "" {
				t.Errorf("%s blocks (-want +got):\n%s", test.kind, diff)
			}
		})
	}
}

func TestLists24(t *testing.T) {
	for _, test := range []struct {
		name, text, protocol string
		want, joined         string
	}{
		{"a section", "mail_plugins {\n  notify = yes\n  push_notification = YES\n  acl = no\n}\n", "",
			"mail_plugins = notify (3)\nmail_plugins = push_notification (4)\n", "notify push_notification"},
		{"words", "mail_plugins = notify push_notification,acl \"a, b\"\n", "",
			"mail_plugins = notify (2)\nmail_plugins = push_notification (2)\nmail_plugins = acl (2)\nmail_plugins = a, b (2)\n", "notify push_notification acl a, b"},
		{"words and a section", "mail_plugins = a b\nmail_plugins {\n  b = no\n  c = yes\n}\n", "",
			"mail_plugins = a (2)\nmail_plugins = c (5)\n", "a c"},
		{"a section and words", "mail_plugins {\n  c = yes\n}\nmail_plugins = a b\n", "",
			"mail_plugins = a (5)\nmail_plugins = b (5)\n", "a b"},
		{"a protocol adds", "mail_plugins = a b\nprotocol lmtp {\n  mail_plugins {\n    b = no\n    c = yes\n  }\n}\n", "lmtp",
			"mail_plugins = a (2)\nmail_plugins = c (6)\n", "a c"},
		{"a protocol replaces", "mail_plugins = a b\nprotocol lmtp {\n  mail_plugins = d\n}\n", "lmtp", "mail_plugins = d (4)\n", "d"},
		{"another protocol", "mail_plugins = a b\nprotocol lmtp {\n  mail_plugins = d\n}\n", "imap", "mail_plugins = a (2)\nmail_plugins = b (2)\n", "a b"},
		{"none", "mail_plugins =\n", "", "", ""},
		{"protocols", "protocols = imap lmtp\nmail_plugins {\n}\n", "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := mustLoad(t, version24+test.text).For(test.protocol)
			if diff := cmp.Diff(test.want, render(v.List("mail_plugins"))); diff != "" {
				t.Errorf("mail_plugins (-want +got):\n%s", diff)
			}
			if got := get(t, v, "mail_plugins").Value; got != test.joined {
				t.Errorf("mail_plugins = %q, not %q", got, test.joined)
			}
		})
	}
	if v := mustLoad(t, version24).For(""); len(v.List("mail_plugins")) != 0 || len(v.Plugin()) != 0 {
		t.Error("settings out of nothing")
	}
}

func TestGlobals24(t *testing.T) {
	s := mustLoad(t, version24+"mail_home = /srv/%{user}\nmail_path = $SET:mail_home / mail\nprotocol imap {\n  mail_home = /imap\n}\nmail_debug = 'yes'\n\"mail_uid\" = 1\nlong = one \\\n  two\n")
	for name, want := range map[string]string{"mail_home": "/imap", "mail_path": "/imap / mail", "mail_debug": "yes", "mail_uid": "1", "long": "one two"} {
		if got := get(t, s.For("imap"), name).Value; got != want {
			t.Errorf("%s = %q, not %q", name, got, want)
		}
	}
	if got := get(t, s.For(""), "mail_home").Value; got != "/srv/%{user}" {
		t.Errorf("mail_home = %q", got)
	}
}

// TestSettingsAreShared asks one Settings from several goroutines; the race detector watches.
func TestSettingsAreShared(t *testing.T) {
	for _, text := range []string{
		version24 + "mail_plugins = a\nlua_settings {\n  a = b\n}\npush_notification x {\n  ox_url = $SET:hook\n}\nhook = x\n",
		"mail_plugins = a\nnamespace x {\n  a = b\n}\nprotocol lmtp {\n  namespace x {\n    c = d\n  }\n  mail_plugins = b\n}\n",
	} {
		s := mustLoad(t, text)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				v := s.For("lmtp")
				v.List("mail_plugins")[0].Value = "mine"
				v.Blocks("push_notification")
				v.Plugin()
			})
		}
		all.Wait()
		if got := s.For("").List("mail_plugins")[0].Value; got != "a" {
			t.Errorf("mail_plugins = %q", got)
		}
	}
}
