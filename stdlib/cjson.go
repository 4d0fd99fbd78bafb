package stdlib

import (
	"fmt"
	"math"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/stdlib/jsoncore"
)

// maxJSONDepth is the deepest nesting any setting of a script allows: beyond it the host's own stack would grow.
const maxJSONDepth = 10000

// cjsonConfig are the settings of one instance of the module, which its functions share as an up-value.
type cjsonConfig struct {
	safe bool

	sparseConvert           bool
	sparseRatio, sparseSafe int32
	encodeDepth             int32
	decodeDepth             int32
	precision               int32
	keepBuffer              bool
	encodeInvalid           int // index into cjsonInvalid
	decodeInvalid           int
}

// cjsonInvalid are the ways to encode infinity and nan.
var cjsonInvalid = []string{"off", "on", "null"}

// CJSON is the loader of "cjson", lua-cjson 2.1.0.
func CJSON(L *vm.LState) int {
	L.Push(newCJSON(L, false))
	return 1
}

// CJSONSafe is the loader of "cjson.safe": encode and decode return nil and a message instead of raising.
func CJSONSafe(L *vm.LState) int {
	L.Push(newCJSON(L, true))
	return 1
}

// newCJSON makes an instance with settings of its own.
func newCJSON(L *vm.LState, safe bool) *vm.LTable {
	config := &vm.LUserData{Env: L.Env, Metatable: vm.LNil, Value: &cjsonConfig{
		safe: safe, sparseRatio: 2, sparseSafe: 10, encodeDepth: 1000, decodeDepth: 1000, precision: 14,
		keepBuffer: true, decodeInvalid: 1,
	}}
	module := L.CreateTable(0, 14)
	for _, f := range []function{
		{"encode", cjsonEncode},
		{"decode", cjsonDecode},
		{"new", cjsonNew},
		{"encode_sparse_array", cjsonEncodeSparseArray},
		{"encode_max_depth", cjsonEncodeMaxDepth},
		{"decode_max_depth", cjsonDecodeMaxDepth},
		{"encode_number_precision", cjsonEncodeNumberPrecision},
		{"encode_keep_buffer", cjsonEncodeKeepBuffer},
		{"encode_invalid_numbers", cjsonEncodeInvalidNumbers},
		{"decode_invalid_numbers", cjsonDecodeInvalidNumbers},
	} {
		module.RawSetString(f.name, L.NewClosure(f.fn, config))
	}
	module.RawSetString("null", null(L))
	module.RawSetString("_NAME", vm.LString("cjson"))
	module.RawSetString("_VERSION", vm.LString("2.1.0"))
	return module
}

// cjsonSettings returns the settings of the instance whose function is running.
func cjsonSettings(L *vm.LState) *cjsonConfig {
	return L.Get(vm.UpvalueIndex(1)).(*vm.LUserData).Value.(*cjsonConfig)
}

// cjsonNew is new(): an instance of the same kind with the original settings.
func cjsonNew(L *vm.LState) int {
	L.Push(newCJSON(L, cjsonSettings(L).safe))
	return 1
}

// cjsonOne refuses any number of arguments but one, even in the safe module.
func cjsonOne(L *vm.LState) {
	if L.GetTop() != 1 {
		native.ArgError(L, 1, "expected 1 argument")
	}
}

// cjsonFail raises, or returns nil and the message in the safe module.
func cjsonFail(L *vm.LState, config *cjsonConfig, err error) int {
	if !config.safe {
		raise(L, err)
	}
	L.Push(vm.LNil)
	L.Push(vm.LString(err.Error()))
	return 2
}

// cjsonEncode is encode(value).
func cjsonEncode(L *vm.LState) int {
	cjsonOne(L)
	config := cjsonSettings(L)
	text, err := jsoncore.Encode(nil, L.Get(1), config.encodeOptions(L))
	if err != nil {
		return cjsonFail(L, config, err)
	}
	L.Push(vm.LString(text))
	return 1
}

// cjsonDecode is decode(text).
func cjsonDecode(L *vm.LState) int {
	cjsonOne(L)
	config := cjsonSettings(L)
	text, ok := asText(L.Get(1))
	if !ok {
		if config.safe {
			return cjsonFail(L, config, fmt.Errorf("bad argument #1 to '?' (string expected, got %s)", native.ArgTypeName(L, 1)))
		}
		native.TypeError(L, 1, "string")
	}
	charge(L)(len(text))
	value, err := jsoncore.Decode(text, &jsoncore.DecodeOptions{
		MaxDepth:       int(min(config.decodeDepth, maxJSONDepth)),
		InvalidNumbers: config.decodeInvalid == 1,
		Null:           null(L),
		NewTable:       newTable(L),
	})
	if err != nil {
		return cjsonFail(L, config, err)
	}
	L.Push(value)
	return 1
}

// newTable makes tables and counts their memory.
func newTable(L *vm.LState) func(array, fields int) *vm.LTable {
	return func(array, fields int) *vm.LTable {
		native.Step(L, 4)
		native.Alloc(L, 128+16*array+64*fields)
		return L.CreateTable(array, fields)
	}
}

func cannotSerialise(value vm.LValue, reason string) error {
	return fmt.Errorf("Cannot serialise %s: %s", value.Type(), reason)
}

func (c *cjsonConfig) encodeOptions(L *vm.LState) *jsoncore.EncodeOptions {
	depth := int(min(c.encodeDepth, maxJSONDepth))
	nothing := null(L)
	return &jsoncore.EncodeOptions{
		Escape: &cjsonEscapes,
		Number: c.number,
		Key:    c.key,
		Shape:  c.shape,
		Other: func(dst []byte, value vm.LValue) ([]byte, error) {
			if value == vm.LValue(nothing) {
				return append(dst, "null"...), nil
			}
			return dst, cannotSerialise(value, "type not supported")
		},
		Enter: func(_ *vm.LTable, at int) error {
			if at > depth {
				return fmt.Errorf("Cannot serialise, excessive nesting (%d)", at)
			}
			return nil
		},
		Charge: charge(L),
	}
}

func (c *cjsonConfig) number(dst []byte, number float64) ([]byte, error) {
	if math.IsInf(number, 0) || math.IsNaN(number) {
		switch cjsonInvalid[c.encodeInvalid] {
		case "off":
			return dst, cannotSerialise(vm.LNumber(number), "must not be NaN or Inf")
		case "null":
			return append(dst, "null"...), nil
		}
	}
	return jsoncore.AppendG(dst, number, int(c.precision)), nil
}

func (c *cjsonConfig) key(dst []byte, key vm.LValue) ([]byte, error) {
	switch k := key.(type) {
	case vm.LString:
		return jsoncore.AppendQuoted(dst, string(k), &cjsonEscapes), nil
	case vm.LNumber:
		dst, err := c.number(append(dst, '"'), float64(k))
		return append(dst, '"'), err
	}
	return dst, cannotSerialise(key, "table key must be a number or string")
}

// shape makes an array of a table whose keys are all whole numbers from 1, unless it has too many holes. An empty
// table is an object.
func (c *cjsonConfig) shape(table *vm.LTable) (jsoncore.Shape, error) {
	longest, items := 0.0, 0.0
	for key, _ := table.Next(vm.LNil); key != vm.LNil; key, _ = table.Next(key) {
		number, ok := key.(vm.LNumber)
		// lua-cjson counts in 32 bits, and a key that does not fit makes an object.
		if k := float64(number); !ok || k < 1 || math.Floor(k) != k || k > math.MaxInt32 {
			return jsoncore.Shape{}, nil
		}
		longest = max(longest, float64(number))
		items++
	}
	if c.sparseRatio > 0 && longest > items*float64(c.sparseRatio) && longest > float64(c.sparseSafe) {
		if c.sparseConvert {
			return jsoncore.Shape{}, nil
		}
		return jsoncore.Shape{}, cannotSerialise(table, "excessively sparse array")
	}
	// More elements than the longest text has bytes cannot be written anyway.
	return jsoncore.Shape{Array: items > 0, Length: int(min(longest, jsoncore.MaxBytes+1))}, nil
}

// cjsonEscapes is what lua-cjson writes for each byte; bytes above ASCII pass, valid UTF-8 or not.
var cjsonEscapes = jsonEscapes(func(c byte) string {
	switch {
	case c == '/':
		return `\/`
	case c < 0x20 || c == 0x7f:
		return fmt.Sprintf(`\u%04x`, c)
	}
	return ""
})

// jsonEscapes are the escapes all JSON libraries have, and what others says about the rest.
func jsonEscapes(others func(c byte) string) (escapes [256]string) {
	for i := range escapes {
		escapes[i] = others(byte(i))
	}
	for c, escape := range map[byte]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\t': `\t`, '\n': `\n`, '\f': `\f`, '\r': `\r`} {
		escapes[c] = escape
	}
	return escapes
}
