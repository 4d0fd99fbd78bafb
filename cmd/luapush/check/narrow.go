package check

import (
	"slices"

	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

// A script that runs on releases which differ looks whether something is there:
// if dovecot.net_ip_family then … else … end. In the first branch only releases
// that have it need be thought of, in the second only the others, and behind an
// if without else whose body ends the function, too.

// ofReleases are the rules that ask what a release has.
var ofReleases = []string{"release-api", "http-setting", "http-timeout"}

// within walks with fewer releases. Where none is left, code is only reached on
// releases that nobody asked for, and nothing is said of what those lack.
func (a *analysis) within(releases []dovecot.Release, walk func()) {
	outer, elsewhere := a.releases, a.elsewhere
	if len(releases) == 0 {
		a.elsewhere = true
	} else {
		a.releases = releases
	}
	walk()
	a.releases, a.elsewhere = outer, elsewhere
}

// ifStatement walks an if.
func (a *analysis) ifStatement(s *syntax.If) {
	left := a.releases
	for _, c := range s.Clauses {
		var yes []dovecot.Release
		a.within(left, func() {
			a.test(c.Cond)
			yes, left = a.branches(c.Cond, left)
		})
		a.within(yes, func() { a.block(c.Body) })
	}
	a.within(left, func() { a.block(s.Else) })
}

// behind gives the releases that can come behind a statement of a block.
func (a *analysis) behind(s syntax.Stmt, releases []dovecot.Release) []dovecot.Release {
	branch, ok := s.(*syntax.If)
	if !ok || branch.Else != nil {
		return releases
	}
	for _, c := range branch.Clauses {
		if !ends(c.Body) {
			return releases
		}
		_, releases = a.branches(c.Cond, releases)
	}
	return releases
}

// branches divides releases into those on which a condition can hold, and those
// on which it can fail. Most conditions can do both everywhere.
func (a *analysis) branches(e syntax.Expr, releases []dovecot.Release) (yes, no []dovecot.Release) {
	switch e := syntax.Bare(e).(type) {
	case *syntax.Index:
		if has := a.depends(e); has != nil {
			for _, r := range releases {
				if has(r) {
					yes = append(yes, r)
				} else {
					no = append(no, r)
				}
			}
			return yes, no
		}
	case *syntax.Unary:
		if e.Op == syntax.OpNot {
			no, yes = a.branches(e.Operand, releases)
			return yes, no
		}
	case *syntax.Binary:
		switch e.Op {
		case syntax.OpAnd:
			yes, no = a.branches(e.Left, releases)
			second, fails := a.branches(e.Right, yes)
			return second, union(releases, no, fails)
		case syntax.OpOr:
			yes, no = a.branches(e.Left, releases)
			holds, second := a.branches(e.Right, no)
			return union(releases, yes, holds), second
		case syntax.OpNe:
			return a.branches(besidesNil(e), releases)
		case syntax.OpEq:
			no, yes = a.branches(besidesNil(e), releases)
			return yes, no
		}
	}
	return releases, releases
}

// besidesNil is what a comparison compares with nil; the comparison itself, which
// tells nothing, where it is none.
func besidesNil(e *syntax.Binary) syntax.Expr {
	if _, ok := syntax.Bare(e.Left).(*syntax.Nil); ok {
		return e.Right
	}
	if _, ok := syntax.Bare(e.Right).(*syntax.Nil); ok {
		return e.Left
	}
	return &syntax.True{}
}

// union is what either list has, in the order of all.
func union(all, x, y []dovecot.Release) []dovecot.Release {
	var list []dovecot.Release
	for _, r := range all {
		if slices.Contains(x, r) || slices.Contains(y, r) {
			list = append(list, r)
		}
	}
	return list
}

// depends tells which releases have a member of Dovecot's API that is looked at;
// nil where that says nothing of the release.
func (a *analysis) depends(e *syntax.Index) func(dovecot.Release) bool {
	key, constant := e.Key.(*syntax.String)
	if !constant || !isChain(e.Object) {
		return nil
	}
	guard, use := a.guard, a.use
	a.guard, a.use = guard+1, toIndex
	owner := a.expr(e.Object)
	a.guard, a.use = guard, use
	if owner.kind != isObject || owner.unsure || owner.maybeNil || a.written[owner.name+"."+key.Value] || a.written[owner.name+".*"] {
		return nil
	}
	m, ok := a.api.find(owner.name, key.Value)
	if !ok || m.value.kind != isBuiltin && m.value.kind != isObject {
		return nil // a field may be false, or nil, for other reasons
	}
	return m.has
}

// isChain tells of a name, or fields of one.
func isChain(e syntax.Expr) bool {
	if index, ok := e.(*syntax.Index); ok {
		_, constant := index.Key.(*syntax.String)
		return constant && isChain(index.Object)
	}
	return isName(e)
}
