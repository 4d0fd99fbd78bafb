package report

import (
	"slices"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// node is a case with its subtests.
type node struct {
	result.Case
	subtests []*node
}

// tree puts cases together with their subtests, which come before them.
type tree struct {
	// held are those whose case may still come, an outer one's after an inner
	// one's.
	held []*node
	// emit is given each outermost case.
	emit func(*node)
}

// add takes the next case.
func (t *tree) add(c result.Case) {
	n := &node{Case: c}
	for len(t.held) > 0 && n.stands(t.held[len(t.held)-1]) {
		last := len(t.held) - 1
		n.subtests = append(n.subtests, t.held[last])
		t.held = t.held[:last]
	}
	slices.Reverse(n.subtests)
	if len(t.held) > 0 && !t.held[len(t.held)-1].near(n) {
		t.flush()
	}
	if len(c.Path) < 2 || c.Kind != result.Test {
		t.flush()
		t.emit(n)
		return
	}
	t.held = append(t.held, n)
}

// flush gives out what has no case around it.
func (t *tree) flush() {
	for _, n := range t.held {
		t.emit(n)
	}
	t.held = t.held[:0]
}

// same tells that two cases are of one run of one file.
func (n *node) same(m *node) bool {
	return n.File == m.File && n.Dovecot == m.Dovecot && n.Round == m.Round && n.Kind == m.Kind
}

// stands tells whether the other is a subtest of n.
func (n *node) stands(sub *node) bool {
	return n.same(sub) && len(sub.Path) == len(n.Path)+1 && slices.Equal(n.Path, sub.Path[:len(n.Path)]) &&
		(n.Status.Bad() || !sub.Status.Bad())
}

// near tells whether the case around the held node may still come after next: a
// subtest is followed by others of the same case, or by what stands in them.
func (n *node) near(next *node) bool {
	around := n.Path[:len(n.Path)-1]
	return n.same(next) && len(next.Path) > len(around) && slices.Equal(around, next.Path[:len(around)])
}
