package machine

import (
	"unsafe"

	vm "github.com/yuin/gopher-lua"
)

// Meter is what the threads of a state count in, which belong to one goroutine
// at a time.
type Meter struct {
	// Left counts down to the next call of Spent, one an instruction.
	Left int64
	// Spent is called when Left has fallen below zero. It either puts more into
	// Left or raises an error. The thread is the one that runs.
	Spent func(l *vm.LState)
	// Hits is what NOP instructions count in; nil where nothing is counted.
	// They are no instructions for Left.
	Hits *Hits
}

// Install gives a thread the loop of this package. It gives nil, and changes
// nothing, where the machine is not as expected, which Fits tells for all
// threads, or the thread was made without MinimizeStackMemory.
func Install(l *vm.LState, m *Meter) *Loop {
	f := find()
	s := (*state)(unsafe.Pointer(l))
	if f.err != nil || s.stack.tab != f.stack {
		return nil
	}
	r := &Loop{meter: m, plain: f.plain, number: f.number, stack: (*frames)(s.stack.data)}
	s.mainLoop = r.run
	return r
}

// Fits tells why threads cannot have the loop, or nil.
func Fits() error { return find().err }
