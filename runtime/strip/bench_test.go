package strip_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/luapush/luapush/runtime/strip"
)

func BenchmarkTransaction(b *testing.B) {
	all := documents(b, recordings)
	s := strip.New(testKey(b), strip.Options{})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		stripped(b, s, all[i%len(all)])
	}
}

// Time is in proportion to the length of a message, whatever it is made of.
func BenchmarkMessage(b *testing.B) {
	text := strings.Repeat("The quick brown fox jumps over the lazy dog, and Jürgen sees it.\r\n", 16<<10)
	for name, raw := range map[string]string{
		"plain":        "Subject: x\r\n\r\n" + text,
		"html":         "Content-Type: text/html\r\n\r\n" + strings.ReplaceAll(text, "fox", "<b class=x>f&ouml;x</b>"),
		"base64":       "Content-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(text)),
		"boundaries":   "Content-Type: multipart/mixed; boundary=x\r\n\r\n" + strings.Repeat("--x\r\n\r\n", 150<<10),
		"nested":       strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 32<<10),
		"word":         "\r\n" + strings.Repeat("a", 1<<20),
		"encoded word": "Subject: " + strings.Repeat("=?", 512<<10),
		"open encoded": "Subject: " + strings.Repeat("=?utf-8?q?", 100<<10),
		"percent":      "Subject: " + strings.Repeat("%", 1<<20),
		"references":   "Content-Type: text/html\r\n\r\n" + strings.Repeat("&#", 512<<10),
		"tags":         "Content-Type: text/html\r\n\r\n" + strings.Repeat("<a b='", 160<<10),
		"parameters":   "Content-Type: a/b" + strings.Repeat(";x=y", 256<<10) + "\r\n\r\n",
		"header lines": strings.Repeat("a: b\r\n", 160<<10),
		"addresses":    "\r\n" + strings.Repeat("1.2.3.", 160<<10),
		"schemes":      "\r\n" + strings.Repeat("http://", 140<<10),
	} {
		b.Run(name, func(b *testing.B) {
			s := strip.New(testKey(b), strip.Options{})
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				s.Message(raw)
			}
		})
	}
}
