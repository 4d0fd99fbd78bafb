package stdlib

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// sample is a Lua value in test data. As JSON it is null, a boolean, a string, a number, or one of
// {"$base64":"…"} for bytes that are not UTF-8, {"$number":"inf"}, {"$table":[[key,value],…]}, {"$name":"function"}
// for a value known by a Lua expression over M, the module under test.
type sample struct {
	value any // nil, bool, string, float64, []pair, name
}

type pair struct{ key, value sample }

type name string

func (s sample) MarshalJSON() ([]byte, error) {
	switch v := s.value.(type) {
	case string:
		if utf8.ValidString(v) {
			return plainJSON(v)
		}
		return json.Marshal(map[string]string{"$base64": base64.StdEncoding.EncodeToString([]byte(v))})
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) || v == 0 && math.Signbit(v) {
			return json.Marshal(map[string]string{"$number": strconv.FormatFloat(v, 'g', -1, 64)})
		}
	case name:
		return json.Marshal(map[string]string{"$name": string(v)})
	case []pair:
		entries := make([][2]sample, len(v))
		for i, entry := range v {
			entries[i] = [2]sample{entry.key, entry.value}
		}
		return json.Marshal(map[string]any{"$table": entries})
	}
	return json.Marshal(s.value)
}

// plainJSON is json.Marshal without the escapes for HTML.
func plainJSON(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimRight(out.Bytes(), "\n"), err
}

func (s *sample) UnmarshalJSON(data []byte) error {
	if data[0] != '{' {
		return json.Unmarshal(data, &s.value)
	}
	var wrapped struct {
		Base64 *[]byte      `json:"$base64"`
		Number *string      `json:"$number"`
		Name   *string      `json:"$name"`
		Table  *[][2]sample `json:"$table"`
	}
	if err := json.Unmarshal(data, &wrapped); err != nil {
		return err
	}
	var err error
	switch {
	case wrapped.Base64 != nil:
		s.value = string(*wrapped.Base64)
	case wrapped.Number != nil:
		s.value, err = strconv.ParseFloat(*wrapped.Number, 64)
	case wrapped.Name != nil:
		s.value = name(*wrapped.Name)
	case wrapped.Table != nil:
		entries := make([]pair, len(*wrapped.Table))
		for i, entry := range *wrapped.Table {
			entries[i] = pair{entry[0], entry[1]}
		}
		s.value = entries
	default:
		err = fmt.Errorf("no value in %s", data)
	}
	return err
}

// lua makes the value in a state; module is what names are looked up in.
func (s sample) lua(L *vm.LState, module vm.LValue) vm.LValue {
	switch v := s.value.(type) {
	case bool:
		return vm.LBool(v)
	case string:
		return vm.LString(v)
	case float64:
		return vm.LNumber(v)
	case name:
		for part := range strings.SplitSeq(strings.TrimPrefix(string(v), "M."), ".") {
			module = field(L, module, part)
		}
		return module
	case []pair:
		table := L.NewTable()
		for _, entry := range v {
			table.RawSet(entry.key.lua(L, module), entry.value.lua(L, module))
		}
		return table
	}
	return vm.LNil
}

// source writes the value as Lua source.
func (s sample) source() string {
	switch v := s.value.(type) {
	case nil:
		return "nil"
	case string:
		var out strings.Builder
		out.WriteByte('"')
		for i := range len(v) {
			fmt.Fprintf(&out, `\%03d`, v[i])
		}
		return out.String() + `"`
	case float64:
		switch {
		case math.IsNaN(v):
			return "(0/0)"
		case math.IsInf(v, 0):
			return fmt.Sprintf("(%.0f/0)", math.Copysign(1, v))
		case v == math.Trunc(v) && math.Abs(v) < 1<<53 && !(v == 0 && math.Signbit(v)):
			return fmt.Sprintf("%.0f", v)
		}
		if v == 0 {
			return "(-0.0)"
		}
		return strconv.FormatFloat(v, 'g', 17, 64)
	case []pair:
		var out strings.Builder
		out.WriteByte('{')
		if elements := dense(v); elements != nil {
			for _, element := range elements {
				out.WriteString(element.source() + ",")
			}
			return out.String() + "}"
		}
		for _, entry := range v {
			fmt.Fprintf(&out, "[%s]=%s,", entry.key.source(), entry.value.source())
		}
		return out.String() + "}"
	}
	return fmt.Sprint(s.value)
}

// dense returns the elements of a list that has more elements than holes. Lua's # depends on how a table was made, and
// a list is usually made as one.
func dense(entries []pair) []sample {
	elements := make([]sample, 0, len(entries))
	for _, entry := range entries {
		key, ok := entry.key.value.(float64)
		if !ok || key != math.Trunc(key) || key < 1 || key >= float64(2*len(entries)) {
			return nil
		}
		for len(elements) < int(key) {
			elements = append(elements, sample{})
		}
		elements[int(key)-1] = entry.value
	}
	return elements
}

// sampleOf reads a value of a state back. Tables have their entries sorted, so that equal ones are the same text.
func sampleOf(L *vm.LState, value vm.LValue) sample {
	switch v := value.(type) {
	case *vm.LNilType:
		return sample{}
	case vm.LBool:
		return sample{bool(v)}
	case vm.LString:
		return sample{string(v)}
	case vm.LNumber:
		return sample{float64(v)}
	case *vm.LTable:
		entries := []pair{}
		for key, value := v.Next(vm.LNil); key != vm.LNil; key, value = v.Next(key) {
			entries = append(entries, pair{sampleOf(L, key), sampleOf(L, value)})
		}
		return sorted(entries)
	}
	return sample{name(native.TypeName(L, value))}
}

func sorted(entries []pair) sample {
	sort.Slice(entries, func(i, j int) bool { return entries[i].key.source() < entries[j].key.source() })
	return sample{entries}
}

// text is the value in one line, for comparing and for messages.
func (s sample) text() string {
	if f, ok := s.value.(float64); ok && math.IsNaN(f) {
		return "nan" // the sign of nan differs between processors
	}
	if entries, ok := s.value.([]pair); ok {
		parts := make([]string, len(entries))
		for i, entry := range entries {
			parts[i] = entry.key.text() + "=" + entry.value.text()
		}
		sort.Strings(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	}
	data, err := s.MarshalJSON()
	if err != nil {
		return err.Error()
	}
	return string(data)
}
