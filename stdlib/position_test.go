package stdlib

import (
	"strings"
	"testing"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// TestErrorsNameTheCaller makes sure that an error carries the script's line and the name by which it called.
func TestErrorsNameTheCaller(t *testing.T) {
	for _, c := range []struct {
		loader       vm.LGFunction
		source, want string
	}{
		{SocketURL, "local x = M.escape(nil)", "handler.lua:2: bad argument #1 to 'escape' (string expected, got nil)"},
		{SocketURL, "local x = M.escape({})", "handler.lua:2: bad argument #1 to 'escape' (string expected, got table)"},
		{SocketURL, "local x = M.build({host = true})", "handler.lua:2: bad argument #1 to 'find' (string expected, got boolean)"},
		{CJSON, "local x = M.decode('[1,')", "handler.lua:2: Expected value but found T_END at character 4"},
		{CJSON, "local x = M.encode(print)", "handler.lua:2: Cannot serialise function: type not supported"},
		{CJSON, "local x = M.encode()", "handler.lua:2: bad argument #1 to 'encode' (expected 1 argument)"},
		{CJSON, "local x = M.encode_max_depth('x')", "handler.lua:2: bad argument #1 to 'encode_max_depth' (number expected, got string)"},
		{JSON, "local x = M.decode('[1,')", "handler.lua:2: Unclosed elements present"},
		{JSON, "local x = M.encode(print)", "handler.lua:2: Failed to encode value, encoders for function deny encoding"},
	} {
		L := newState(t)
		L.SetGlobal("M", open(t, L, c.loader))
		chunk, err := L.Load(strings.NewReader("\n"+c.source), "handler.lua")
		if err != nil {
			t.Fatal(err)
		}
		_, raised := native.PCall(L, nil, chunk)
		if raised == nil || raised.String() != c.want {
			t.Errorf("%s\n got %v\nwant %s", c.source, raised, c.want)
		}
	}
}
