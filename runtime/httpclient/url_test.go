package httpclient

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// urlCase is a line of spec/http-url.jsonl.
type urlCase struct {
	URL           string
	Error         string
	Accepted      bool
	Target        string
	Host          string
	Authorization string
	Observed      string
	Divergence    string
}

func readLines[T any](t testing.TB, path string) []T {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var cases []T
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c T
		d := json.NewDecoder(strings.NewReader(lines.Text()))
		d.DisallowUnknownFields()
		if err := d.Decode(&c); err != nil {
			t.Fatalf("%s: %v in %s", path, err, lines.Text())
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestParseURL(t *testing.T) {
	cases := readLines[urlCase](t, "../../spec/http-url.jsonl")
	if len(cases) < 300 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, c := range cases {
		if (c.Observed == "") == (c.Divergence == "") {
			t.Errorf("%q: a case is observed or a divergence, and one of them", c.URL)
		}
		u, err := ParseURL(c.URL)
		if c.Error != "" {
			if err == nil {
				t.Errorf("%q: accepted as %v, want error %q", c.URL, u, c.Error)
			} else if err.Error() != c.Error {
				t.Errorf("%q: error %q, want %q", c.URL, err, c.Error)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: error %q, want none", c.URL, err)
			continue
		}
		if c.Host != "" && u.Authority() != c.Host {
			t.Errorf("%q: host %q, want %q", c.URL, u.Authority(), c.Host)
		}
		if c.Target == "" {
			continue
		}
		if u.Target != c.Target {
			t.Errorf("%q: target %q, want %q", c.URL, u.Target, c.Target)
		}
		if got := u.authorization(); got != c.Authorization {
			t.Errorf("%q: authorization %q, want %q", c.URL, got, c.Authorization)
		}
	}
}

func TestParseLocation(t *testing.T) {
	if _, err := parseLocation("http://u:p@h/"); err == nil || err.Error() != reasonUserinfo {
		t.Errorf("userinfo in a Location: %v, want %q", err, reasonUserinfo)
	}
	if u, err := parseLocation("//h/x"); err != nil || u.String() != "http://h/x" {
		t.Errorf("network path: %v, %v", u, err)
	}
}

func FuzzParseURL(f *testing.F) {
	for _, c := range readLines[urlCase](f, "../../spec/http-url.jsonl") {
		f.Add(c.URL)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := ParseURL(text)
		if err != nil {
			if u != nil || err.Error() == "" {
				t.Fatalf("error %q with URL %v", err, u)
			}
			return
		}
		if u.Host == "" || !strings.HasPrefix(u.Target, "/") || strings.ContainsAny(u.Target, " \r\n\x00#") {
			t.Fatalf("%q gave %+v", text, u)
		}
		// What was understood once must be understood the same again.
		again, err := ParseURL(u.String())
		if err != nil {
			if strings.Contains(u.Host, "%") || !u.Secure && u.Port != 0 && strings.HasPrefix(u.Host, "[") {
				return
			}
			t.Fatalf("%q gave %q, which is refused: %v", text, u, err)
		}
		if again.Authority() != u.Authority() {
			t.Fatalf("%q gave %q, then %q", text, u, again)
		}
		if a := u.authorization(); a != "" {
			if _, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(a, "Basic ")); err != nil {
				t.Fatalf("%q gave authorization %q", text, a)
			}
		}
	})
}
