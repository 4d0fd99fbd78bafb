package repair

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

// Helper is a native function that compiled code calls for what the machine
// cannot do. Its Function is shared by all states.
type Helper struct {
	Name     string
	Doc      string
	Function *vm.LFunction
}

func native1(f vm.LGFunction) *vm.LFunction { return &vm.LFunction{IsG: true, GFunction: f} }

// The helpers, as the constants that compiled code holds.
var (
	helperConcat = native1(concat)
	helperIDiv   = native1(idiv)
	helperBAnd   = native1(bitwise(syntax.OpBAnd, "__band"))
	helperBOr    = native1(bitwise(syntax.OpBOr, "__bor"))
	helperBXor   = native1(bitwise(syntax.OpBXor, "__bxor"))
	helperShl    = native1(bitwise(syntax.OpShl, "__shl"))
	helperShr    = native1(bitwise(syntax.OpShr, "__shr"))
	helperBNot   = native1(bnot)
	helperEq     = native1(equal)
	helperLt     = native1(less)
	helperLe     = native1(lessOrEqual)
	helperFor    = native1(forStart)
	helperEnv    = native1(environment)
	helperOpen   = native1(openValue)
	helperClose  = native1(closeSome)
	helperReturn = native1(closeAndReturn)
)

var helperOf = map[syntax.Op]*vm.LFunction{
	syntax.OpIDiv: helperIDiv, syntax.OpBAnd: helperBAnd, syntax.OpBOr: helperBOr,
	syntax.OpBXor: helperBXor, syntax.OpShl: helperShl, syntax.OpShr: helperShr,
}

// Helpers lists the helpers, for whoever shows tracebacks or measures.
func Helpers() []Helper {
	return []Helper{
		{"concat", "a .. b .. c: numbers as %.14g, __concat, the memory budget", helperConcat},
		{"idiv", "a // b, __idiv", helperIDiv},
		{"band", "a & b on 64-bit integers, __band", helperBAnd},
		{"bor", "a | b, __bor", helperBOr},
		{"bxor", "a ~ b, __bxor", helperBXor},
		{"shl", "a << b, __shl", helperShl},
		{"shr", "a >> b, __shr", helperShr},
		{"bnot", "~a, __bnot", helperBNot},
		{"eq", "a == b with __eq of either operand; only where the text names __eq", helperEq},
		{"lt", "a < b with __lt of either operand; only where the text names __lt or __le", helperLt},
		{"le", "a <= b with __le, or __lt turned round; likewise", helperLe},
		{"for", "start, limit and step of a loop whose step is not a constant", helperFor},
		{"env", "the environment of the calling function, for _ENV", helperEnv},
		{"open", "puts the value of a <close> variable on the thread's list", helperOpen},
		{"close", "closes the last values of that list", helperClose},
		{"return", "closes and hands results on", helperReturn},
	}
}

var helperSet = func() map[*vm.LFunction]bool {
	set := map[*vm.LFunction]bool{}
	for _, h := range Helpers() {
		set[h.Function] = true
	}
	return set
}()

// IsHelper tells a helper, which tracebacks leave out.
func IsHelper(fn *vm.LFunction) bool { return helperSet[fn] }
