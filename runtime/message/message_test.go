package message

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPart(t *testing.T) {
	m := New("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX: y\r\nContent-Type: Text/Calendar; charset=utf-8; name=\"a.ics\"\r\n" +
		"Content-Disposition: Inline; filename=b.ics\r\nContent-Transfer-Encoding: Base64\r\n\r\nQQ==\r\n--b\r\n\r\nx\r\n--b--\r\n")
	if len(m.Parts()) != 3 {
		t.Fatal(describe(m.Parts()))
	}
	p := m.Parts()[1]
	disposition, filename, ok := p.Disposition()
	charset, _ := p.Parameter("charset")
	name, _ := p.Parameter("name")
	x, _ := p.Header().First("x")
	got := fmt.Sprint(p.Depth(), p.Type(), p.Encoding(), disposition, filename, ok, charset, name, x, p.Raw(), p.Content(), p.Text())
	if want := fmt.Sprint(1, "text/calendar", "base64", "inline", "b.ics", true, "utf-8", "a.ics", "y", "QQ==", "A", "A"); got != want {
		t.Errorf(" got %s\nwant %s", got, want)
	}
	if _, _, ok := m.Parts()[2].Disposition(); ok {
		t.Error("the last part has no filename")
	}
	if _, ok := m.Parts()[2].Parameter("charset"); ok {
		t.Error("the last part has no charset")
	}
}

// TestBounds reads what is deeper, and has more parts, than the tree may have.
func TestBounds(t *testing.T) {
	many := New("Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 3*MaxParts))
	if n := len(many.Parts()); n != MaxParts {
		t.Errorf("%d parts", n)
	}
	if last := many.Parts()[MaxParts-1]; last.Raw() != "x" {
		t.Errorf("the last part is %q", last.Raw())
	}
	var deep strings.Builder
	for i := range 3 * MaxDepth {
		fmt.Fprintf(&deep, "Content-Type: multipart/mixed; boundary=%d.\n\n--%d.\n", i, i)
	}
	for name, raw := range map[string]string{"multipart": deep.String(), "message": strings.Repeat("Content-Type: message/rfc822\n\n", 3*MaxDepth)} {
		parts := New(raw).Parts()
		if last := parts[len(parts)-1]; len(parts) != MaxDepth || last.Depth() != MaxDepth-1 || last.Type() != "application/octet-stream" {
			t.Errorf("%s: %d parts, the last %d %s", name, len(parts), last.Depth(), last.Type())
		}
	}
	// A header of 8 MB, in one field and in many.
	for name, raw := range map[string]string{
		"folded": "X: " + strings.Repeat("y\n ", 4<<20) + "\nFrom: a\n\nb",
		"many":   strings.Repeat("X: y\n", 2<<20) + "From: a\n\nb",
	} {
		if from, _ := New(raw).Header().First("From"); from != "a" {
			t.Errorf("%s: From is %q", name, from)
		}
		if parts := New(raw).Parts(); len(parts) != 1 || parts[0].Text() != "b" {
			t.Errorf("%s: %d parts", name, len(parts))
		}
	}
}

// FuzzMessage reads everything of any text: it must not fail, and parts must be pieces of the text.
func FuzzMessage(f *testing.F) {
	for _, seed := range []string{
		"", "\n", "A: b", "From: a\r\n b\r\n\r\nx", ": \n\n", "Content-Type: text/plain; charset*0*=iso-8859-1''x\n\n\xff",
		"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: message/rfc822\n\nFrom: y\n\nz\n--b--\n",
		"Content-Type: multipart/mixed; boundary=\"\"\n\n--\n----\n", "Content-Type: multipart/digest; boundary=a\n\n--a\n\n\n--a",
		"Content-Disposition: attachment; filename*1*=%; filename*0*='\nContent-Transfer-Encoding: quoted-printable\n\n=\n=C3=\r\n\x00",
		"Content-Type: text/x; charset=utf-16\nContent-Transfer-Encoding: base64\n\n//4=A",
		"Content-Type: text/x; charset=hz-gb-2312\n\n~{~}~", "Content-Type: text/x; charset=iso-2022-jp\n\n\x1b$B\x1b",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		m := New(raw)
		physical, virtual := m.Size()
		if physical != len(raw) || virtual < physical || virtual > 2*physical {
			t.Fatalf("%q: sizes %d, %d", raw, physical, virtual)
		}
		header, body := ParseHeader(raw)
		if !strings.HasPrefix(raw, string(header)) || !strings.HasSuffix(raw, body) || len(header)+len(body)+2 < len(raw) {
			t.Fatalf("%q: header %q, body %q", raw, header, body)
		}
		for field := range header.Fields() {
			if first, ok := header.First(field.Name); !ok || first != header.All(field.Name)[0] {
				t.Fatalf("%q: %s is not found", raw, field.Name)
			}
		}
		parts := m.Parts()
		if len(parts) == 0 || len(parts) > MaxParts || parts[0].Depth() != 0 {
			t.Fatalf("%q: %d parts", raw, len(parts))
		}
		for i, p := range parts {
			if i > 0 && (p.Depth() < 1 || p.Depth() > parts[i-1].Depth()+1 || p.Depth() >= MaxDepth) {
				t.Fatalf("%q: part %d is at %d", raw, i, p.Depth())
			}
			if !strings.Contains(raw, p.Raw()) || !strings.Contains(raw, string(p.Header())) {
				t.Fatalf("%q: part %d is not of the text", raw, i)
			}
			if text := p.Text(); p.isText() && !utf8.ValidString(text) {
				t.Fatalf("%q: part %d is not UTF-8: %q", raw, i, text)
			}
			if content := p.Content(); len(content) > len(p.Raw()) {
				t.Fatalf("%q: part %d grew: %q", raw, i, content)
			}
			if _, filename, _ := p.Disposition(); !utf8.ValidString(filename) {
				t.Fatalf("%q: filename %q", raw, filename)
			}
		}
	})
}

// BenchmarkMessage reads a mail of 1 MB with an attachment.
func BenchmarkMessage(b *testing.B) {
	raw := "From: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=iso-8859-1\n\n" +
		strings.Repeat("Gr\xfc\xdfe aus M\xfcnchen, und noch ein wenig mehr Text in einer Zeile.\n", 100) +
		"--b\nContent-Type: text/calendar\nContent-Transfer-Encoding: base64\n\n" + strings.Repeat(strings.Repeat("QUJD", 19)+"\n", 13000) + "--b--\n"
	b.Run("header", func(b *testing.B) {
		for b.Loop() {
			New(raw).Header().First("From")
		}
	})
	b.Run("tree", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		for b.Loop() {
			New(raw).Parts()
		}
	})
	b.Run("text", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		for b.Loop() {
			for _, p := range New(raw).Parts() {
				p.Text()
			}
		}
	})
}
