package config

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func variables24() Variables {
	values := map[string]string{
		"word": "bonjour", "name": "word", "count": "17", "big": "1735689600", "none": "",
		"hexed": "6c7561", "list": "a\tb\x01tc\td", "odd": `x;'":`, "é": "accent",
	}
	fields := map[string]string{"quota": "1G", "blank": ""}
	return Variables{
		User: "carol@mail@example.org", Session: "S1", Service: "imap", Home: "/home/carol", LocalIP: "127.0.0.1",
		RemoteIP: "::1", PID: "42", UID: "5000", GID: "5001", Hostname: "mx1",
		Lookup: func(name string) (string, bool) { value, found := values[name]; return value, found },
		UserDB: func(field string) (string, bool) { value, found := fields[field]; return value, found },
		Env: func(name string) (string, bool) {
			value, found := map[string]string{"LANG": "sv"}[name]
			return value, found
		},
		Event: func(name string) (string, bool) { return "42", name == "answer" },
		Provide: func(prefix, key string) (string, bool) {
			return "2.4.1", prefix == "dovecot" && key == "version"
		},
		Now: func() time.Time { return time.Date(2025, 3, 9, 7, 5, 3, 1234000, time.UTC) },
	}
}

func TestExpand24(t *testing.T) {
	expander := NewExpander(Syntax24, variables24())
	for _, c := range []struct{ format, want string }{
		{"", ""}, {"plain", "plain"}, {"a%{}b", "ab"}, {"100%", "100%"}, {"%u %%", "%u %%"}, {"%%{user}", "%{user}"},
		{"%%%{user}", "%%{user}"}, {"%{ user }", "carol@mail@example.org"}, {"%{|user}x", "carol@mail@example.orgx"},
		{"%{username}", "carol"}, {"%{domain}", "mail@example.org"}, {"%{user | username}", "carol"},
		{"%{user|domain|domain}", "example.org"}, {"%{auth_user}", "carol@mail@example.org"}, {"%{auth_domain}", "mail@example.org"},
		{"%{service}/%{protocol}", "imap/imap"}, {"%{home}", "/home/carol"}, {"%{local_ip} %{remote_ip}", "127.0.0.1 ::1"},
		{"%{process:pid}.%{process:uid}.%{process:gid}", "42.5000.5001"}, {"%{system:hostname}", "mx1"},
		{"%{dovecot:name} %{dovecot:version}", "Dovecot 2.4.1"}, {"%{env:LANG}%{env:NOPE}", "sv"}, {"%{event:answer}", "42"},
		{"%{userdb:quota}", "1G"}, {"%{userdb:nope}", ""}, {"%{userdb:nope:2G}", "2G"}, {"%{userdb:blank:3G}", "3G"},
		{"%{date:year}-%{date:month}-%{date:day} %{time:hour}:%{time:min}:%{time:sec}.%{time:usec}", "2025-03-09 07:05:03.1234"},
		{"%{word | upper}%{word | upper | lower}", "BONJOURbonjour"}, {"%{word | reverse}", "ruojnob"},
		{"%{lookup('word')}%{lookup(name)}", "bonjourbonjour"}, {"%{literal('x')}%{literal(5)}%{literal(-5)}", "x5-5"},
		{"%{missing | default}", ""}, {"%{missing | default('d')}", "d"}, {"%{none | default(word)}", "bonjour"},
		{"%{word | default('d')}", "bonjour"}, {"%{missing | upper | default('d')}", "err"},
		{"%{word | substr(0)}", "bonjour"}, {"%{word | substr(3, 2)}", "jo"}, {"%{word | substr(-3)}", "our"},
		{"%{word | substr(1, -2)}", "onjo"}, {"%{word | substr(-4, -1)}", "jou"}, {"%{word | substr(7,0)}", ""},
		{"%{word | concat('-', count, 1)}", "bonjour-171"}, {"%{concat(word, word)}", "bonjourbonjour"},
		{"%{literal('abc') | md5}", "900150983cd24fb0d6963f7d28e17f72"}, {"%{literal('abc') | sha1}", "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{"%{literal('abc') | hash('md4')}", "a448017aaf21d8525fc10ae87aa6729d"},
		{"%{literal('bc') | md5(salt='a')}", "900150983cd24fb0d6963f7d28e17f72"}, {"%{literal('abc') | md5(rounds=0)}", "616263"},
		{"%{literal('abc') | sha256(rounds=2, SALT='')}", "4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358"},
		{"%{literal('abc') | hash('sha512') | substr(0,2)}", "ddaf"},
		{"%{word | base64}", "Ym9uam91cg=="}, {"%{word | base64(pad=0)}", "Ym9uam91cg"}, {"%{literal('>>>?') | base64(url=1)}", "Pj4-Pw=="},
		{"%{word | base64 | unbase64 | text}", "bonjour"}, {"%{literal('Ym9u!') | unbase64 | text}", "bon"},
		{"%{count | hex}", "11"}, {"%{count | hex(4)}", "0011"}, {"%{big | hex(2)}", "80"}, {"%{big | hex(-2)}", "67"},
		{"%{count | hex(-4)}", "1100"}, {"%{literal('ff') | unhex}", "255"}, {"%{literal('AB') | hexlify}", "4142"},
		{"%{literal('AB') | hexlify(6)}", "004142"}, {"%{literal('AB') | hexlify(3)}", "414"},
		{"%{hexed | unhexlify}", "6c7561"}, {"%{hexed | unhexlify | text}", "lua"},
		{"%{word | truncate(3)}", "bon"}, {"%{word | truncate(99)}", "bonjour"}, {"%{word | truncate(bits=8)}", "b"}, {"%{word | truncate(bits=99)}", "bonjour"},
		{"%{domain | ldap_dn}", "mail@example,dc=org"}, {"%{user | index('@', 1)}%{user | index('@', -1)}", "mailexample.org"},
		{"%{list | list}", "a,b\tc,d"}, {"%{list | list('; ')}", "a; b\tc; d"}, {"%{none | list}", ""},
		{"%{count | lfill(5)}", "00017"}, {"%{count | rfill(5, 'ab')}", "17abab"}, {"%{count | lfill(1)}", "17"},
		{"%{literal('\\x01\\x02') | benumber}", "258"}, {"%{literal('\\x01\\x02') | lenumber}", "513"}, {"%{literal('A') | lenumber}", "65"},
		{"%{count + 3}", "20"}, {"%{count - 20}", "-3"}, {"%{count * count}", "289"}, {"%{count / 5}", "3"}, {"%{count % 5}", "2"}, {"%{count + -3}", "14"},
		{"%{literal('abc') | md5 % 256}", "114"}, {"%{literal('abc') | md5 | substr(0,4) % 1000 | hex(4)}", "0110"},
		{"%{if(1, '==', 1, 'y', 'n')}", "y"}, {"%{count | if('<', 17, 'y', 'n')}", "n"}, {"%{count | if('>=', count, word, 'n')}", "bonjour"},
		{"%{if('a', 'ne', 'a', 'y', 'n')}", "n"}, {"%{word | if('*', 'b*r', 'y', 'n')}", "y"}, {"%{word | if('!*', 'b*r', 'y', 'n')}", "n"},
		{"%{word | if('~', '^bon', 'y', 'n')}", "y"}, {"%{word | if('!~', 'x|y', 'y', 'n')}", "y"}, {"%{odd | if('eq', 'x;\\'\":', 'y', 'n')}", "y"},
		{"%{if('a', 'lt', 'b', 1, 2)}", "1"}, {"%{if(count, '!=', 17, 1, 2)}", "2"},
		{"%{switch(word, 'eq', 'x', 1, word, 2, 3)}", "2"}, {"%{count | switch('==', 1, 'a', 17, 'b')}", "b"}, {"%{word | switch('eq', 'x', 1, 'other')}", "other"},
		{"%{literal('0') | switch('==', 1, 2) | default('d')}", "d"},
		{"%{literal('a-b') | regexp('(.)-(.)', '$2+\\\\1')}", "b+a"}, {"%{literal('aXbX') | regexp('X', '$$')}", "a$bX"}, {"%{word | regexp('zzz', 'x')}", "bonjour"},
		{"%{literal('\\x41\\102\\t\\r\\n\\\\\\'\\\"')}", "AB\t\r\n\\'\""}, {"%{literal(\"it's\")}", "it's"}, {"%{é}", "accent"},
		{"%{literal('a\\xffb\\x07') | text}", "a\ufffdb\ufffd"}, {"%{literal('}')}", "}"},
	} {
		got, err := expander.Expand(c.format)
		if c.want == "err" {
			if err == nil {
				t.Errorf("%s: got %q", c.format, got)
			}
		} else if err != nil || got != c.want {
			t.Errorf("%s: got %q, %v; want %q", c.format, got, err, c.want)
		}
	}
}

func TestExpand24Errors(t *testing.T) {
	expander := NewExpander(Syntax24, variables24())
	for _, c := range []struct{ format, want string }{
		{"%{missing}", "Unknown variable 'missing'"}, {"%{missing | upper}", "Unknown variable 'missing'"},
		{"%{missing | default(missing2)}", "Unknown variable 'missing'"}, {"%{default(missing)}", "default: Unknown variable 'missing'"},
		{"%{word | nope}", "No such function 'nope'"}, {"%{upper}", "upper: No value to upper"}, {"%{lookup}", "lookup: Missing name to lookup"},
		{"%{lookup(missing)}", "lookup: Unknown variable 'missing'"}, {"%{literal}", "literal: Missing parameters"},
		{"%{word | upper(1)}", "upper: Too many positional parameters"}, {"%{word | lower(a=1)}", "lower: Unsupported key 'a'"},
		{"%{word | substr(8)}", "substr: Offset out of bounds"}, {"%{word | substr(-8)}", "substr: Offset out of bounds"},
		{"%{word | substr(3, 5)}", "substr: Length out of bounds"}, {"%{word | substr(5, -6)}", "substr: Length out of bounds"},
		{"%{substr}", "substr: Missing parameters"}, {"%{word | substr('x')}", "substr: 'x' is not a number"}, {"%{word | substr(word)}", "substr: 'bonjour' (in word) is not a number"},
		{"%{word | hash}", "hash: Missing parameters"}, {"%{word | hash('crc')}", "hash: Unsupported algorithm 'crc'"}, {"%{word | hash(rounds=1)}", "hash: No algorithm as first parameter"},
		{"%{word | md5(x=1)}", "md5: Unsupported key 'x'"}, {"%{md5}", "md5: No value to md5"}, {"%{word | md5(salt=1)}", "md5: 1 is not a string"},
		{"%{word | base64(pad=2)}", "base64: '2' is not 0 or 1"}, {"%{word | unbase64(pad=2)}", "unbase64: Supported values for pad are 0 or 1"},
		{"%{word | hex}", "hex: Input is not a number"}, {"%{word | unhex}", "unhex: Input is not a hex number"}, {"%{word | unhexlify}", "unhexlify: Not a hex value"},
		{"%{word | hexlify(-1)}", "hexlify: Width must be positive"}, {"%{word | benumber}", "benumber: Cannot convert '7' bytes to number"},
		{"%{word | index('@')}", "index: Missing index parameter"}, {"%{word | index('@', 1)}", "index: Position out of bounds"}, {"%{word | index('@', -2)}", "index: Position out of bounds"},
		{"%{word | lfill(0)}", "lfill: Fill length out of bounds"}, {"%{word | truncate}", "truncate: Missing parameters"}, {"%{word | truncate(-1)}", "truncate: Value of out of bounds"},
		{"%{word + 1}", "calculate: Input is not a number"}, {"%{count / 0}", "calculate: Division by zero"}, {"%{count % 0}", "calculate: Modulo by zero"},
		{"%{word | md5 % -1}", "calculate: Binary modulo must be positive integer"}, {"%{word | calculate(1)}", "calculate: Missing operator"},
		{"%{if(1, '==', 1)}", "if: Missing parameters"}, {"%{if(1, '<>', 1, 2, 3)}", "if: Unsupported comparator '<>'"}, {"%{if(1, '', 1, 2, 3)}", "if: Unsupported comparator ''"},
		{"%{if(missing, '==', 1, 2, 3)}", "if: Left-hand side: Unknown variable 'missing'"}, {"%{if(1, '==', missing, 2, 3)}", "if: Right-hand side: Unknown variable 'missing'"},
		{"%{if(1, missing, 1, 2, 3)}", "if: Comparator: Unknown variable 'missing'"}, {"%{if(1, '==', 1, missing, 3)}", "if: True branch: Unknown variable 'missing'"},
		{"%{if(1, '==', 2, 1, missing)}", "if: False branch: Unknown variable 'missing'"}, {"%{word | if('==', 1, 2, 3)}", "if: Input is not a number"},
		{"%{if(1, '==', 1, 2, 3, 4)}", "if: Too many positional parameters"}, {"%{if(x=1)}", "if: Unsupported key 'x'"},
		{"%{switch}", "switch: Missing parameters"}, {"%{switch(word, 'eq')}", "switch: At least one condition-value pair is required"},
		{"%{count | switch('==', 1, 2)}", "switch: No default value provided"}, {"%{count | switch('==', 1, 2, missing)}", "switch: in condition #1: Unknown variable 'missing'"},
		{"%{word | regexp('a')}", "regexp: Missing replacement parameter"}, {"%{word | regexp('o', '$1')}", "regexp: unknown substring"},
		{"%{process:nope}", "process: Unsupported field 'nope'"}, {"%{nope:x}", "Unsupported prefix 'nope'"}, {"%{env:}", "env: Missing field"},
		{"%{event:nope}", "event: No such field 'nope' in event"}, {"%{date:hour}", "date: Unsupported key 'hour'"},
		{"%{word | encrypt(key='k')}", "encrypt: not supported by luapush"},
		{"%{", "syntax error, unexpected end of file, expecting CCBRACE or PIPE or NAME"}, {"%{user", "syntax error, unexpected end of file, expecting CCBRACE or PIPE"},
		{"%{user(}", "syntax error, unexpected CCBRACE"}, {"%{user()}", "syntax error, unexpected CBRACE"}, {"%{user + }", "syntax error, unexpected CCBRACE"},
		{"%{'user'}", "syntax error, unexpected VALUE, expecting CCBRACE or PIPE or NAME"}, {"%{lower(1 2)}", "syntax error, unexpected NUMBER, expecting CBRACE or COMMA"},
		{"%{literal('x}", "syntax error, unexpected end of file"}, {"%{user ? x}", "syntax error, unexpected invalid token, expecting CCBRACE or PIPE"},
		{"%{literal('\\q')}", "Invalid character escape"}, {"%{literal('\\400')}", "Invalid character escape"}, {"%{literal('\\xg0')}", "Invalid character escape"},
		{"%{a\xff}", "Invalid UTF-8 string"}, {"%{literal('\xff')}", "Invalid UTF-8 string"}, {"%{count + 9223372036854775808}", "Not a number"},
		{strings.Repeat("x", 8193), "Program size exceeds maximum of 8192 bytes"},
	} {
		got, err := expander.Expand(c.format)
		var expandError *ExpandError
		if !errors.As(err, &expandError) || expandError.Reason != c.want {
			t.Errorf("%.60s: got %q, %v; want %q", c.format, got, err, c.want)
			continue
		}
		if want := "failed to expand '" + c.format + "': " + c.want; err.Error() != want {
			t.Errorf("%.60s: got %q", c.format, err)
		}
	}
	if _, err := NewExpander(Syntax24, Variables{}).Expand("%{event:x}"); err == nil || !strings.HasSuffix(err.Error(), "event: No event available") {
		t.Errorf("without an event: %v", err)
	}
}

func TestExpand24Limits(t *testing.T) {
	expander := NewExpander(Syntax24, variables24())
	for _, format := range []string{
		"%{word | sha512(rounds=9223372036854775807)}",
		"%{word | lfill(2000000000)}",
		"%{word | rfill(100, '')}",
		"%{count | hex(2000000000)}",
		"%{word | hexlify(2000000000)}",
		strings.Repeat("%{word | lfill(1000000)}", 100),
	} {
		if _, err := expander.Expand(format); !errors.Is(err, ErrExpansionLimit) {
			t.Errorf("%.40s: got %v", format, err)
		}
	}
}

func FuzzExpand24(f *testing.F) {
	for _, seed := range []string{"%{user | domain | upper}", "%{word | md5(rounds=2, salt='x') % 256 | hex(4)}", "%{if(1,'~','a(','y',\"n\")}", "%{list|list('\\x41')|regexp('(a)','\\\\1')}", "%%{%"} {
		f.Add(seed)
	}
	expander := NewExpander(Syntax24, variables24())
	f.Fuzz(func(t *testing.T, format string) {
		got, err := expander.Expand(format)
		if err == nil && len(got) > 2*maxExpansion {
			t.Errorf("%d bytes", len(got))
		}
	})
}
