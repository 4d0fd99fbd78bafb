package deliver_test

import (
	"strings"
	"testing"

	"github.com/luapush/luapush/runtime/deliver"
)

func BenchmarkMessage(b *testing.B) {
	for _, bench := range []struct{ name, raw string }{
		{"small", "From: Ann <a@b>\r\nSubject: =?utf-8?q?=C3=84?=\r\nDate: Mon, 1 Jan 2024 10:00:00 +0100\r\n\r\nHello\r\n"},
		{"html", "Content-Type: text/html; charset=iso-8859-1\r\n\r\n<style>" + strings.Repeat("p { margin: 0 }\r\n", 500) + "</style><p>" + strings.Repeat("word ", 100)},
		{"10MB", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image/png\r\n\r\n" + strings.Repeat(strings.Repeat("A", 76)+"\r\n", 130000) + "--b\r\n\r\ntext\r\n--b--\r\n"},
		{"hostile boundaries", "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--\r\n", 1<<18)},
		{"hostile comment", "From: " + strings.Repeat("(", 1<<20) + "\r\n\r\n"},
		{"hostile parameters", "Content-Type: text/html" + strings.Repeat(";(", 1<<18) + "\r\n\r\n"},
		{"hostile words", "Subject: " + strings.Repeat("=?a?b?", 1<<17) + "\r\n\r\n"},
		{"hostile tags", "Content-Type: text/html\r\n\r\n" + strings.Repeat("<!--", 1<<18)},
		{"hostile scripts", "Content-Type: text/html\r\n\r\n<script>" + strings.Repeat("<", 1<<20)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			raw := []byte(bench.raw)
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := deliver.Message(raw, deliver.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
