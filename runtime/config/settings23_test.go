package config

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/runtime/dovecot"
)

// render writes settings as "name = value (line)", a file's name before the line where it is not the main one.
func render(settings []Setting) string {
	var out strings.Builder
	for _, s := range settings {
		at := strings.TrimPrefix(s.Origin.String(), "/etc/dovecot/")
		out.WriteString(s.Name + " = " + s.Value + " (" + strings.TrimPrefix(at, "dovecot.conf:") + ")\n")
	}
	return out.String()
}

func renderBlocks(blocks []Block, indent string) string {
	var out strings.Builder
	for _, b := range blocks {
		out.WriteString(indent + strings.TrimRight(b.Kind+" "+b.Name, " ") + " {\n")
		for line := range strings.Lines(render(b.Settings)) {
			out.WriteString(indent + "  " + line)
		}
		out.WriteString(renderBlocks(b.Blocks, indent+"  ") + indent + "}\n")
	}
	return out.String()
}

// TestOriginsThroughIncludes pins the file and line of settings behind includes, continuations and empty files.
func TestOriginsThroughIncludes(t *testing.T) {
	s, err := Load("/etc/dovecot/dovecot.conf", inMemory(map[string]string{
		"dovecot.conf": "# one\nmail_plugins = a \\\n  b\n!include conf.d/*.conf\nplugin {\n  last = 1\n  wide = 1 \\\n\\\n  2\n  next = 1\n}\n",
		"conf.d/1.conf": "\nplugin {\n  first = 1\n" +
			"  !include ../more/x.conf\n  second = 1\n}\n",
		"conf.d/2.conf":     "",
		"conf.d/3.conf":     "protocol lmtp {\n  mail_plugins = $mail_plugins c\n}\n",
		"conf.d/4.conf.ext": "not read",
		"more/x.conf":       "#\r\n#\r\ninner = \\\r\n 1\r\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := "first = 1 (conf.d/1.conf:3)\ninner = 1 (more/x.conf:3)\nsecond = 1 (conf.d/1.conf:5)\n" +
		"last = 1 (6)\nwide = 1 2 (7)\nnext = 1 (10)\n"
	if diff := cmp.Diff(want, render(s.For("").Plugin())); diff != "" {
		t.Errorf("plugin {} (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("mail_plugins = a b c (conf.d/3.conf:2)\n", render([]Setting{get(t, s.For("lmtp"), "mail_plugins")})); diff != "" {
		t.Errorf("mail_plugins (-want +got):\n%s", diff)
	}
	if got := get(t, s.For("imap"), "mail_plugins").Origin.Line; got != 2 {
		t.Errorf("mail_plugins of imap is from line %d, not 2", got)
	}
}

func get(t *testing.T, v *View, name string) Setting {
	t.Helper()
	setting, ok := v.Get(name)
	if !ok {
		t.Fatalf("no %s", name)
	}
	return setting
}

func TestView23(t *testing.T) {
	s := mustLoad(t, `mail_plugins = $mail_plugins notify,push_notification
mail_attribute_dict = file:%h/dovecot-attributes
plugin {
  push_notification_driver = ox:url=http://127.0.0.1/ user_from_metadata
  push_notification_driver2 = dlog
}
service lmtp {
  inet_listener lmtp {
    port = 24
  }
}
namespace inbox {
  inbox = yes
}
passdb {
  driver = static
}
passdb {
  driver = pam
}
namespace inbox {
  separator = /
}
protocol lmtp {
  namespace inbox {
    separator = .
  }
  plugin {
    push_notification_driver2 = lua:file=/x
  }
}
`)
	v := s.For("lmtp")
	want := "mail_plugins = notify (1)\nmail_plugins = push_notification (1)\n"
	if diff := cmp.Diff(want, render(v.List("mail_plugins"))); diff != "" {
		t.Errorf("mail_plugins (-want +got):\n%s", diff)
	}
	want = "push_notification_driver = ox:url=http://127.0.0.1/ user_from_metadata (4)\npush_notification_driver2 = lua:file=/x (29)\n"
	if diff := cmp.Diff(want, render(v.Plugin())); diff != "" {
		t.Errorf("plugin {} (-want +got):\n%s", diff)
	}
	if _, ok := v.PluginGet("push_notification_driver3"); ok {
		t.Error("a driver3 that nobody wrote")
	}
	if driver, ok := v.PluginGet("push_notification_driver2"); !ok || driver.Value != "lua:file=/x" {
		t.Errorf("driver2 = %v, %v", driver, ok)
	}
	want = "namespace inbox {\n  inbox = yes (13)\n  separator = . (26)\n}\n"
	if diff := cmp.Diff(want, renderBlocks(v.Blocks("namespace"), "")); diff != "" {
		t.Errorf("namespaces (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(2, len(v.Blocks("passdb"))); diff != "" {
		t.Errorf("passdbs without a name became one:\n%s", diff)
	}
	inner, ok := v.Blocks("service")[0].Block("inet_listener")
	if port, set := inner.Get("port"); !ok || !set || port.Value != "24" {
		t.Errorf("port = %v", port)
	}
	if len(s.Warnings()) > 0 {
		t.Errorf("warnings: %v", s.Warnings())
	}
	// What a View hands out is the caller's own.
	v.Plugin()[0].Value = "changed"
	if first := v.Plugin()[0].Value; first == "changed" {
		t.Error("a View can be changed")
	}
}

func TestReleases(t *testing.T) {
	none := dovecot.Release{}
	for _, test := range []struct {
		name, text string
		option     dovecot.Release
		want       string
		err        string
	}{
		{"2.3 by default", "plugin {\n}\n", none, "2.3.19.1", ""},
		{"output of doveconf", "# 2.3.21 (47349e2482): /etc/dovecot/dovecot.conf\nprotocols = imap\n", none, "2.3.21", ""},
		{"some other comment", "# 2.3.21 is what we use\nprotocols = imap\n", none, "2.3.19.1", ""},
		{"output of an old doveconf", "# 2.2.36 (1f10bfa63): /etc/dovecot/dovecot.conf\n", none, "2.3.19.1", ""},
		{"asked for", "# 2.3.21 (47349e2482): x\n", dovecot.At(2, 3, 7), "2.3.7", ""},
		{"2.4", "# x\n\ndovecot_config_version = 2.4.1\n", none, "2.4.1", ""},
		{"output of doveconf 2.4", "# 2.4.3 (abc): x\ndovecot_config_version = 2.4.0\n", none, "2.4.3", ""},
		{"2.4 asked for", "dovecot_config_version = 2.4.0\n", dovecot.At(2, 4, 2), "2.4.2", ""},
		{"2.4 twice", "dovecot_config_version = 2.4.0\ndovecot_config_version = 2.4.0\n", none, "2.4.0", ""},
		{"2.4 changed", "dovecot_config_version = 2.4.0\ndovecot_config_version = 2.4.1\n", none, "",
			"/etc/dovecot/dovecot.conf:2: dovecot_config_version value can't be changed once set"},
		{"2.4 asked for of a 2.3", "\nprotocols = imap\n", dovecot.Latest24, "",
			"/etc/dovecot/dovecot.conf:2: The first setting must be dovecot_config_version (begin the file with dovecot_config_version = 2.4.4)"},
		{"2.4 asked for of nothing", "", dovecot.Latest24, "",
			"/etc/dovecot/dovecot.conf: The first setting must be dovecot_config_version (begin the file with dovecot_config_version = 2.4.4)"},
		{"2.3 asked for of a 2.4", "dovecot_config_version = 2.4.0\n", dovecot.Default, "",
			"/etc/dovecot/dovecot.conf:1: Unknown setting: dovecot_config_version (this file is for Dovecot 2.4, and 2.3.19.1 was asked for)"},
		{"unknown", "dovecot_config_version = 2.5.0\n", none, "",
			"/etc/dovecot/dovecot.conf:1: Invalid dovecot_config_version: Currently supported versions are: 2.4.0 2.4.4"},
		{"too short", "dovecot_config_version = 2.4\n", none, "",
			"/etc/dovecot/dovecot.conf:1: Invalid dovecot_config_version: Currently supported versions are: 2.4.0 2.4.4"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := inMemory(map[string]string{"dovecot.conf": test.text})
			o.Release = test.option
			s, err := Load("/etc/dovecot/dovecot.conf", o)
			if test.err != "" {
				if err == nil || err.Error() != test.err {
					t.Errorf("error\n got %v\nwant %s", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Release().String(); got != test.want {
				t.Errorf("release is %s, not %s", got, test.want)
			}
		})
	}
}

func TestFileIsMissing(t *testing.T) {
	_, err := Load("/etc/dovecot/nosuch.conf", inMemory(nil))
	if err == nil || err.Error() != "open(/etc/dovecot/nosuch.conf) failed: No such file or directory" || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

// TestOtherPeoplesFilesStayClosed makes sure that certificates and keys are never read.
func TestOtherPeoplesFilesStayClosed(t *testing.T) {
	for _, text := range []string{
		"ssl_key = </etc/ssl/private/key.pem\nservice x {\n  key = <key\n}\nprotocol imap {\n  ssl_cert = <cert\n}\n",
		"dovecot_config_version = 2.4.0\nssl_server_key_file = </etc/ssl/private/key.pem\nlocal_name x {\n  ssl_key = <x\n}\n",
	} {
		s := mustLoad(t, text)
		if len(s.Warnings()) != 0 {
			t.Errorf("warnings: %v", s.Warnings())
		}
	}
	if key, _ := mustLoad(t, "ssl_key = < /key.pem\n").For("").Get("ssl_key"); key.Value != "</key.pem" {
		t.Errorf("ssl_key = %q", key.Value)
	}
}
