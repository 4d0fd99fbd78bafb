package strip

import (
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"pgregory.net/rapid"
)

const (
	// c3 is how three letters, and w how some, look when they have been replaced.
	c3 = `[b-df-hj-np-tv-xz]{3}`
	w  = `[b-df-hj-np-tv-xz]+`
)

func TestWhatStaysOfATextAndWhatGoes(t *testing.T) {
	s := newTest(t, "k")
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{" \t\r\n.,;<>@\"()", regexp.QuoteMeta(" \t\r\n.,;<>@\"()")},
		{"alice@example.com", w + `@` + w + `\.` + c3},
		{"bob@example.co.uk", c3 + `@` + w + `\.[a-z]{2}\.(x.|q[m-z])`},
		{"http://login:secret@hooks.example.com:8080/a/b?token=abc#top", `http://` + w + `:` + w + `@` + w + `\.` + w + `\.` + c3 + `:8080/[a-z]/[a-z]\?` + w + `=` + c3 + `#` + c3},
		{"https://[2001:db8::1]:443/", `https://\[\d{4}:[bcdf][bcdf]\d::\d\]:443/`},
		{"http://[::1]:80/ http://127.0.0.1:18081/handler", `http://\[::1\]:80/ http://127\.0\.0\.1:18081/` + w},
		{"from 203.0.113.77 and 10.1.2.3:25.", w + ` [12]\d\d\.\d\.[12]\d\d\.[1-9]\d ` + c3 + ` [1-9]\d\.\d\.\d\.\d:\d\d\.`},
		{"mailto:bob@example.com", `mailto:` + c3 + `@` + w + `\.` + c3},
		{"Re: Fwd: AW: lunch", `Re: Fwd: AW: ` + w},
		{"report.pdf and notes.TXT", w + `\.pdf ` + c3 + ` ` + w + `\.TXT`},
		{"/srv/mail/alice", `/` + c3 + `/` + w + `/` + w},
		{"12:30:45", `\d\d:\d\d:\d\d`},
		{"=?utf-8?q?J=C3=BCrgen?= <j@x>", `=\?utf-8\?q\?[B-Z]=C3=[AB][0-9A-F]` + w + `\?= <[a-z]@[a-z]>`},
		{"=?ISO-8859-1*de?Q?J=fcrgen?=", `=\?ISO-8859-1\*de\?Q\?[B-Z]=[ef][0-9a-f]` + w + `\?=`},
		{"=?acme-charset?q?abc?=", `=\?` + w + `-` + w + `\?q\?` + c3 + `\?=`},
		{"=?utf-8?q?broken", `=\?utf-8\?q\?` + w},
		{"J%C3%BCrgen%20X", `[B-Z]%C3%[AB][0-9A-F]` + w + `%20[A-Z]`},
		{"undisclosed-recipients:;", w + `-` + w + `:;`},
		{`"Group": a@b, c@d;`, `"[B-Z]` + w + `": [a-z]@[a-z], [a-z]@[a-z];`},
	} {
		got := s.Text(c.in)
		if !regexp.MustCompile("^" + c.want + "$").MatchString(got) {
			t.Errorf("%q becomes %q, which does not match %s", c.in, got, c.want)
		}
		if len(got) != len(c.in) {
			t.Errorf("%q becomes %q, which is longer or shorter", c.in, got)
		}
	}
}

// However a name is written, it is the same name.
func TestOneWordInManyForms(t *testing.T) {
	s := newTest(t, "k")
	latin1, err := charmap.ISO8859_1.NewEncoder().String("Jürgen")
	if err != nil {
		t.Fatal(err)
	}
	jis, err := japanese.ISO2022JP.NewEncoder().String("とうきょう")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		word  string
		forms []piece
	}{
		{"Jürgen", []piece{
			base64Piece("SsO8cmdlbg==", "utf-8"), base64Piece("Svxy\r\nZ2Vu", "iso-8859-1"),
			escapedPiece("J=C3=BCrg=\r\nen", quoted, "utf-8"), escapedPiece("J=fcrgen", quoted, "iso-8859-15"),
			escapedPiece("J%C3%BCrgen", percent, ""), plainPiece(latin1, "windows-1252"),
		}},
		{"とうきょう", []piece{plainPiece(jis, "iso-2022-jp")}},
		{"Ольга", []piece{escapedPiece("=EF=CC=D8=C7=C1", encodedQ, "koi8-r"), base64Piece("zuv84+A=", "windows-1251")}},
	} {
		want := s.Text(c.word)
		for _, p := range c.forms {
			if p.view != c.word {
				t.Errorf("%q is read as %q", p.raw, p.view)
			}
			written, ok := p.write(want)
			if !ok || len(written) != len(p.raw) {
				t.Errorf("%q instead of %q gives %q, %v", want, p.raw, written, ok)
			}
			if got := s.join([]piece{p}, manner{}); got != written {
				t.Errorf("%q becomes %q, not %q", p.raw, got, written)
			}
		}
	}
	if got, want := s.Text("=?utf-8?q?Al?= =?utf-8?b?aWNl?="), s.Text("Alice"); !strings.Contains(got, "?q?"+want[:2]+"?=") {
		t.Errorf("a name in two encoded words becomes %s, not %s", got, want)
	}
}

func plainPiece(raw, charset string) piece {
	p := piece{raw: raw}
	charsetView(&p, raw, charset)
	return p
}

func TestAddressesStayAddresses(t *testing.T) {
	s := newTest(t, "k")
	rapid.Check(t, func(t *rapid.T) {
		var bytes [16]byte
		copy(bytes[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes"))
		in := netip.AddrFrom16(bytes)
		if rapid.Bool().Draw(t, "four") {
			in = netip.AddrFrom4([4]byte(bytes[:4]))
		}
		out := s.text("["+in.String()+"]", manner{})
		a, err := netip.ParseAddr(strings.Trim(out, "[]"))
		if err != nil || a.Is4() != in.Is4() || len(out) != len(in.String())+2 {
			t.Fatalf("%s becomes %s", in, out)
		}
	})
}

func TestAnyTextKeepsItsKinds(t *testing.T) {
	s := newTest(t, "k")
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-zA-Z0-9 .@:/<>éüßДжñ漢字がカ한]{0,40}`)).Draw(t, "text")
		if out := s.text(in, manner{}); kindsIn(out) != kindsIn(in) {
			t.Fatalf("%q becomes %q", in, out)
		}
		if out := s.Text(in); len(out) != len(in) {
			t.Fatalf("%q becomes %q", in, out)
		}
	})
}

func TestTextsOfTwoParts(t *testing.T) {
	s := newTest(t, "k")
	// Each of two encoded words has half of a character, as some programs write it.
	in := "=?utf-8?q?Z=C3?= =?utf-8?q?=BCrich?="
	out := s.Text(in)
	view := escapes{mark: '='}.decode(out[len("=?utf-8?q?"):len("=?utf-8?q?Z=C3")] + out[len(in)-len("=BCrich?="):len(in)-2])
	if want := s.Text("Zürich"); view != want {
		t.Errorf("%q becomes %q, which is %q, not %q", in, out, view, want)
	}
}
