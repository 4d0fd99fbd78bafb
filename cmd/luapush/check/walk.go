package check

import "github.com/luapush/luapush/runtime/lua/syntax"

// exprsOf gives the expressions that stand directly in a statement, in the
// order in which they are evaluated.
func exprsOf(s syntax.Stmt) []syntax.Expr {
	switch s := s.(type) {
	case *syntax.LocalStmt:
		return s.Values
	case *syntax.LocalFunction:
		return []syntax.Expr{s.Func}
	case *syntax.Assign:
		list := make([]syntax.Expr, 0, len(s.Targets)+len(s.Values))
		return append(append(list, s.Targets...), s.Values...)
	case *syntax.FunctionStmt:
		return []syntax.Expr{s.Target, s.Func}
	case *syntax.CallStmt:
		return []syntax.Expr{s.Call}
	case *syntax.While:
		return []syntax.Expr{s.Cond}
	case *syntax.Repeat:
		return []syntax.Expr{s.Cond}
	case *syntax.If:
		var list []syntax.Expr
		for _, c := range s.Clauses {
			list = append(list, c.Cond)
		}
		return list
	case *syntax.NumericFor:
		list := []syntax.Expr{s.Start, s.Limit}
		if s.Step != nil {
			list = append(list, s.Step)
		}
		return list
	case *syntax.GenericFor:
		return s.Values
	case *syntax.Return:
		return s.Values
	}
	return nil
}

// walkExpr calls f for an expression and those in it, outer ones first; f tells
// whether to go on into one. It does not go into functions.
func walkExpr(e syntax.Expr, f func(syntax.Expr) bool) {
	if e == nil || !f(e) {
		return
	}
	switch e := e.(type) {
	case *syntax.Index:
		walkExpr(e.Object, f)
		walkExpr(e.Key, f)
	case *syntax.Call:
		walkExpr(e.Func, f)
		for _, arg := range e.Args {
			walkExpr(arg, f)
		}
	case *syntax.Table:
		for _, field := range e.Fields {
			walkExpr(field.Key, f)
			walkExpr(field.Value, f)
		}
	case *syntax.Unary:
		walkExpr(e.Operand, f)
	case *syntax.Binary:
		walkExpr(e.Left, f)
		walkExpr(e.Right, f)
	case *syntax.Paren:
		walkExpr(e.Inner, f)
	}
}

// walkExprs calls f for all expressions in a block, not those of functions in
// it.
func walkExprs(b *syntax.Block, f func(syntax.Expr) bool) {
	walkBlock(b, func(s syntax.Stmt) bool {
		for _, e := range exprsOf(s) {
			walkExpr(e, f)
		}
		return true
	})
}

// functionsOf gives the functions that stand directly in a block.
func functionsOf(b *syntax.Block) []*syntax.Function {
	var found []*syntax.Function
	walkExprs(b, func(e syntax.Expr) bool {
		if f, ok := e.(*syntax.FunctionExpr); ok {
			found = append(found, f.Func)
		}
		return true
	})
	return found
}

// allFunctions gives a function and those in it.
func allFunctions(fn *syntax.Function) []*syntax.Function {
	list := []*syntax.Function{fn}
	for _, inner := range functionsOf(fn.Body) {
		list = append(list, allFunctions(inner)...)
	}
	return list
}
