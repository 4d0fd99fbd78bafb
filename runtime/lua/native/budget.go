package native

import (
	"context"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native/machine"
)

// Limits bound what a state may use from one [Budget.Start] to the next. Zero
// means no limit.
type Limits struct {
	// Instructions of the machine and their like in natives.
	Instructions int64
	// Deadline is when the work must be over, on the clock of the budget.
	Deadline time.Time
	// Memory that the state's live values may take, in bytes.
	Memory int64
}

// MaxDepth is how many natives may call back into Lua inside one another: what
// PUC Lua's LUAI_MAXCCALLS of 200 leaves to a script.
const MaxDepth = 198

// slice is how many instructions pass between two looks at the clock, so that
// what a few of the most expensive ones allocate stays bounded.
const slice = 256

// Budget counts what a state and all of its threads use. It belongs to the
// goroutine that runs the state.
type Budget struct {
	// meter counts down to the next look at the limits.
	meter machine.Meter
	// granted is what was put into the meter since Start.
	granted int64
	depth   int
	limits  Limits
	memory  memory
	now     func() time.Time
	host    context.Context
	dead    error
	main    *vm.LState
	// outer and idle are threads for protected calls: the first the host makes,
	// and those inside.
	outer   *Context
	bottom  *vm.LFunction
	idle    []*Context
	values  map[any]any
	hooks   Hooks
	names   NamesFunc
	library any
}

// Hooks are what the compiler of a state's functions has to say about them.
// Any of them may be nil.
type Hooks struct {
	// Describe puts an error text of the machine into PUC's words. It is
	// called at the point of the error, with the function that raised it on
	// top of l's stack and never with an error that a native raised.
	Describe func(l *vm.LState, message vm.LString) vm.LValue
	// Unwind runs what <close> variables of a thread demand after an error, or
	// with raised nil when the thread is closed from outside. The code runs on
	// l; of th only what it left open is used. It returns the error that
	// stands now, or nil.
	Unwind func(l, th *vm.LState, raised vm.LValue) vm.LValue
	// Helper tells a native that stands for an operator. Lua knows of no call
	// there.
	Helper func(fn *vm.LFunction) bool
}

// SetHooks hands in the compiler's hooks, before the first call.
func (b *Budget) SetHooks(h Hooks) { b.hooks = h }

// SetLibrary keeps the standard library's own data with the state.
func (b *Budget) SetLibrary(data any) { b.library = data }

// Library gives what SetLibrary kept.
func (b *Budget) Library() any { return b.library }

// Clock is the time source a budget is made with; nil is the system's.
type Clock func() time.Time

// Attach gives a fresh state its budget, with no limits yet.
func Attach(l *vm.LState, clock Clock) *Budget {
	b := &Budget{now: clock, host: context.Background(), main: l, granted: slice}
	b.meter = machine.Meter{Left: slice, Spent: b.check}
	b.bottom = &vm.LFunction{IsG: true, GFunction: runBottom}
	if b.now == nil {
		b.now = time.Now
	}
	attach(l, &Context{Budget: b, thread: l, kind: kindMain})
	return b
}

// attach gives a thread its context.
func attach(l *vm.LState, c *Context) {
	l.SetContext(c)
	c.loop = machine.Install(l, &c.meter)
	l.Panic = panicRaise
}

// Count has NOP instructions count in h, on all threads of the state. It comes
// before the first call.
func (b *Budget) Count(h *machine.Hits) { b.meter.Hits = h }

// Start begins a new piece of work: nothing is used up, and the limits hold
// from now on. The host's context ends the work when it is done. A state that
// was stopped stays so.
func (b *Budget) Start(host context.Context, limits Limits) {
	if host == nil {
		host = context.Background()
	}
	b.host, b.limits = host, limits
	b.depth = 0
	b.granted, b.meter.Left = 0, 0
	b.refill()
}

// Used is how many instructions ran since Start.
func (b *Budget) Used() int64 { return b.granted - b.meter.Left }

// Dead is why the state was stopped, or nil.
func (b *Budget) Dead() error { return b.dead }

// Host is the context of the host for calls that wait for something; it ends
// with the deadline where the host says so, and may be used from any goroutine.
func (b *Budget) Host() context.Context { return b.host }

// Deadline is when the work must be over; zero is never.
func (b *Budget) Deadline() time.Time { return b.limits.Deadline }

// Waiting is the host's context with the deadline of the limits, for one call
// that waits for something. Cancel frees it.
func (b *Budget) Waiting() (ctx context.Context, cancel context.CancelFunc) {
	if b.limits.Deadline.IsZero() {
		return context.WithCancel(b.host)
	}
	return context.WithTimeout(b.host, b.limits.Deadline.Sub(b.now()))
}

// Look looks at the limits now: after a call that may have waited for long.
func Look(l *vm.LState) { Step(l, slice+1) }

// Set keeps a value with the state, under a key of the caller's own type.
func (b *Budget) Set(key, value any) {
	if b.values == nil {
		b.values = make(map[any]any, 2)
	}
	b.values[key] = value
}

// Value gives what Set kept, or nil.
func (b *Budget) Value(key any) any { return b.values[key] }

func (b *Budget) stop(err error) {
	if b.dead == nil {
		b.dead = err
	}
	b.meter.Left = 0
}

func (b *Budget) refill() {
	n := int64(slice)
	if limit := b.limits.Instructions; limit > 0 {
		n = min(n, limit-b.granted)
	}
	if n <= 0 {
		return
	}
	b.meter.Left += n
	b.granted += n
}

// check looks at every limit, and refills. It is called when left has run out.
func (b *Budget) check(l *vm.LState) {
	if b.dead != nil {
		Stop(l, b.dead)
	}
	if limit := b.limits.Instructions; limit > 0 && b.granted-b.meter.Left > limit {
		Stop(l, &Limit{Kind: Instructions, Where: nearest(l), Amount: limit})
	}
	if err := b.host.Err(); err != nil {
		kind := Canceled
		if err == context.DeadlineExceeded {
			kind = Deadline
		}
		Stop(l, &Limit{Kind: kind, Where: nearest(l), Cause: context.Cause(b.host)})
	}
	now := b.now()
	if !b.limits.Deadline.IsZero() && now.After(b.limits.Deadline) {
		Stop(l, &Limit{Kind: Deadline, Where: nearest(l), Cause: context.DeadlineExceeded})
	}
	b.memory.instructions(slice)
	b.memory.slow(now)
	if b.limits.Memory > 0 && b.memory.due(b.limits.Memory) && now.After(b.memory.rest) {
		b.measureFor(l, 0)
	}
	b.refill()
}

// Step charges n instructions for work that a native is about to do; natives
// that loop call it now and then.
func Step(l *vm.LState, n int) {
	c, ok := l.Context().(*Context)
	if !ok {
		return
	}
	b := c.Budget
	if b.meter.Left -= int64(n); b.meter.Left < 0 {
		b.settle(l)
	}
}

// settle brings a charge of many instructions at once to the account.
func (b *Budget) settle(l *vm.LState) {
	if over := -b.meter.Left; over > slice {
		if b.limits.Instructions == 0 || b.granted+over <= b.limits.Instructions {
			b.granted += over
			b.meter.Left += over
		}
	}
	b.check(l)
}

// Alloc charges memory that a native is about to take, in bytes, and stops the
// script where there is not so much left. It comes before the allocation.
func Alloc(l *vm.LState, bytes int) {
	c, ok := l.Context().(*Context)
	if !ok || bytes <= 0 {
		return
	}
	b := c.Budget
	b.memory.charged += int64(bytes)
	if b.limits.Memory == 0 {
		return
	}
	if int64(bytes) > b.limits.Memory {
		Stop(l, &Limit{Kind: Memory, Where: nearest(l), Amount: b.limits.Memory})
	}
	if b.memory.due(b.limits.Memory) {
		b.measureFor(l, int64(bytes))
	}
}
