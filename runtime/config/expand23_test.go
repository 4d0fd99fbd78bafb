package config

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

const frozen23 = "../../spec/var-expand-2.3.jsonl"

// frozenVariables is the first line of the frozen file: the session the formats were expanded in.
type frozenVariables struct {
	User     string
	Home     string
	Service  string
	LocalIP  string `json:"local_ip"`
	RemoteIP string `json:"remote_ip"`
	PID      string
	UID      string
	GID      string
	Session  string
	AuthUser string `json:"auth_user"`
	Hostname string
	UserDB   map[string]string
	Env      map[string]string
}

func (f frozenVariables) variables() Variables {
	lookup := func(table map[string]string) func(string) (string, bool) {
		return func(name string) (string, bool) {
			value, found := table[name]
			return value, found
		}
	}
	return Variables{
		User: f.User, AuthUser: f.AuthUser, Session: f.Session, Service: f.Service, Home: f.Home,
		LocalIP: f.LocalIP, RemoteIP: f.RemoteIP, PID: f.PID, UID: f.UID, GID: f.GID, Hostname: f.Hostname,
		UserDB: lookup(f.UserDB), Env: lookup(f.Env),
	}
}

func frozenSession(t testing.TB) Variables {
	var header struct{ Variables frozenVariables }
	readLines(t, frozen23, func(line int, data []byte) {
		if line > 1 {
			return
		}
		if err := json.Unmarshal(data, &header); err != nil {
			t.Fatal(err)
		}
	})
	return header.Variables.variables()
}

// TestExpand23Frozen compares with what a real Dovecot 2.3.19.1 answered.
func TestExpand23Frozen(t *testing.T) {
	expander := NewExpander(Syntax23, frozenSession(t))
	cases := 0
	readLines(t, frozen23, func(line int, data []byte) {
		if line == 1 {
			return
		}
		cases++
		var c struct{ Format, Result, Error frozenText }
		if err := json.Unmarshal(data, &c); err != nil {
			t.Fatalf("line %d: %v", line, err)
		}
		got, err := expander.Expand(c.Format.text)
		if c.Error.set {
			want := "var_expand(" + c.Format.text + ") failed: " + c.Error.text
			if err == nil || err.Error() != want {
				t.Errorf("line %d: %q: got %q, %v; want error %q", line, c.Format.text, got, err, want)
			}
			return
		}
		if err != nil || got != c.Result.text {
			t.Errorf("line %d: %q: got %q, %v; want %q", line, c.Format.text, got, err, c.Result.text)
		}
	})
	if cases < 1200 {
		t.Errorf("only %d frozen cases were read", cases)
	}
}

func TestExpand23Errors(t *testing.T) {
	expander := NewExpander(Syntax23, Variables{User: "u"})
	_, err := expander.Expand("%{if;x;==;1;a;b}")
	var expandError *ExpandError
	if !errors.As(err, &expandError) || !errors.Is(err, ErrExpansion) {
		t.Fatalf("got %#v", err)
	}
	if expandError.Format != "%{if;x;==;1;a;b}" || expandError.Reason != "if: x (lhs) is not a number" {
		t.Errorf("got %+v", expandError)
	}
	if got, err := expander.Expand("a\x00%{if}"); got != "a" || err != nil {
		t.Errorf("a NUL must end the format: %q, %v", got, err)
	}
}

// TestExpand23Limits feeds formats that would need gigabytes or hours.
func TestExpand23Limits(t *testing.T) {
	expander := NewExpander(Syntax23, Variables{User: strings.Repeat("u", 1000)})
	for _, format := range []string{
		"%02000000000u",
		"%2000000000.Hu",
		"%{sha512;rounds=4294967295:user}",
		"%{pkcs5;rounds=4294967295:user}",
		strings.Repeat("%{sha512;rounds=100000:user}", 1000),
		strings.Repeat("%u", 100000),
		strings.Repeat("%{if;1;==;1;", 1000) + strings.Repeat(";}", 1000),
		"%{" + strings.Repeat("md5:", 1000) + "user}",
	} {
		_, err := expander.Expand(format)
		if !errors.Is(err, ErrExpansionLimit) {
			t.Errorf("%.40s…: got %v", format, err)
		}
	}
}

// TestExpand23ERE lists what the C library accepts and Go's engine cannot do.
func TestExpand23ERE(t *testing.T) {
	match := func(pattern string) (string, error) {
		expander := NewExpander(Syntax23, Variables{UserDB: func(string) (string, bool) { return pattern, true }})
		return expander.Expand("%{if;abc;~;%{userdb:pattern};y;n}")
	}
	for pattern, want := range map[string]string{
		`(a)\1`:                   "back-references are not supported by luapush",
		"a{1001}":                 "Regular expression too big",
		strings.Repeat("a", 5000): "Regular expression too big",
		`a\`:                      "Trailing backslash",
	} {
		_, err := match(pattern)
		var expandError *ExpandError
		if !errors.As(err, &expandError) || expandError.Reason != "if: regex failed: "+want {
			t.Errorf("%.20s: got %v", pattern, err)
		}
	}
	for pattern, want := range map[string]string{`\w+`: "y", `^\Sb\W*c`: "y", `a\.c`: "n", `[\]]`: "n", "\\`a": "y", `c\'`: "y", `\<abc\>`: "y"} {
		got, err := match(pattern)
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v", pattern, got, err)
		}
	}
}

func FuzzExpand23(f *testing.F) {
	for _, seed := range []string{"%u", "%2.256Nu", "%{if;a;~;[a-b]{1,2};%u;n}", "%{sha1;rounds=2,salt=%d,truncate=7:user}", "%-5.08n", "%{us{er}b", "%{if;a;*;a*?;y;n}"} {
		f.Add(seed)
	}
	expander := NewExpander(Syntax23, frozenSession(f))
	f.Fuzz(func(t *testing.T, format string) {
		got, err := expander.Expand(format)
		if err == nil && len(got) > 2*maxExpansion {
			t.Errorf("%d bytes", len(got))
		}
		if !strings.ContainsAny(format, "%\x00") && (got != format || err != nil) {
			t.Errorf("a format without %% must stay as it is: %q, %v", got, err)
		}
	})
}

func BenchmarkExpand23(b *testing.B) {
	expander := NewExpander(Syntax23, Variables{User: "alice@example.com", Home: "/srv/mail/alice"})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := expander.Expand("http://%Ld.example.com/%2.256Nu/%{user}%%40x"); err != nil {
			b.Fatal(err)
		}
	}
}
