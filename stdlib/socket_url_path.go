package stdlib

import (
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/native/list"
)

// maxURLPath bounds the path that build_path makes, in bytes.
const maxURLPath = 64 << 20

// urlParsePath is parse_path(path): the unescaped segments, with is_absolute and is_directory.
func urlParsePath(L *vm.LState) int {
	path := ""
	if vm.LVAsBool(L.Get(1)) {
		path = native.CheckString(L, 1)
	}
	charge(L)(4 * len(path))
	parsed := L.NewTable()
	for segment := range strings.SplitSeq(path, "/") {
		if segment != "" {
			list.Append(parsed, vm.LString(percentDecode(segment)))
		}
	}
	if strings.HasPrefix(path, "/") {
		parsed.RawSetString("is_absolute", vm.LNumber(1))
	}
	if strings.HasSuffix(path, "/") {
		parsed.RawSetString("is_directory", vm.LNumber(1))
	}
	L.Push(parsed)
	return 1
}

// isSegmentPlain reports the bytes that may stand in a path segment as they are.
func isSegmentPlain(c byte) bool {
	return isURLPlain(c) || strings.IndexByte("-.!~*'():@&=+$,", c) >= 0
}

// urlBuildPath is build_path(parsed, unsafe): the segments with slashes, escaped unless unsafe.
func urlBuildPath(L *vm.LState) int {
	parsed := L.Get(1)
	length := lengthOf(L, parsed, "parsed")
	unsafe := vm.LVAsBool(L.Get(2))
	var path strings.Builder
	for i := 1; i <= length; i++ {
		segment := index(L, parsed, vm.LNumber(i))
		text, ok := asText(segment)
		switch {
		case ok && !unsafe:
			text = percentEncode(L, text, "0123456789ABCDEF", isSegmentPlain)
		case !ok && unsafe:
			native.Raise(L, "attempt to concatenate a %s value (field '?')", native.TypeName(L, segment))
		case !ok:
			native.Raise(L, "bad argument #1 to 'gsub' (string expected, got %s)", native.TypeName(L, segment))
		}
		if path.Len()+len(text) > maxURLPath {
			native.Raise(L, "not enough memory")
		}
		charge(L)(len(text) + 1)
		path.WriteString(text)
		if i < length || vm.LVAsBool(field(L, parsed, "is_directory")) {
			path.WriteByte('/')
		}
	}
	result := path.String()
	if vm.LVAsBool(field(L, parsed, "is_absolute")) {
		result = "/" + result
	}
	L.Push(vm.LString(result))
	return 1
}

// lengthOf is the operator #.
func lengthOf(L *vm.LState, value vm.LValue, name string) int {
	if text, ok := value.(vm.LString); ok {
		return len(text)
	}
	if handler := L.GetMetaField(value, "__len"); handler != vm.LNil {
		length, ok := native.Call1(L, handler, value).(vm.LNumber)
		if !ok {
			native.Raise(L, "'for' limit must be a number")
		}
		return int(max(min(length, 1<<53), 0))
	}
	table, ok := value.(*vm.LTable)
	if !ok {
		native.Raise(L, "attempt to get length of a %s value (local '%s')", native.TypeName(L, value), name)
	}
	return list.Length(table)
}
