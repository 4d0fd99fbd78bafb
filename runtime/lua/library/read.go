package library

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"syscall"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// illegalSeek is the error of a file that has no position.
const illegalSeek = syscall.ESPIPE

func ioRead(l *vm.LState) int {
	_, all := ioFiles(l)
	return readFormats(l, defaultFile(l, all.input, "input"), arguments(l, 1), 1)
}

func fileRead(l *vm.LState) int {
	f := checkFile(l)
	return readFormats(l, f, arguments(l, 2), 2)
}

func arguments(l *vm.LState, first int) []vm.LValue {
	var list []vm.LValue
	for i := first; i <= l.GetTop(); i++ {
		list = append(list, l.Get(i))
	}
	return list
}

// readFormats reads what the formats ask for. The first is the argument number
// of the first of them, for messages.
func readFormats(l *vm.LState, f *file, formats []vm.LValue, first int) int {
	defer f.within(l)()
	r, err := f.reader()
	if err != nil && !errors.Is(err, io.EOF) {
		return fileResult(l, "", err)
	}
	if r == nil {
		r = bufio.NewReader(strings.NewReader(""))
	}
	if len(formats) == 0 {
		formats = []vm.LValue{vm.LString("l")}
	}
	n := 0
	for i, format := range formats {
		v, err := readFormat(l, r, format, first+i)
		if err != nil && !errors.Is(err, io.EOF) {
			return fileResult(l, "", err)
		}
		n++
		l.Push(v)
		if v == vm.LNil {
			break
		}
	}
	return n
}

func readFormat(l *vm.LState, r *bufio.Reader, format vm.LValue, arg int) (vm.LValue, error) {
	switch v := format.(type) {
	case vm.LNumber:
		n, ok := native.ToInteger(v)
		if !ok {
			native.ArgError(l, arg, "number has no integer representation")
		}
		return readCount(l, r, n)
	case vm.LString:
		name := strings.TrimPrefix(string(v), "*")
		if name == "" {
			break
		}
		switch name[0] {
		case 'n':
			return readNumber(l, r)
		case 'l', 'L':
			return readLine(l, r, name[0] == 'L')
		case 'a':
			return readAll(l, r)
		}
	default:
		native.TypeError(l, arg, "string")
	}
	native.ArgError(l, arg, "invalid format")
	return vm.LNil, nil
}

func readCount(l *vm.LState, r *bufio.Reader, n int64) (vm.LValue, error) {
	if _, err := r.Peek(1); err != nil {
		return vm.LNil, err
	}
	if n <= 0 {
		return vm.LString(""), nil
	}
	var b []byte
	for int64(len(b)) < n {
		chunk := min(n-int64(len(b)), 1<<16)
		room(l, len(b)+int(chunk))
		from := len(b)
		b = append(b, make([]byte, chunk)...)
		got, err := io.ReadFull(r, b[from:])
		b = b[:from+got]
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return vm.LNil, err
		}
	}
	return vm.LString(b), nil
}

func readLine(l *vm.LState, r *bufio.Reader, keep bool) (vm.LValue, error) {
	var b []byte
	for {
		piece, err := r.ReadSlice('\n')
		room(l, len(b)+len(piece))
		b = append(b, piece...)
		switch {
		case err == nil:
			if !keep {
				b = b[:len(b)-1]
			}
			return vm.LString(b), nil
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(b) > 0:
			return vm.LString(b), nil
		}
		return vm.LNil, err
	}
}

func readAll(l *vm.LState, r *bufio.Reader) (vm.LValue, error) {
	var b []byte
	for {
		_, err := r.Peek(1)
		if n := r.Buffered(); err == nil && n > 0 {
			piece, _ := r.Peek(n)
			room(l, len(b)+n)
			b = append(b, piece...)
			_, _ = r.Discard(n)
			continue
		}
		if errors.Is(err, io.EOF) {
			return vm.LString(b), nil
		}
		return vm.LNil, err
	}
}

// maxNumeral is how long a numeral in a file may be (L_MAXLENNUM).
const maxNumeral = 200

// numeral gathers the characters of a number, as far as they can be one.
type numeral struct {
	r    *bufio.Reader
	text []byte
}

// accept takes the next character where it is one of the set.
func (n *numeral) accept(set string) bool {
	c, err := n.r.Peek(1)
	if err != nil || strings.IndexByte(set, c[0]) < 0 || len(n.text) >= maxNumeral {
		return false
	}
	n.text = append(n.text, c[0])
	_, _ = n.r.Discard(1)
	return true
}

func (n *numeral) digits(set string) (count int) {
	for n.accept(set) {
		count++
	}
	return count
}

func readNumber(l *vm.LState, r *bufio.Reader) (vm.LValue, error) {
	for {
		c, err := r.Peek(1)
		if err != nil {
			return vm.LNil, err
		}
		if classes[c[0]]&classSpace == 0 {
			break
		}
		native.Step(l, 1)
		_, _ = r.Discard(1)
	}
	n := numeral{r: r}
	digits, exponent := "0123456789", "eE"
	n.accept("+-")
	count := 0
	if n.accept("0") {
		if n.accept("xX") {
			digits, exponent = "0123456789abcdefABCDEF", "pP"
		} else {
			count = 1
		}
	}
	count += n.digits(digits)
	if n.accept(".") {
		count += n.digits(digits)
	}
	if count > 0 && n.accept(exponent) {
		n.accept("+-")
		n.digits("0123456789")
	}
	if v, ok := native.ToNumber(string(n.text)); ok {
		return v, nil
	}
	return vm.LNil, nil
}

// maxLineFormats is how many formats lines takes.
const maxLineFormats = 250

// lineReader makes the iterator over a file.
func lineReader(l *vm.LState, f *file, formats []vm.LValue, closes bool) *vm.LFunction {
	return l.NewFunction(func(l *vm.LState) int {
		if f.closed {
			native.Raise(l, "file is already closed")
		}
		l.SetTop(0)
		n := readFormats(l, f, formats, 2)
		if vm.LVAsBool(l.Get(1)) {
			return n
		}
		if n > 1 {
			native.Raise(l, "%s", native.ToString(l.Get(2)))
		}
		if closes {
			delete(stateOf(l).files.open, f)
			_ = f.shut()
		}
		return n
	})
}

func fileLines(l *vm.LState) int {
	f := checkFile(l)
	l.Push(lineReader(l, f, lineFormats(l), false))
	return 1
}

func lineFormats(l *vm.LState) []vm.LValue {
	formats := arguments(l, 2)
	if len(formats) > maxLineFormats {
		native.ArgError(l, maxLineFormats+2, "too many arguments")
	}
	return formats
}

func ioLines(l *vm.LState) int {
	s, all := ioFiles(l)
	formats := lineFormats(l)
	if l.Get(1) == vm.LNil {
		l.Push(lineReader(l, defaultFile(l, all.input, "input"), formats, false))
		return 1
	}
	name := native.CheckString(l, 1)
	f, err := s.openFile(name, "r")
	if err != nil {
		native.Raise(l, "cannot open file '%s' (%s)", name, errorText(err))
	}
	ud := s.register(f)
	l.Push(lineReader(l, f, formats, true))
	l.Push(vm.LNil)
	l.Push(vm.LNil)
	l.Push(ud)
	return 4
}
