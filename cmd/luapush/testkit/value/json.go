package value

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	vm "github.com/yuin/gopher-lua"
)

// Null stands for JSON's null in what FromJSON gives. It is immutable.
var Null = &vm.LUserData{Metatable: vm.LNil}

// AppendJSON appends a value as JSON. An empty table is an object, unless it is
// the value of one of the lists, which are named by their key. A text that is
// not UTF-8 is written {"$base64":"…"}, as in the transaction document.
func AppendJSON(dst []byte, v vm.LValue, lists ...string) ([]byte, error) {
	e := encoder{lists: lists, left: maxValues}
	return e.value(dst, v, "", 0)
}

type encoder struct {
	lists []string
	left  int
}

func (e *encoder) value(dst []byte, v vm.LValue, key string, depth int) ([]byte, error) {
	if e.left--; e.left < 0 {
		return nil, ErrMany
	}
	switch v := v.(type) {
	case vm.LBool:
		return strconv.AppendBool(dst, bool(v)), nil
	case vm.LNumber:
		f := float64(v)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("%s: not a number", key)
		}
		if f == math.Trunc(f) && math.Abs(f) < 1<<63 {
			return strconv.AppendInt(dst, int64(f), 10), nil
		}
		return strconv.AppendFloat(dst, f, 'g', -1, 64), nil
	case vm.LString:
		return appendString(dst, string(v)), nil
	case *vm.LTable:
		if depth > maxDepth {
			return nil, ErrDeep
		}
		return e.table(dst, v, key, depth+1)
	}
	if v == Null {
		return append(dst, "null"...), nil
	}
	return nil, fmt.Errorf("%s: a %s is no value here", key, v.Type())
}

func appendString(dst []byte, s string) []byte {
	if utf8.ValidString(s) {
		quoted, _ := jsontext.AppendQuote(dst, s) // fails only for what is not UTF-8
		return quoted
	}
	dst = append(dst, `{"$base64":"`...)
	dst = base64.StdEncoding.AppendEncode(dst, []byte(s))
	return append(dst, `"}`...)
}

func (e *encoder) table(dst []byte, t *vm.LTable, key string, depth int) ([]byte, error) {
	var err error
	n := t.Len()
	list := n > 0
	for _, name := range e.lists {
		list = list || name == key
	}
	all := keys(t)
	if list && len(all) == n {
		dst = append(dst, '[')
		for i := 1; i <= n; i++ {
			if i > 1 {
				dst = append(dst, ',')
			}
			if dst, err = e.value(dst, t.RawGetInt(i), key, depth); err != nil {
				return nil, err
			}
		}
		return append(dst, ']'), nil
	}
	dst = append(dst, '{')
	for i, k := range all {
		name, ok := k.(vm.LString)
		if !ok {
			return nil, fmt.Errorf("%s: the key %s is not a name", key, Line(k))
		}
		if !utf8.ValidString(string(name)) {
			return nil, fmt.Errorf("%s: the key %s is not UTF-8", key, Line(k))
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, string(name)), ':')
		if dst, err = e.value(dst, t.RawGet(k), string(name), depth); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// FromJSON reads a JSON text.
func FromJSON(text string) (vm.LValue, error) {
	if text == "" {
		return vm.LNil, errors.New("the text is empty")
	}
	var tree any
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		return vm.LNil, err
	}
	return fromTree(tree), nil
}

func fromTree(tree any) vm.LValue {
	switch v := tree.(type) {
	case string:
		return vm.LString(v)
	case float64:
		return vm.LNumber(v)
	case bool:
		return vm.LBool(v)
	case []any:
		t := NewTable(len(v), 0)
		for i, x := range v {
			t.RawSetInt(i+1, fromTree(x))
		}
		return t
	case map[string]any:
		t := NewTable(0, len(v))
		for k, x := range v {
			t.RawSetString(k, fromTree(x))
		}
		return t
	}
	return Null
}
