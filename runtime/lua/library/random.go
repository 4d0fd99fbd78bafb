package library

import (
	"math/bits"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// generator is xoshiro256**, the generator of Lua 5.4, so that a seed gives the
// same numbers as there.
type generator [4]uint64

func newGenerator(a, b uint64) *generator {
	g := &generator{a, 0xff, b, 0}
	for range 16 {
		g.next()
	}
	return g
}

func (g *generator) next() uint64 {
	result := bits.RotateLeft64(g[1]*5, 7) * 9
	t := g[1] << 17
	g[2] ^= g[0]
	g[3] ^= g[1]
	g[1] ^= g[2]
	g[0] ^= g[3]
	g[2] ^= t
	g[3] = bits.RotateLeft64(g[3], 45)
	return result
}

// below gives a number from 0 to n, both included.
func (g *generator) below(n uint64) uint64 {
	r := g.next()
	if n&(n+1) == 0 {
		return r & n
	}
	mask := uint64(1)<<bits.Len64(n) - 1
	for r &= mask; r > n; r = g.next() & mask {
	}
	return r
}

func (s *state) generator() *generator {
	if s.random == nil {
		seed := s.options.Seed
		if seed == 0 {
			seed = uint64(s.lib.system.Now().UnixNano())
		}
		s.random = newGenerator(seed, 0)
	}
	return s.random
}

func mathRandom(l *vm.LState) int {
	g := stateOf(l).generator()
	var low, high int64
	switch l.GetTop() {
	case 0:
		l.Push(vm.LNumber(float64(g.next()>>11) * (0.5 / (1 << 52))))
		return 1
	case 1:
		low, high = 1, native.CheckInteger(l, 1)
		if high == 0 {
			l.Push(vm.LNumber(int64(g.next())))
			return 1
		}
	case 2:
		low, high = native.CheckInteger(l, 1), native.CheckInteger(l, 2)
	default:
		native.Raise(l, "wrong number of arguments")
	}
	if low > high {
		native.ArgError(l, 1, "interval is empty")
	}
	l.Push(vm.LNumber(int64(g.below(uint64(high)-uint64(low)) + uint64(low))))
	return 1
}

func mathRandomSeed(l *vm.LState) int {
	s := stateOf(l)
	if l.GetTop() == 0 {
		now := uint64(s.lib.system.Now().UnixNano())
		s.random = newGenerator(now, 0)
		l.Push(vm.LNumber(int64(now)))
		l.Push(vm.LNumber(0))
		return 2
	}
	a := native.CheckInteger(l, 1)
	b := native.OptInteger(l, 2, 0)
	s.random = newGenerator(uint64(a), uint64(b))
	l.Push(vm.LNumber(a))
	l.Push(vm.LNumber(b))
	return 2
}
