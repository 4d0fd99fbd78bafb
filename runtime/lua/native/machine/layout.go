package machine

import (
	"fmt"
	"reflect"
	"sync"
	"unsafe"

	vm "github.com/yuin/gopher-lua"
)

// The structures of the machine that it keeps to itself, field by field and
// under the machine's names where they are used here.

type state struct {
	G       *vm.Global
	Parent  *vm.LState
	Env     *vm.LTable
	Panic   func(*vm.LState)
	Dead    bool
	Options vm.Options

	stop         int32
	reg          *registry
	stack        iface
	alloc        unsafe.Pointer
	currentFrame *frame
	wrapped      bool
	uvcache      *upvalue
	hasErrorFunc bool
	mainLoop     func(*vm.LState, *frame)
	ctx          iface
	ctxCancelFn  func()
}

type registry struct {
	array []vm.LValue
	top   int
	_     int // growBy
	_     int // maxSize
	_     unsafe.Pointer
	_     iface
}

type frame struct {
	Idx        int
	Fn         *vm.LFunction
	Parent     *frame
	Pc         int
	Base       int
	LocalBase  int
	ReturnBase int
	NArgs      int
	NRet       int
	TailCall   int
}

// frames is the call stack of a thread that has MinimizeStackMemory.
type frames struct {
	segments []*segment
	segIdx   uint16
	segSp    uint8
}

type segment struct {
	array [vm.FramesPerSegment]frame
}

type upvalue struct {
	next  *upvalue
	_     *registry
	index int
	_     vm.LValue
	_     bool // closed
}

type table struct {
	Metatable vm.LValue

	array   []vm.LValue
	dict    map[vm.LValue]vm.LValue
	strdict map[string]vm.LValue
	keys    []vm.LValue
	k2i     map[vm.LValue]int
}

// iface is an interface value that has methods.
type iface struct {
	tab  unsafe.Pointer
	data unsafe.Pointer
}

// operation does one instruction; it gives 1 where the loop must end.
type operation func(l *vm.LState, inst uint32, base *frame) int

// operations are the machine's own, by number.
//
//go:linkname operations github.com/yuin/gopher-lua.jumpTable
var operations [vm.OP_NOP + 1]operation

// found is what the machine was found to be like.
type found struct {
	// plain is the machine's loop that asks no context.
	plain func(*vm.LState, *frame)
	// stack is the type of a call stack that grows, number that of a number
	// among values.
	stack, number unsafe.Pointer
	err           error
}

// find looks at the machine once.
var find = sync.OnceValue(func() (f found) {
	l := vm.NewState(vm.Options{SkipOpenLibs: true, MinimizeStackMemory: true, RegistrySize: 128, CallStackSize: 8})
	defer l.Close()
	fields := reflect.TypeFor[vm.LState]()
	mirror := layout{seen: map[[2]reflect.Type]bool{}}
	mirror.compare(reflect.TypeFor[state](), fields)
	mirror.compare(reflect.TypeFor[table](), reflect.TypeFor[vm.LTable]())
	if mirror.err == nil {
		mirror.compare(reflect.TypeFor[*frames](), reflect.ValueOf(l).Elem().FieldByName("stack").Elem().Type())
	}
	if f.err = mirror.err; f.err != nil {
		return f
	}
	for op, do := range operations {
		if do == nil {
			f.err = fmt.Errorf("the machine has no instruction %d", op)
			return f
		}
	}
	s := (*state)(unsafe.Pointer(l))
	one := vm.LValue(vm.LNumber(1))
	f.plain, f.stack, f.number = s.mainLoop, s.stack.tab, (*iface)(unsafe.Pointer(&one)).tab
	return f
})

// layout compares mirrors with what they mirror.
type layout struct {
	seen map[[2]reflect.Type]bool
	err  error
}

func (c *layout) compare(mine, theirs reflect.Type) {
	if c.err != nil || mine == theirs || c.seen[[2]reflect.Type{mine, theirs}] {
		return
	}
	switch {
	case mine == reflect.TypeFor[unsafe.Pointer]() && theirs.Kind() == reflect.Pointer:
		return
	case mine == reflect.TypeFor[iface]() && theirs.Kind() == reflect.Interface && theirs.NumMethod() > 0:
		return
	case mine.Kind() != theirs.Kind() || mine.Size() != theirs.Size():
		c.err = fmt.Errorf("%v is not laid out as %v", theirs, mine)
		return
	}
	c.seen[[2]reflect.Type{mine, theirs}] = true
	switch mine.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		c.compare(mine.Elem(), theirs.Elem())
	case reflect.Struct:
		c.fields(mine, theirs)
	case reflect.Func:
		if mine.NumIn() != theirs.NumIn() || mine.NumOut() != theirs.NumOut() {
			c.err = fmt.Errorf("%v takes and gives other than %v", theirs, mine)
			return
		}
		for i := range mine.NumIn() {
			c.compare(mine.In(i), theirs.In(i))
		}
	}
}

func (c *layout) fields(mine, theirs reflect.Type) {
	if mine.NumField() != theirs.NumField() {
		c.err = fmt.Errorf("%v has %d fields, not %d", theirs, theirs.NumField(), mine.NumField())
		return
	}
	for i := range mine.NumField() {
		a, b := mine.Field(i), theirs.Field(i)
		if a.Name != "_" && a.Name != b.Name || a.Offset != b.Offset {
			c.err = fmt.Errorf("%v has %s where %s is expected", theirs, b.Name, a.Name)
			return
		}
		c.compare(a.Type, b.Type)
	}
}
