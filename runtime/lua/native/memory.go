package native

import (
	"reflect"
	"time"
	"unsafe"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native/list"
)

// Memory is kept account of in two ways. What natives and the machine may have
// allocated is charged as it happens, too high rather than too low. When the
// charges could have reached the limit, everything the state can still reach
// is measured, and the charges begin again from there. So garbage does not
// count for long, and the measuring is paid for by the allocations before it.

type memory struct {
	// live is what the last measurement found.
	live int64
	// charged is what may have been allocated since.
	charged int64
	last    time.Time
	// rest is when the next measurement may be, so that those take at most
	// half of the time.
	rest time.Time
}

// Costs of the machine's objects in bytes, from its structures.
const (
	instructionCost = 48
	tableCost       = 112
	slotCost        = 16
	keyCost         = 120
	functionCost    = 72
	upvalueCost     = 64
	userDataCost    = 56
	protoCost       = 512
	codeCost        = 16
	localCost       = 48
	threadCost      = 20 << 10
)

// ItemCost is what the item of a list at that place may take of a table, in
// bytes, with the room that tables keep free.
func ItemCost(at int) int {
	if list.InArray(at) {
		return 2 * slotCost
	}
	return keyCost
}

// instructions charges for n instructions of the machine.
func (m *memory) instructions(n int64) { m.charged += n * instructionCost }

// due tells that the limit may have been reached.
func (m *memory) due(limit int64) bool {
	return m.charged > max(limit-m.live, limit/4)
}

// slow charges for a slice that took long: a single instruction may clear a
// great deal of memory, but not more than four bytes in a nanosecond.
func (m *memory) slow(now time.Time) {
	took := now.Sub(m.last)
	first := m.last.IsZero()
	m.last = now
	if !first && took > time.Millisecond {
		m.charged += 4 * int64(min(took, 10*time.Second))
	}
}

// measureFor measures, and stops the script where there is not room for more.
func (b *Budget) measureFor(l *vm.LState, more int64) {
	b.memory.last = b.now()
	live := b.Measure(l)
	if live+more > b.limits.Memory {
		Stop(l, &Limit{Kind: Memory, Where: nearest(l), Amount: b.limits.Memory})
	}
	b.memory.charged = more
	// The time that measuring took is not the script's.
	began := b.memory.last
	b.memory.last = b.now()
	b.memory.rest = b.memory.last.Add(b.memory.last.Sub(began))
}

// Estimate is about how much memory the state takes, in bytes.
func (b *Budget) Estimate() int64 { return b.memory.live + b.memory.charged }

// Measure finds how much memory the values take that the state can reach, in
// bytes. It takes time in proportion to their number.
func (b *Budget) Measure(l *vm.LState) int64 {
	s := sizer{seen: make(map[unsafe.Pointer]struct{}, 512), l: l}
	s.add(l.G.Global)
	s.add(l.G.Registry)
	s.add(b.main)
	s.add(l)
	if b.outer != nil {
		s.add(b.outer.thread)
	}
	for _, c := range b.idle {
		s.add(c.thread)
	}
	s.add(l.GetMetatable(vm.LString("")))
	for len(s.todo) > 0 {
		last := len(s.todo) - 1
		v := s.todo[last]
		s.todo = s.todo[:last]
		s.visit(v)
	}
	b.memory.live, b.memory.charged = s.size, 0
	return s.size
}

type sizer struct {
	seen map[unsafe.Pointer]struct{}
	todo []vm.LValue
	size int64
	l    *vm.LState
}

// first tells an address that was not met before.
func (s *sizer) first(p unsafe.Pointer) bool {
	if _, ok := s.seen[p]; ok {
		return false
	}
	s.seen[p] = struct{}{}
	return true
}

func (s *sizer) add(v vm.LValue) {
	switch v := v.(type) {
	case vm.LString:
		switch {
		case len(v) < 64:
			s.size += int64(len(v)) + slotCost
		case s.first(unsafe.Pointer(unsafe.StringData(string(v)))):
			s.size += int64(len(v)) + slotCost
		}
	case *vm.LTable:
		if v != nil && s.first(unsafe.Pointer(v)) {
			s.todo = append(s.todo, v)
		}
	case *vm.LFunction:
		if v != nil && s.first(unsafe.Pointer(v)) {
			s.todo = append(s.todo, v)
		}
	case *vm.LUserData:
		if v != nil && s.first(unsafe.Pointer(v)) {
			s.todo = append(s.todo, v)
		}
	case *vm.LState:
		if v != nil && s.first(unsafe.Pointer(v)) {
			s.todo = append(s.todo, v)
		}
	}
}

func (s *sizer) visit(v vm.LValue) {
	switch v := v.(type) {
	case *vm.LTable:
		s.size += tableCost + int64(tableKeys(v))*keyCost
		s.add(v.Metatable)
		items, named, keyed := contents(v)
		s.size += int64(cap(items)) * slotCost
		for _, x := range items {
			s.add(x)
		}
		for k, x := range named {
			s.add(vm.LString(k))
			s.add(x)
		}
		for k, x := range keyed {
			s.add(k)
			s.add(x)
		}
	case *vm.LFunction:
		s.size += functionCost
		if v.IsG {
			// Natives are shared by all states; what they hold of this one
			// is in their up-values.
			s.size -= functionCost
		}
		s.proto(v.Proto)
		s.add(v.Env)
		for _, up := range v.Upvalues {
			if up != nil && s.first(unsafe.Pointer(up)) {
				s.size += upvalueCost
				s.add(up.Value())
			}
		}
	case *vm.LUserData:
		s.size += userDataCost
		s.add(v.Metatable)
		s.add(v.Env)
	case *vm.LState:
		s.size += threadCost
		for _, r := range registers(v) {
			s.size += slotCost
			s.add(r)
		}
		if c, ok := v.Context().(*Context); ok && c.caller != nil {
			s.add(c.caller)
		}
	}
}

// proto adds what a compiled function takes: load makes new ones.
func (s *sizer) proto(p *vm.FunctionProto) {
	if p == nil || !s.first(unsafe.Pointer(p)) {
		return
	}
	s.size += protoCost + int64(len(p.Code))*codeCost + int64(len(p.DbgLocals))*localCost
	for _, v := range p.Constants {
		s.add(v)
	}
	for _, inner := range p.FunctionPrototypes {
		s.proto(inner)
	}
}

// tableKeys is how many keys a table has a place for outside of its list,
// those that were deleted among them.
func tableKeys(t *vm.LTable) int {
	return reflect.ValueOf(t).Elem().Field(tableKeysField).Len()
}

// contents are the three parts of a table. The machine's own loop makes a value
// of every index.
func contents(t *vm.LTable) (items []vm.LValue, named map[string]vm.LValue, keyed map[vm.LValue]vm.LValue) {
	v := reflect.ValueOf(t).Elem()
	items = *(*[]vm.LValue)(v.Field(tableArrayField).Addr().UnsafePointer())
	named = *(*map[string]vm.LValue)(v.Field(tableNamedField).Addr().UnsafePointer())
	keyed = *(*map[vm.LValue]vm.LValue)(v.Field(tableKeyedField).Addr().UnsafePointer())
	return items, named, keyed
}

var (
	tableArrayField = fieldIndex(reflect.TypeFor[vm.LTable](), "array")
	tableNamedField = fieldIndex(reflect.TypeFor[vm.LTable](), "strdict")
	tableKeyedField = fieldIndex(reflect.TypeFor[vm.LTable](), "dict")
	tableKeysField  = fieldIndex(reflect.TypeFor[vm.LTable](), "keys")
)

func fieldIndex(t reflect.Type, name string) int {
	f, ok := t.FieldByName(name)
	if !ok {
		// The machine's version is fixed in go.mod; a test meets this first.
		panic("native: " + t.String() + " has no field " + name)
	}
	return f.Index[0]
}

var (
	stateRegistry = fieldIndex(reflect.TypeFor[vm.LState](), "reg")
	registryType  = reflect.TypeFor[vm.LState]().Field(stateRegistry).Type.Elem()
	registryArray = fieldIndex(registryType, "array")
)

// registers are all registers of a thread; unused ones may hold a Go nil.
func registers(l *vm.LState) []vm.LValue {
	array := reflect.ValueOf(l).Elem().Field(stateRegistry).Elem().Field(registryArray)
	return unsafe.Slice((*vm.LValue)(array.UnsafePointer()), array.Len())
}

// Collect lets the estimate forget garbage, where enough has been charged to
// be worth the measuring.
func (b *Budget) Collect(l *vm.LState) {
	if b.memory.charged > 64<<10 && b.memory.charged > b.memory.live/4 {
		b.Measure(l)
	}
}
