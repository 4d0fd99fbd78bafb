package value

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/diff"
	vm "github.com/yuin/gopher-lua"
)

// Diff gives the lines in which two values differ, as a unified diff without
// its head, where at least one of them is longer than a line; "" otherwise.
func Diff(want, got vm.LValue) string {
	w, wantText := want.(vm.LString)
	g, gotText := got.(vm.LString)
	if wantText && gotText {
		if !strings.Contains(string(w)+string(g), "\n") {
			return ""
		}
		return Lines(string(w), string(g))
	}
	a, b := Format(want), Format(got)
	if !strings.Contains(a+b, "\n") {
		return ""
	}
	return Lines(a, b)
}

// diffLength is how much of a diff is shown.
const diffLength = 64 << 10

// Lines is the unified diff of two texts without its head: - is what was
// expected, + what there is. One that is too long to be read is cut, and says so.
func Lines(want, got string) string {
	text := string(diff.Diff("expected", []byte(ended(want)), "got", []byte(ended(got))))
	// The head is three lines: diff, --- and +++.
	for range 3 {
		_, text, _ = strings.Cut(text, "\n")
	}
	if len(text) <= diffLength {
		return text
	}
	end := strings.LastIndexByte(text[:diffLength], '\n') + 1
	if end == 0 {
		end = diffLength
	}
	return text[:end] + fmt.Sprintf("… (%d more lines)\n", max(1, strings.Count(text[end:], "\n")))
}

// ended gives text its last line end; a text of nothing has no line.
func ended(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\n"
}

// The bounds of Apart.
const (
	longText = 160
	before   = 20
	after    = 40
)

// Apart says where two texts begin to differ, one of which is too long to be
// looked through; "" for anything else.
func Apart(want, got vm.LValue) string {
	w, wantText := want.(vm.LString)
	g, gotText := got.(vm.LString)
	if !wantText || !gotText || max(len(w), len(g)) <= longText {
		return ""
	}
	n := 0
	for n < len(w) && n < len(g) && w[n] == g[n] {
		n++
	}
	return fmt.Sprintf("from byte %d on, %s and not %s", n+1, around(string(g), n), around(string(w), n))
}

// around quotes what stands around a byte of a text.
func around(s string, at int) string {
	from, to := max(0, at-before), min(len(s), at+after)
	for from > 0 && from < at && !utf8.RuneStart(s[from]) {
		from++
	}
	for to < len(s) && to > at && !utf8.RuneStart(s[to]) {
		to--
	}
	text := Quote(s[from:to])
	if from > 0 {
		text = "…" + text
	}
	if to < len(s) {
		text += "…"
	}
	return text
}
