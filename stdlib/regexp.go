package stdlib

import (
	"regexp"
	"regexp/syntax"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua/native"
)

// maxExpression is the longest expression, in bytes.
const maxExpression = 4096

// expression is a compiled expression. What a match costs is the length of the text times the size.
type expression struct {
	*regexp.Regexp
	size int
}

var (
	regexpFunctions = shared(
		function{"compile", regexpCompile},
		function{"match", func(L *vm.LState) int {
			e, err := compileExpression(L, native.CheckString(L, 1))
			if err != nil {
				return failure(L, err.Error())
			}
			return e.match(L, native.CheckString(L, 2))
		}},
		function{"find_all_string_submatch", func(L *vm.LState) int {
			e, err := compileExpression(L, native.CheckString(L, 1))
			if err != nil {
				return failure(L, err.Error())
			}
			return e.findAll(L, native.CheckString(L, 2))
		}},
	)
	expressionMethods = shared(
		function{"match", func(L *vm.LState) int { return expressionOf(L).match(L, native.CheckString(L, 2)) }},
		function{"find_all_string_submatch", func(L *vm.LState) int { return expressionOf(L).findAll(L, native.CheckString(L, 2)) }},
	)
)

// Regexp is the loader of "regexp": Go's regular expressions with the functions of gopher-lua-libs. Those themselves are
// not used, since nothing bounds the memory and the time that they take.
func Regexp(L *vm.LState) int {
	L.Push(fill(L.CreateTable(0, len(regexpFunctions)), regexpFunctions))
	return 1
}

// compileExpression compiles within bounds.
func compileExpression(L *vm.LState, text string) (*expression, error) {
	if len(text) > maxExpression {
		native.Raise(L, "the regular expression is longer than %d bytes", maxExpression)
	}
	native.Step(L, 100*len(text)+100)
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, err
	}
	size := len(program.Inst)
	native.Step(L, 4*size)
	room(L, 128*size)
	compiled, err := regexp.Compile(text)
	return &expression{compiled, size}, err
}

// regexpCompile is compile(expression): an object, or nil and a message.
func regexpCompile(L *vm.LState) int {
	e, err := compileExpression(L, native.CheckString(L, 1))
	if err != nil {
		return failure(L, err.Error())
	}
	metatable := tableOf(L, "__index", fill(L.CreateTable(0, len(expressionMethods)), expressionMethods), "__name", "regexp")
	return returns(L, &vm.LUserData{Env: L.Env, Metatable: metatable, Value: e})
}

func expressionOf(L *vm.LState) *expression {
	if object, ok := L.Get(1).(*vm.LUserData); ok {
		if e, ok := object.Value.(*expression); ok {
			return e
		}
	}
	native.TypeError(L, 1, "regexp")
	return nil
}

func (e *expression) match(L *vm.LState, text string) int {
	work(L, len(text)*e.size)
	return returns(L, vm.LBool(e.MatchString(text)))
}

// findAll gives a list of lists: each match, and its groups. Finding all may take the square of the text's length, and
// only a replacement can be stopped between matches: so that comes first, and what it counted is charged.
func (e *expression) findAll(L *vm.LState, text string) int {
	work(L, len(text)*e.size)
	matches := 0
	ctx := runtime.From(L).Context()
	e.ReplaceAllStringFunc(text, func(match string) string {
		matches++
		overdue(L, ctx)
		native.Step(L, (len(match)+1)*e.size/16+1)
		room(L, 128+64*(e.NumSubexp()+1))
		return ""
	})
	list := L.CreateTable(matches, 0)
	for i, found := range e.FindAllStringSubmatch(text, -1) {
		row := L.CreateTable(len(found), 0)
		for n, part := range found {
			row.RawSetInt(n+1, vm.LString(part))
		}
		list.RawSetInt(i+1, row)
	}
	return returns(L, list)
}
