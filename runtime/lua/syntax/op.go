package syntax

// Op is an operator.
type Op uint8

// The operators of Lua 5.4.
const (
	OpNone Op = iota
	OpAdd
	OpSub
	OpMul
	OpMod
	OpPow
	OpDiv
	OpIDiv
	OpBAnd
	OpBOr
	OpBXor
	OpShl
	OpShr
	OpConcat
	OpEq
	OpLt
	OpLe
	OpNe
	OpGt
	OpGe
	OpAnd
	OpOr
	OpNeg
	OpBNot
	OpNot
	OpLen
)

var opText = [...]string{
	"", "+", "-", "*", "%", "^", "/", "//", "&", "|", "~", "<<", ">>", "..",
	"==", "<", "<=", "~=", ">", ">=", "and", "or", "-", "~", "not", "#",
}

// String is the operator as it is written.
func (o Op) String() string { return opText[o] }

// priority holds how tightly an operator binds to its left and right operand
// (manual §3.4.8); a smaller right number makes it right associative.
type priority struct{ left, right uint8 }

var priorities = [...]priority{
	OpAdd: {10, 10}, OpSub: {10, 10}, OpMul: {11, 11}, OpMod: {11, 11},
	OpPow: {14, 13}, OpDiv: {11, 11}, OpIDiv: {11, 11},
	OpBAnd: {6, 6}, OpBOr: {4, 4}, OpBXor: {5, 5}, OpShl: {7, 7}, OpShr: {7, 7},
	OpConcat: {9, 8},
	OpEq:     {3, 3}, OpLt: {3, 3}, OpLe: {3, 3}, OpNe: {3, 3}, OpGt: {3, 3}, OpGe: {3, 3},
	OpAnd: {2, 2}, OpOr: {1, 1},
}

const unaryPriority = 12
