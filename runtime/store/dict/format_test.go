package dict_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/luapush/luapush/runtime/store/dict"
)

func TestParse(t *testing.T) {
	for name, c := range map[string]struct {
		data string
		want []dict.Entry
	}{
		"empty":        {"", nil},
		"plain":        {"priv/g/a\n1\nshared/g/b\n\n", []dict.Entry{{"priv/g/a", "1"}, {"shared/g/b", ""}}},
		"escapes":      {"priv/\x01t\n\x010\x011\x01t\x01r\x01n\n", []dict.Entry{{"priv/\t", "\x00\x01\t\r\n"}}},
		"any bytes":    {"priv/\xe4\nv\xff\xc3\x28\x7f\n", []dict.Entry{{"priv/\xe4", "v\xff\xc3\x28\x7f"}}},
		"raw tab":      {"priv/a\nx\ty\n", []dict.Entry{{"priv/a", "x\ty"}}},
		"no own order": {"shared/z\n1\npriv/a\n2\n", []dict.Entry{{"shared/z", "1"}, {"priv/a", "2"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := dict.Parse([]byte(c.data), "p")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseNamesTheLineOfWhatDovecotDidNotWrite(t *testing.T) {
	for name, c := range map[string]struct {
		data string
		want string
	}{
		"torn in a key":      {"priv/a\n1\npriv", "p:3: not a Dovecot dict file: the line has no end"},
		"torn in a value":    {"priv/a\n1\npriv/b\n2", "p:4: not a Dovecot dict file: the line has no end"},
		"torn between":       {"priv/a\n1\npriv/b\n", "p:3: not a Dovecot dict file: the key has no line with its value"},
		"foreign":            {"[section]\nkey=value\n", "p:1: not a Dovecot dict file: a key begins with priv/ or shared/"},
		"shifted by a line":  {"priv/a\npriv/b\n1\n", "p:3: "},
		"escape at the end":  {"priv/a\nx\x01\n", "p:2: not a Dovecot dict file: an escape byte (0x01) with nothing behind it"},
		"escape of a letter": {"priv/\x01x\n1\n", "p:1: not a Dovecot dict file: an escape (0x01) that Dovecot does not write"},
		"raw NUL":            {"priv/a\n\x00\n", "p:2: not a Dovecot dict file: a NUL or CR that is not escaped"},
		"CRLF":               {"priv/a\r\n1\r\n", "p:1: not a Dovecot dict file: a NUL or CR"},
		"CR beside escapes":  {"priv/\x01ta\r\n1\r\n", "p:1: not a Dovecot dict file: a NUL or CR"},
		"the same key twice": {"priv/a\n1\npriv/b\n1\npriv/a\n2\n", "p:5: not a Dovecot dict file: the key is already in line 1"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := dict.Parse([]byte(c.data), "p")
			var e *dict.FormatError
			if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(rapid.SliceOf(rapid.Byte())).Draw(t, "values")
		var entries []dict.Entry
		for i, v := range values {
			entries = append(entries, dict.Entry{Key: "priv/" + strings.Repeat("k\n", i) + string(v), Value: string(v)})
		}
		got, err := dict.Parse(dict.Append(nil, entries), "p")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(entries, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("priv/395d7f304127026bae6d000083ecc375/vendor/x\nA\x01tb\x011c\n"))
	f.Add([]byte("priv/a\n1\npriv"))
	f.Add([]byte("shared/\x01x\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := dict.Parse(data, "p")
		if err != nil {
			var e *dict.FormatError
			if !errors.As(err, &e) || e.Line < 1 || e.Line > 1+bytes.Count(data, []byte{'\n'}) {
				t.Fatalf("%v", err)
			}
			return
		}
		written := dict.Append(nil, entries)
		if !bytes.Contains(data, []byte{'\t'}) && !bytes.Equal(written, data) {
			t.Fatalf("%q is written back as %q", data, written)
		}
		again, err := dict.Parse(written, "p")
		if err != nil || cmp.Diff(entries, again) != "" {
			t.Fatalf("%q: %v", written, err)
		}
	})
}
