package strip

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"pgregory.net/rapid"
)

// kindsIn is what must stay of a text: for each character its length and kind, and
// every character that is not part of a word.
func kindsIn(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			low, _ := kindOfByte(s[i])
			fmt.Fprintf(&b, "<%x>", low)
		case !isWord(r):
			b.WriteRune(r)
		case unicode.IsDigit(r):
			fmt.Fprintf(&b, "{9%d}", size)
		case unicode.IsMark(r):
			fmt.Fprintf(&b, "{'%d}", size)
		case unicode.IsUpper(r) || unicode.IsTitle(r):
			fmt.Fprintf(&b, "{A%d}", size)
		default:
			fmt.Fprintf(&b, "{a%d}", size)
		}
		i += size
	}
	return b.String()
}

func newTest(t testing.TB, letter string) *Stripper {
	t.Helper()
	k, err := NewKey(strings.NewReader(strings.Repeat(letter, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return New(k, Options{})
}

func TestShortWordsAndNumbersAreReplacedOneToOne(t *testing.T) {
	s := newTest(t, "k")
	one := func(kind string, words []string) {
		t.Helper()
		taken := map[string]string{}
		for _, w := range words {
			r := s.word(w, variant{})
			if other, twice := taken[r]; twice {
				t.Fatalf("%s: %q and %q both become %q", kind, w, other, r)
			}
			if kindsIn(r) != kindsIn(w) {
				t.Fatalf("%s: %q becomes %q", kind, w, r)
			}
			taken[r] = w
		}
	}
	var single, pairs, mixed, numbers []string
	for a := 'a'; a <= 'z'; a++ {
		single = append(single, string(a))
		for b := 'a'; b <= 'z'; b++ {
			pairs = append(pairs, string(a)+string(b))
		}
		for d := range 10 {
			mixed = append(mixed, fmt.Sprintf("%c%d", a, d))
		}
	}
	for n := range 10000 {
		numbers = append(numbers, fmt.Sprintf("%04d", n))
	}
	one("letters", single)
	one("pairs", pairs)
	one("letters with digits", mixed)
	one("numbers", numbers)
}

func TestWordsAreReplacedAlikeInAnyCase(t *testing.T) {
	s := newTest(t, "k")
	for _, w := range []string{"alice", "müller", "ольга", "αλεξης", "ab", "q"} {
		lower := s.word(w, variant{})
		for _, f := range []func(string) string{strings.ToUpper, func(w string) string {
			r, size := utf8.DecodeRuneInString(w)
			return string(unicode.ToUpper(r)) + w[size:]
		}} {
			if got, want := s.word(f(w), variant{}), f(lower); got != want && w != "αλεξης" {
				t.Errorf("%q becomes %q, and %q becomes %q, not %q", w, lower, f(w), got, want)
			}
		}
	}
}

func TestKeysDiffer(t *testing.T) {
	a, b, again := newTest(t, "a"), newTest(t, "b"), newTest(t, "a")
	text := "Dana Writer <dana@example.net> 2024"
	if a.Text(text) == b.Text(text) {
		t.Error("two keys replace alike")
	}
	if a.Text(text) != again.Text(text) {
		t.Error("the same key does not")
	}
	if first := a.Text(text); len(a.words) == 0 || a.Text(text) != first {
		t.Error("a word that is known already is replaced otherwise")
	}
}

func TestKeyText(t *testing.T) {
	k, err := NewKey(bytes.NewReader([]byte(strings.Repeat("x", 31) + "\xff")))
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseKey(" " + k.Text() + "\r\n")
	if err != nil || back != k {
		t.Errorf("%v, %v", back, err)
	}
	if strings.Contains(fmt.Sprint(k), k.Text()[len(keyPrefix):]) || !strings.HasPrefix(k.String(), keyPrefix) {
		t.Errorf("printing shows the key: %v", k)
	}
	for _, bad := range []string{"", "abc", keyPrefix, keyPrefix + "AAAA", k.Text()[1:], k.Text() + "A", strings.Repeat("A", 43)} {
		if _, err := ParseKey(bad); !errors.Is(err, ErrKey) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := NewKey(strings.NewReader("short")); err == nil {
		t.Error("a key of five bytes")
	}
}

func TestLatinReplacementsHaveNoVowels(t *testing.T) {
	s := newTest(t, "k")
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.StringMatching(`[a-zA-Z]{3,20}`).Draw(t, "word")
		if r := s.word(w, variant{}); strings.ContainsAny(r, "aeiouyAEIOUY") || r == w || kindsIn(r) != kindsIn(w) {
			t.Fatalf("%q becomes %q", w, r)
		}
	})
}

// Characters beyond ASCII are replaced by ones of the same script, which the
// charsets in use for it have.
func TestAlphabetsAreInTheirCharsets(t *testing.T) {
	charsets := map[*unicode.RangeTable][]encoding.Encoding{
		unicode.Latin:    {charmap.ISO8859_1, charmap.ISO8859_2, charmap.ISO8859_9, charmap.ISO8859_15, charmap.Windows1252, charmap.Windows1250},
		unicode.Greek:    {charmap.ISO8859_7, charmap.Windows1253},
		unicode.Cyrillic: {charmap.KOI8R, charmap.Windows1251, charmap.ISO8859_5},
		unicode.Hebrew:   {charmap.ISO8859_8, charmap.Windows1255},
		unicode.Arabic:   {charmap.ISO8859_6, charmap.Windows1256},
		unicode.Hiragana: {japanese.ShiftJIS, japanese.EUCJP, japanese.ISO2022JP, simplifiedchinese.GBK, korean.EUCKR},
		unicode.Katakana: {japanese.ShiftJIS, japanese.EUCJP, japanese.ISO2022JP},
		unicode.Hangul:   {korean.EUCKR},
		unicode.Han:      {japanese.ShiftJIS, japanese.EUCJP, simplifiedchinese.GBK, traditionalchinese.Big5, korean.EUCKR},
	}
	for _, a := range alphabets {
		if len(a.lower) < 10 || len(charsets[a.script]) == 0 {
			t.Errorf("%q is not enough", string(a.lower))
		}
		for _, r := range a.lower {
			if !unicode.Is(a.script, r) || utf8.RuneLen(r) != a.size || utf8.RuneLen(unicode.ToUpper(r)) != a.size {
				t.Errorf("%q is of another script or length", r)
			}
			for _, e := range charsets[a.script] {
				if _, err := e.NewEncoder().String(string(r)); err != nil {
					t.Errorf("%q is not in %v", r, e)
				}
			}
		}
	}
}

func TestInvalidBytesStayInvalid(t *testing.T) {
	s := newTest(t, "k")
	valid := func(b string) []bool {
		var out []bool
		for b != "" {
			r, size := utf8.DecodeRuneInString(b)
			out = append(out, r != utf8.RuneError || size > 1)
			b = b[size:]
		}
		return out
	}
	rapid.Check(t, func(t *rapid.T) {
		in := string(rapid.SliceOfN(rapid.OneOf(rapid.ByteRange(0x80, 0xff), rapid.Byte()), 0, 20).Draw(t, "bytes"))
		out := s.text(in, manner{})
		if len(out) != len(in) || fmt.Sprint(valid(out)) != fmt.Sprint(valid(in)) {
			t.Fatalf("%q becomes %q", in, out)
		}
	})
}

func TestCountriesAreNobodys(t *testing.T) {
	s := newTest(t, "k")
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			c := s.country(string(a)+string(b), 0)
			if c[0] != 'x' && (c[0] != 'q' || c[1] < 'm') || c[1] < 'a' || c[1] > 'z' {
				t.Fatalf("%c%c becomes %s", a, b, c)
			}
		}
	}
	if c := s.country("De", 0); !unicode.IsUpper(rune(c[0])) || unicode.IsUpper(rune(c[1])) {
		t.Errorf("De becomes %s", c)
	}
}
