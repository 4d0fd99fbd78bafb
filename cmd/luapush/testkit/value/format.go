package value

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// The bounds of a written value.
const (
	lineWidth   = 72
	textDepth   = 12
	textLength  = 16 << 10
	stringWidth = 2000
)

// Format writes a value as Lua would have it: a table that fits on one line
// stands on one, any other has a line for each field, sorted by key. What is too
// long is cut, and says so.
func Format(v vm.LValue) string { return render(v, false) }

// Line is Format on a single line.
func Line(v vm.LValue) string { return render(v, true) }

func render(v vm.LValue, single bool) string {
	w := writer{single: single}
	w.value(v, 0)
	return w.text.String()
}

type writer struct {
	text   strings.Builder
	open   []*vm.LTable
	single bool
}

func (w *writer) full() bool { return w.text.Len() > textLength }

func (w *writer) value(v vm.LValue, indent int) {
	switch v := v.(type) {
	case vm.LString:
		w.text.WriteString(Quote(string(v)))
	case *vm.LTable:
		w.table(v, indent)
	case *vm.LUserData:
		if e, ok := v.Value.(Exactly); ok {
			w.text.WriteString("t.exactly(")
			w.table(e.Table, indent)
			w.text.WriteByte(')')
			return
		}
		w.text.WriteString(userdata(v))
	case *vm.LFunction:
		text, _ := Describe(v)
		w.text.WriteString(text.String())
	default:
		w.text.WriteString(native.ToString(v))
	}
}

func userdata(v *vm.LUserData) string {
	if v == Null {
		return "null"
	}
	if m, ok := v.Value.(Matcher); ok {
		return m.String()
	}
	return "userdata"
}

func (w *writer) table(t *vm.LTable, indent int) {
	switch {
	case slices.Contains(w.open, t):
		w.text.WriteString("{…}") // it stands in itself
		return
	case len(w.open) >= textDepth:
		w.text.WriteString("{…}")
		return
	}
	if !w.single {
		// A try on one line first, unless it is long.
		line := writer{single: true, open: slices.Clone(w.open)}
		line.fields(t, 0)
		if line.text.Len()+indent <= lineWidth {
			w.text.WriteString(line.text.String())
			return
		}
	}
	w.fields(t, indent)
}

func (w *writer) fields(t *vm.LTable, indent int) {
	w.open = append(w.open, t)
	defer func() { w.open = w.open[:len(w.open)-1] }()
	w.text.WriteByte('{')
	first := true
	item := func(key string, v vm.LValue) bool {
		if w.full() {
			w.separate(first, indent)
			w.text.WriteString("…")
			return false
		}
		if w.single && w.text.Len() > 4*lineWidth {
			w.separate(first, indent)
			w.text.WriteString("…")
			return false
		}
		w.separate(first, indent)
		first = false
		w.text.WriteString(key)
		w.value(v, indent+2)
		return true
	}
	n := t.Len()
	for i := 1; i <= n; i++ {
		if !item("", t.RawGetInt(i)) {
			w.close(first, indent)
			return
		}
	}
	for _, f := range named(t, n) {
		if !item(f.name+" = ", f.value) {
			break
		}
	}
	w.close(first, indent)
}

func (w *writer) separate(first bool, indent int) {
	switch {
	case w.single && !first:
		w.text.WriteString(", ")
	case !w.single:
		if !first {
			w.text.WriteByte(',')
		}
		w.text.WriteByte('\n')
		w.text.WriteString(strings.Repeat(" ", indent+2))
	}
}

func (w *writer) close(empty bool, indent int) {
	if !w.single && !empty {
		w.text.WriteString(",\n" + strings.Repeat(" ", indent))
	}
	w.text.WriteByte('}')
}

type field struct {
	name  string
	value vm.LValue
}

// named gives the fields of a table that are not in its list of n, as Lua would
// write their keys, sorted.
func named(t *vm.LTable, n int) []field {
	var list []field
	for k, v := t.Next(vm.LNil); k != vm.LNil; k, v = t.Next(k) {
		if i, ok := k.(vm.LNumber); ok && i >= 1 && int(i) <= n && vm.LNumber(int(i)) == i {
			continue
		}
		if len(list) > 2000 {
			break
		}
		list = append(list, field{keyText(k), v})
	}
	slices.SortFunc(list, func(a, b field) int { return strings.Compare(a.name, b.name) })
	return list
}

func keyText(k vm.LValue) string {
	if s, ok := k.(vm.LString); ok && identifier(string(s)) {
		return string(s)
	}
	switch k.(type) {
	case *vm.LTable, *vm.LUserData: // they may hold the table that they are a key of
		return "[" + k.Type().String() + "]"
	}
	return "[" + Line(k) + "]"
}

// words are the names that cannot be written as a field's.
const words = " and break do else elseif end false for function goto if in local nil not or repeat return then true until while "

func identifier(s string) bool {
	if s == "" || strings.Contains(words, " "+s+" ") {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// Quote writes a string as Lua would, on one line, with what cannot be printed
// escaped; a very long one is cut.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	rest := 0
	if len(s) > stringWidth {
		rest = len(s) - stringWidth
		s = s[:stringWidth]
	}
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == utf8.RuneError && size == 1, r < 0x80 && !unicode.IsPrint(r):
			b.WriteString(`\x` + strconv.FormatUint(0x100|uint64(s[0]), 16)[1:])
		case !unicode.IsPrint(r):
			b.WriteString(`\u{` + strconv.FormatUint(uint64(r), 16) + "}")
		default:
			b.WriteRune(r)
		}
		s = s[size:]
	}
	b.WriteByte('"')
	if rest > 0 {
		b.WriteString("… (" + strconv.Itoa(rest) + " more bytes)")
	}
	return b.String()
}

// Plain makes a text safe to print on one line, without quotes.
func Plain(s string) string {
	q := Quote(s)
	if strings.HasSuffix(q, `"`) {
		q = q[1 : len(q)-1]
	} else {
		q = strings.Replace(q[1:], `"… (`, "… (", 1)
	}
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(q)
}
