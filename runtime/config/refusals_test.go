package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/luapush/luapush/runtime/dovecot"
)

// TestRefusals pins errors that the frozen answers of doveconf do not have: those of Dovecot 2.4, the hints, and the
// limits. Each is "line: text (hint)".
func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
		cause            error
	}{
		{"push setting outside of plugin", "push_notification_driver = dlog\n",
			"1: Unknown setting: push_notification_driver (in Dovecot 2.3 it belongs inside plugin { })", ErrUnknownSetting},
		{"block of 2.4", "push_notification ox {\n}\n",
			"1: Unknown setting: push_notification { push_notification (this is the syntax of Dovecot 2.4, whose files begin with dovecot_config_version)", ErrUnknownSetting},
		{"protocol inside plugin", "plugin {\n protocol x {\n  a = b\n",
			"3: Unknown setting: plugin { a (put the protocol block around plugin { }, not inside)", ErrUnknownSetting},
		{"brace", "plugin { x\n", "1: Garbage after '{' (each setting, and the }, needs a line of its own)", ErrSyntax},
		{"word", "plugin {\n\n push\n", `3: Expecting '{' (a line is "key = value", "section {", "section name {" or "}")`, ErrSyntax},
		{"variable", "plugin {\n a = x $y.z\n", "2: Unknown variable: $y.z (a variable is a word of its own, between blanks; a $ that is none needs quotes around the value)", ErrUnknownVariable},
		{"no name", "plugin {\n = x\n}\n", "2: Missing key name ('=' at the beginning of line)", ErrSyntax},
		{"byte order mark", "\ufeffmail_plugins = a\n",
			"1: The file begins with a byte order mark, which Dovecot takes for a part of its first word (save it as UTF-8 without one)", ErrSyntax},
		{"include", "!include x\n", "1: No matches (!include_try does not mind a file that is missing)", ErrInclude},

		{"2.4: no name", version24 + "push_notification {\n", "2: push_notification { } is missing section name (write push_notification NAME {)", ErrSyntax},
		{"2.4: a name", version24 + "mail_lua x {\n", "2: mail_lua { } must not have a section name (write mail_lua {)", ErrSyntax},
		{"2.4: plugin", version24 + "plugin {\n", "2: Unknown section name: plugin (this is the syntax of Dovecot 2.3; 2.4 has push_notification NAME { } and mail_lua { })", ErrSyntax},
		{"2.4: protocol inside", version24 + "push_notification x {\n  protocol lmtp {\n", "3: push_notification { protocol { .. } } not allowed (use protocol { push_notification { .. } } instead)", ErrSyntax},
		{"2.4: protocol twice", version24 + "protocol a {\n protocol b {\n", "3: Nested protocol { protocol { .. } } block not allowed", ErrSyntax},
		{"2.4: bad word", version24 + "mail_plugins {\n  acl = maybe\n", "3: acl: Invalid boolean value: maybe (use yes or no) (write acl = yes)", ErrInvalidValue},
		{"2.4: list as a value", version24 + "lua_settings = x\n", "2: lua_settings: Setting is a string list, use 'lua_settings {' (write each word in a line of its own)", ErrSyntax},
		{"2.4: section in a list", version24 + "lua_settings {\n  x {\n", "3: Unknown section name: x (the settings of lua_settings are words and values)", ErrSyntax},
		{"2.4: list of itself", version24 + "mail_plugins = $SET:mail_plugins x\n", "2: Failed to expand $SET:mail_plugins: Setting type can't be expanded to string (to add to a list, write mail_plugins { NAME = yes })", ErrUnknownVariable},
		{"2.4: quote", version24 + "mail_plugins = a \"b\n", "2: mail_plugins: Missing ending '\"'", ErrSyntax},
		{"2.4: group inside", version24 + "protocol x {\n  group @a b {\n", "3: groups must defined at top-level, not under filters", ErrSyntax},
		{"2.4: group in a group", version24 + "group @a b {\n  @c = d\n", "3: Recursive include groups not allowed", ErrSyntax},
		{"2.4: group without a name", version24 + "group @a\n", "2: Expecting group name", ErrSyntax},
		{"2.4: group without a brace", version24 + "group @a b\n", `2: Expecting '{' (a line is "key = value", "section {", "section name {" or "}")`, ErrSyntax},
		{"2.4: end", version24 + "}\n", "2: Unexpected '}'", ErrSyntax},
		{"2.4: no end", version24 + "mail_lua {\n", ": Missing '}' (section started at /etc/dovecot/dovecot.conf:2)", ErrSyntax},
		{"2.4: file", version24 + "lua_settings {\n  a = <nosuch\n", "3: lua_settings/a: Can't open file /etc/dovecot/nosuch: No such file or directory", ErrInclude},
		{"2.4: heredoc", version24 + "a = <<END\nb\n", "2: Missing END that ends the text after <<END", ErrSyntax},

		{"doubling variable", "mail_plugins = 0123456789\n" + strings.Repeat("mail_plugins = $mail_plugins $mail_plugins\n", 40),
			"21: the values of variables are too long (luapush expands 16 MiB)", ErrFileLimit},
		{"2.4: doubling variable", version24 + "a = 0123456789\n" + strings.Repeat("a = $SET:a $SET:a\n", 40),
			"22: the values of variables are too long (luapush expands 16 MiB)", ErrFileLimit},
		{"deep sections", strings.Repeat("a {\n", 200), "101: too many sections", ErrFileLimit},
		{"2.4: deep sections", version24 + strings.Repeat("a {\n", 200), "102: too many sections", ErrFileLimit},
		{"many sections", strings.Repeat("a {\n}\n", 20000), "20001: too many sections", ErrFileLimit},
		{"2.4: many drivers", version24 + manyDrivers(), ": too many push_notification or protocol blocks", ErrFileLimit},
		{"2.4: late variables that double", version24 + lateVariables(), ": the settings of all push_notification blocks together are too many", ErrFileLimit},
		{"long file", strings.Repeat("#", 5<<20), ": the configuration's files together are too long (luapush reads 4 MiB)", ErrFileLimit},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(t, test.text)
			var e *FileError
			if !errors.As(err, &e) {
				t.Fatalf("error is %T: %v", err, err)
			}
			if got := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "/etc/dovecot/dovecot.conf"), ":"); got != strings.TrimPrefix(test.want, ":") {
				t.Errorf("error\n got %s\nwant %s", got, test.want)
			}
			if !errors.Is(err, test.cause) {
				t.Errorf("caused by %v, not %v", e.Unwrap(), test.cause)
			}
		})
	}
}

func manyDrivers() string {
	var out strings.Builder
	for i := range 200 {
		fmt.Fprintf(&out, "push_notification d%d {\n}\n", i)
	}
	return out.String()
}

// lateVariables is a chain in which each setting has the one before it twice.
func lateVariables() string {
	var out strings.Builder
	out.WriteString("push_notification x {\n  ox_url = $SET:v19\n}\nv0 = 0123456789012345678901234567890123456789\n")
	for i := range 19 {
		fmt.Fprintf(&out, "v%d = $SET:v%d $SET:v%d\n", i+1, i, i)
	}
	return out.String()
}

// TestIncludeLimits bounds chains of files, and files that include others again and again.
func TestIncludeLimits(t *testing.T) {
	chain := map[string]string{"dovecot.conf": "!include f0\n"}
	for i := range 300 {
		chain[fmt.Sprintf("f%d", i)] = fmt.Sprintf("!include f%d\n", i+1)
	}
	again := map[string]string{"dovecot.conf": strings.Repeat("!include x\n", 5000), "x": "a = 1\n"}
	folder := map[string]string{"dovecot.conf": "!include d/*\n"}
	for i := range 2000 {
		folder[fmt.Sprintf("d/%d", i)] = "a = 1\n"
	}
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"chain":  {chain, "/etc/dovecot/f99:1: files include files too deeply"},
		"again":  {again, "/etc/dovecot/dovecot.conf:1001: too many included files"},
		"folder": {folder, "/etc/dovecot/dovecot.conf:1: too many included files"},
	} {
		_, err := Load("/etc/dovecot/dovecot.conf", inMemory(test.files))
		if err == nil || err.Error() != test.want || !errors.Is(err, ErrFileLimit) {
			t.Errorf("%s: error %v, want %s", name, err, test.want)
		}
	}
}

// FuzzLoad makes sure that no file takes the host down, and that what is loaded can be asked for anything.
func FuzzLoad(f *testing.F) {
	f.Add("mail_plugins = a\n!include x\nplugin {\n a = $mail_plugins \\\n b # c\n}\nprotocol !lmtp {\n}\n", "plugin {\n b = <dovecot.conf\n}\n", false)
	f.Add(version24+"group @a b {\n push_notification x {\n}\n}\n@a = b\nlua_settings {\n \"a b\" = $SET:c\n}\nc = <<E\nx\nE\n", "mail_lua {\n lua_file = x\n}\n", true)
	f.Add("local a {\nremote b {\n}\n", "", false)
	f.Fuzz(func(t *testing.T, text, included string, newer bool) {
		o := inMemory(map[string]string{"dovecot.conf": text, "x": included})
		if newer {
			o.Release = dovecot.Latest24
		}
		s, err := Load("/etc/dovecot/dovecot.conf", o)
		if err != nil {
			var e *FileError
			if !errors.As(err, &e) || e.Unwrap() == nil || e.Text == "" {
				t.Fatalf("error is %#v", err)
			}
			return
		}
		for _, protocol := range []string{"", "lmtp", "imap"} {
			v := s.For(protocol)
			for _, setting := range v.Plugin() {
				if setting.Origin.Line < 1 {
					t.Errorf("%v is from nowhere", setting)
				}
			}
			for _, word := range v.List("mail_plugins") {
				if word.Value == "" || word.Origin.Line < 1 {
					t.Errorf("word %+v", word)
				}
			}
			for _, block := range v.Blocks("push_notification") {
				if block.Origin.Line < 1 {
					t.Errorf("block %s is from nowhere", block.Name)
				}
			}
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	text := "mail_plugins = $mail_plugins notify push_notification\n" +
		strings.Repeat("service imap-login {\n  inet_listener imap {\n    port = 143 # comment\n  }\n}\n", 100) +
		"plugin {\n" + strings.Repeat("  some_setting = \"a value\" \\\n    of two lines\n", 100) + "}\n"
	o := inMemory(map[string]string{"dovecot.conf": text})
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load("/etc/dovecot/dovecot.conf", o); err != nil {
			b.Fatal(err)
		}
	}
}
