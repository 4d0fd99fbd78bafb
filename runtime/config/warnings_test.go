package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const version24 = "dovecot_config_version = 2.4.2\n"

// TestWarnings pins what is said about files that Dovecot accepts, but that cannot be meant so. Each warning is
// "line: text (hint)".
func TestWarnings(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
		cause      error
	}{
		{"nothing to say", "mail_plugins = notify\nplugin {\n  push_notification_driver = dlog\n  push_notification_driver2 = dlog\n  push_notification_driver17 = dlog\n  push_notification_backend = dlog\n  push_notification_lua_script_file = /x\n  mail_lua_script = /x\n  push_lua_url = x\n  sieve = ~/.dovecot.sieve\n  quota = x\n}\n", nil, nil},
		{"misspelt driver", "plugin {\n  push_notifcation_driver = dlog\n}\n",
			[]string{"2: Dovecot's push plugin does not read push_notifcation_driver (did you mean push_notification_driver?)"}, ErrUnknownSetting},
		{"misspelt numbered driver", "plugin {\n  push_notification_drivers2 = dlog\n}\n",
			[]string{"2: Dovecot's push plugin does not read push_notification_drivers2 (did you mean push_notification_driver?)"}, ErrUnknownSetting},
		{"misspelt script", "plugin {\n  mail_lua_scirpt = /x\n}\n",
			[]string{"2: Dovecot's push plugin does not read mail_lua_scirpt (did you mean mail_lua_script?)"}, ErrUnknownSetting},
		{"unknown push setting", "plugin {\n  push_notification_whatever = x\n}\n",
			[]string{"2: Dovecot's push plugin does not read push_notification_whatever (its settings are push_notification_driver, push_notification_backend, push_notification_lua_script_file, mail_lua_script)"}, ErrUnknownSetting},
		{"driver1", "plugin {\n  push_notification_driver1 = dlog\n}\n",
			[]string{"2: push_notification_driver1 is never read (the first driver is push_notification_driver, the second push_notification_driver2)"}, ErrNoEffect},
		{"driver02", "plugin {\n  push_notification_driver02 = dlog\n}\n",
			[]string{"2: push_notification_driver02 is never read (they count push_notification_driver, push_notification_driver2, push_notification_driver3)"}, ErrNoEffect},
		{"twice the same", "plugin {\n  push_notification_driver1 = dlog\n  push_notification_driver1 = dlog\n}\n",
			[]string{"2: push_notification_driver1 is never read (the first driver is push_notification_driver, the second push_notification_driver2)"}, ErrNoEffect},
		{"ambiguous comment", "plugin {\n  a = b#c\n}\n",
			[]string{"2: Ambiguous '#' character in line, treating it as comment. (Add a space before it to remove this warning, or put the value in quotes if it is part of it.)"}, ErrSyntax},
		{"hidden password", "plugin {\n  push_notification_driver = ox:url=http://#hidden_use-P_to_show#@h/ %u\n}\n",
			[]string{"2: Ambiguous '#' character in line, treating it as comment. (doveconf has hidden a password here; write the file with doveconf -nP)"}, ErrSyntax},
		{"lost continuation", "plugin {\n  push_notification_driver = ox:url=http://x/ \\\n  # user_from_metadata\n  a = 1\n}\n",
			[]string{"2: This setting is lost: it continues with a backslash, but a comment or an empty line follows. (Take the backslash away, or what stands between the lines.)"}, ErrNoEffect},
		{"lost continuation at the end", "mail_plugins = a \\\n  b \\\n",
			[]string{"1: This setting is lost: it continues with a backslash, but the end of the file follows. (Take the backslash away, or what stands between the lines.)"}, ErrNoEffect},
		{"connection", "local 127.0.0.1 {\n  protocol lmtp {\n    plugin {\n      push_notification_driver = dlog\n      quota = x\n    }\n  }\n}\n",
			[]string{"4: push_notification_driver is left out: it counts for some connections only (local 127.0.0.1) (luapush knows no connections; write it outside of the block to use it)"}, ErrNoEffect},
		{"nested connections", "local 127.0.0.1 {\n  local_name x {\n    remote 10.0.0.1 {\n      mail_plugins = x\n    }\n  }\n}\n",
			[]string{"4: mail_plugins is left out: it counts for some connections only (local 127.0.0.1 local_name x remote 10.0.0.1) (luapush knows no connections; write it outside of the block to use it)"}, ErrNoEffect},
		{"protocol without a name", "protocol {\n  mail_plugins = a\n}\n",
			[]string{"1: This protocol block has no name, and is never used. (write protocol lmtp {)"}, ErrNoEffect},
		{"2.4: protocol without a name", version24 + "protocol {\n  mail_plugins = a\n}\n",
			[]string{"2: This protocol block has no name, and is never used. (write protocol lmtp {)"}, ErrNoEffect},
		{"driver1 by its path", "plugin/push_notification_driver1 = dlog\n",
			[]string{"1: push_notification_driver1 is never read (the first driver is push_notification_driver, the second push_notification_driver2)"}, ErrNoEffect},
		{"global after protocol", "protocol lmtp {\n  mail_plugins = a\n}\nmail_plugins = b\n",
			[]string{"4: Global setting mail_plugins won't change the setting inside an earlier filter at /etc/dovecot/dovecot.conf line 2 (move the global setting before it, if it is to count there)"}, ErrNoEffect},
		{"unknown variable", "plugin {\n  push_lua_url = $base_url /x\n}\n",
			[]string{"2: $base_url is taken as empty: no line above sets base_url (luapush does not know Dovecot's default of it; write the value instead)"}, ErrUnknownVariable},
		{"misspelt variable", "mail_plugins = $mail_plugin x\n",
			[]string{"1: $mail_plugin is taken as empty: no line above sets mail_plugin (did you mean $mail_plugins?)"}, ErrUnknownVariable},
		{"variables of others", "service x {\n  user = $default_internal_user\n}\nlogin_trusted_networks = $mynetworks\n", nil, nil},
		{"2.4 list", "mail_plugins {\n}\n",
			[]string{"1: Dovecot 2.3 takes this section for a name in mail_plugins (this is the syntax of Dovecot 2.4, whose files begin with dovecot_config_version)"}, ErrNoEffect},

		{"2.4: nothing to say", version24 + "mail_plugins {\n  notify = yes\n}\npush_notification x {\n  driver = ox\n  ox_url = http://x/\n  ox_cache_ttl = 60s\n  ox_user_from_metadata = yes\n  push_notification_ox {\n    http_client_request_timeout = 2s\n    ssl_client_ca_file = x\n  }\n}\npush_notification ox {\n  url = http://x/\n}\npush_notification_ox_cache_ttl = 5s\nssl_server {\n}\nservice lmtp {\n  inet_listener x {\n  }\n}\n", nil, nil},
		{"2.4: misspelt", version24 + "push_notification ox {\n  ox_ulr = http://x/\n}\n",
			[]string{"3: Unknown setting: ox_ulr (push_notification_ox_ulr or push_notification_ox_ox_ulr not found either.) (did you mean ox_url?)"}, ErrUnknownSetting},
		{"2.4: option of 2.3", version24 + "push_notification ox {\n  ox_user_from_metdata = yes\n  cache_lifetime = 60s\n}\n",
			[]string{"3: Unknown setting: ox_user_from_metdata (push_notification_ox_user_from_metdata or push_notification_ox_ox_user_from_metdata not found either.) (did you mean ox_user_from_metadata?)",
				"4: Unknown setting: cache_lifetime (push_notification_cache_lifetime or push_notification_ox_cache_lifetime not found either.) (this is an option of Dovecot 2.3; in 2.4 it is ox_cache_ttl)"}, ErrUnknownSetting},
		{"2.4: too short", version24 + "ox_url = http://x/\n",
			[]string{"2: Unknown setting: ox_url (the full name is push_notification_ox_url; it may be shortened inside push_notification NAME { })"}, ErrUnknownSetting},
		{"2.4: misspelt section", version24 + "push_notifications ox {\n}\n",
			[]string{"2: Unknown section name: push_notifications (did you mean push_notification?)"}, ErrUnknownSetting},
		{"2.4: documented name", version24 + "push_notification lua {\n  push_notification_lua_file = /x\n  push_notification_lua_settings {\n    a = b\n  }\n}\n",
			[]string{
				"3: Unknown setting: push_notification_lua_file, which only the documentation has (write lua_file)",
				"4: Unknown setting: push_notification_lua_settings, which only the documentation has (write lua_settings)",
			}, ErrUnknownSetting},
		{"2.4: variable of 2.3", version24 + "mail_plugins = $mail_plugins notify\n",
			[]string{"2: Dovecot 2.4 takes $mail_plugins for the name of a plugin (to add to the list, write mail_plugins { NAME = yes })"}, ErrUnknownVariable},
		{"2.4: unknown variable", version24 + "push_notification ox {\n  ox_url = $SET:hook\n}\nlog_path = $SET:nosuch\n",
			[]string{"3: $SET:hook is taken as empty: no line sets hook (luapush does not know Dovecot's default of it; write the value instead)"}, ErrUnknownVariable},
		{"2.4: variables in a ring", version24 + "push_notification ox {\n  ox_url = $SET:a\n}\na = $SET:b\nb = $SET:a\n",
			[]string{"3: $SET:a is taken as empty: its value leads back to itself (write the value instead)"}, ErrUnknownVariable},
		{"2.4: unknown group", version24 + "group @push a {\n  lua_file = /x\n}\n@push = b\n@pull = a\n@mailbox_defaults = english\n",
			[]string{"5: Unknown group @push=b (write group @push b { })", "6: Unknown group label @pull (write group @pull a { })"}, ErrUnknownSetting},
		{"2.4: connection", version24 + "remote 10.0.0.0/8 {\n  push_notification x {\n    driver = dlog\n  }\n  mail_plugins {\n    acl = yes\n  }\n}\n",
			[]string{
				"4: push_notification_driver is left out: it counts for some connections only (remote 10.0.0.0/8) (luapush knows no connections; write it outside of the block to use it)",
				"7: mail_plugins is left out: it counts for some connections only (remote 10.0.0.0/8) (luapush knows no connections; write it outside of the block to use it)",
			}, ErrNoEffect},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := mustLoad(t, test.text)
			var got []string
			for _, w := range s.Warnings() {
				got = append(got, strings.TrimPrefix(w.Error(), "/etc/dovecot/dovecot.conf:"))
				if !errors.Is(w, test.cause) {
					t.Errorf("%v is caused by %v, not %v", w, w.Unwrap(), test.cause)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}
