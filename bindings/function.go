package bindings

import (
	"fmt"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/lua/native"
)

// Type is what a parameter takes.
type Type string

// The types of parameters. String and Integer follow Lua's coercions between
// the two; a String ends at its first NUL, since Dovecot takes it as a C
// string, where Bytes are whole.
const (
	String  Type = "string"
	Bytes   Type = "bytes"
	Integer Type = "integer"
	// Flags is an Integer, or an event's list of flags in its place.
	Flags  Type = "flags"
	Truth  Type = "boolean"
	Table  Type = "table"
	Any    Type = "any"
	EventT Type = "event"
)

// Param describes a parameter. Optional ones come last.
type Param struct {
	Name     string
	Type     Type
	Optional bool
}

// Function describes a function or method of the API.
type Function struct {
	// Name is the script's, without what it stands in.
	Name   string
	Params []Param
	// Variadic tells that the last parameter may be given any number of times.
	Variadic bool
	// Uncounted functions do not check how many arguments they get.
	Uncounted bool
	// SelfFirst methods look at self before they count.
	SelfFirst bool
	// Result is what it returns, in words; "" is nothing.
	Result string
	Doc    string
	// Since and Removed bound the releases that have it; zero is no bound.
	Since, Removed dovecot.Release

	run func(c *call) int
}

// has tells whether a release has the function.
func (f *Function) has(r dovecot.Release) bool { return within(r, f.Since, f.Removed) }

func within(r, since, removed dovecot.Release) bool {
	var none dovecot.Release
	if since != none && !r.NotBefore(since) {
		return false
	}
	return removed == none || !r.NotBefore(removed)
}

// call is one call of a function by a script. Arguments are counted as Lua
// counts them: self of a method is number 1.
type call struct {
	*runtime.Session
	l *vm.LState
	// f is what was called, owner what it stands in: "mailbox:", "dovecot.".
	f     *Function
	owner string
	// self is the Go value of the object of a method, first the number of the
	// first argument after it.
	self  any
	first int
}

// function makes the function value for a description. It checks arguments in
// the order in which Dovecot does: their number, self, then each.
func function(owner string, f *Function, self func(c *call) any) *vm.LFunction {
	return &vm.LFunction{IsG: true, GFunction: func(l *vm.LState) int {
		c := call{Session: runtime.From(l), l: l, f: f, owner: owner, first: 1}
		if self != nil {
			c.first = 2
		}
		if !f.SelfFirst {
			c.checkCount()
		}
		if self != nil {
			c.self = self(&c)
		}
		if f.SelfFirst {
			c.checkCount()
		}
		c.checkTypes()
		return f.run(&c)
	}}
}

func (c *call) checkCount() {
	if c.f.Uncounted {
		return
	}
	low, high := c.first-1, c.first-1+len(c.f.Params)
	for _, p := range c.f.Params {
		if !p.Optional {
			low++
		}
	}
	got := c.l.GetTop()
	switch {
	case c.f.Variadic:
		if got < low {
			c.raise("expecting at least 1 parameter")
		}
	case got >= low && got <= high:
	case low == high:
		c.raise(fmt.Sprintf("expected %d arguments, got %d", low, got))
	default:
		c.raise(fmt.Sprintf("expected %d to %d arguments, got %d", low, high, got))
	}
}

func (c *call) checkTypes() {
	for i := range c.f.Params {
		p, n := &c.f.Params[i], c.first+i
		last := n
		if c.f.Variadic && i == len(c.f.Params)-1 {
			last = c.l.GetTop()
		}
		for ; n <= last && n <= c.l.GetTop(); n++ {
			switch p.Type {
			case String, Bytes:
				native.CheckString(c.l, n)
			case Integer:
				native.CheckInteger(c.l, n)
			case Flags:
				c.bits(n)
			case Table:
				native.CheckTable(c.l, n)
			case EventT:
				c.event(n)
			}
		}
	}
}

// raise raises a text as it is, without a position, as Dovecot's own checks
// do. The call's signature goes along as the hint.
func (c *call) raise(text string) {
	c.Explain(text, "the call is "+c.signature())
	native.RaiseValue(c.l, vm.LString(text))
}

// raiseHint raises a text with a hint of its own.
func (c *call) raiseHint(text, hint string) {
	c.Explain(text, hint)
	native.RaiseValue(c.l, vm.LString(text))
}

// crash raises an error where real Dovecot would end the mail process.
func (c *call) crash(text string) {
	c.raiseHint(text, "real Dovecot crashes here, and the mail process with it")
}

// signature writes the call down: mailbox:status(item, …).
func (c *call) signature() string { return c.owner + c.f.Name + c.f.parameters() }

func (f *Function) parameters() string {
	names := make([]string, len(f.Params))
	for i, p := range f.Params {
		names[i] = p.Name
		if p.Optional {
			names[i] = "[" + p.Name + "]"
		}
	}
	if f.Variadic {
		names = append(names, "…")
	}
	return "(" + strings.Join(names, ", ") + ")"
}

// string is an argument as a C string: up to the first NUL.
func (c *call) string(n int) string { return cString(native.CheckString(c.l, n)) }

func cString(s string) string {
	if i := strings.IndexByte(s, 0); i >= 0 {
		return s[:i]
	}
	return s
}

// bytes is the first argument, whole.
func (c *call) bytes() string { return native.CheckString(c.l, 1) }

func (c *call) integer(n int) int64 { return native.CheckInteger(c.l, n) }

// returnSelf returns the object that a method was called on, for chaining.
func (c *call) returnSelf() int {
	c.l.Push(c.l.Get(1))
	return 1
}

func (c *call) returnString(s string) int {
	c.l.Push(vm.LString(s))
	return 1
}

func (c *call) returnNumber(n float64) int {
	c.l.Push(vm.LNumber(n))
	return 1
}

// object is the kind of table with an "item" that stands for a value of
// Dovecot's.
type object struct {
	// structure is Dovecot's name for it, for messages.
	structure string
	// owner stands in front of a method's name: "mailbox:".
	owner string
}

// self finds the Go value of an object argument. A table without one crashes
// Dovecot.
func (o *object) self(c *call) any { return o.argument(c, 1) }

func (o *object) argument(c *call, n int) any {
	t, ok := c.l.Get(n).(*vm.LTable)
	if !ok {
		c.raise(fmt.Sprintf("Bad argument #%d, expected %s got %s", n, o.structure, typeName(c.l, n)))
	}
	if item, ok := t.RawGetString("item").(*vm.LUserData); ok && item.Value != nil {
		return item.Value
	}
	c.crash(fmt.Sprintf("Bad argument #%d, expected %s got a table without its item", n, o.structure))
	return nil
}

// item wraps the Go value of an object.
func item(value any) *vm.LUserData { return &vm.LUserData{Value: value, Metatable: vm.LNil} }

// typeName is the Lua type of an argument, "no value" if it was not given.
func typeName(l *vm.LState, n int) string {
	if n > l.GetTop() {
		return "no value"
	}
	return l.Get(n).Type().String()
}

// functions makes the function values of the methods that a release has.
func (o *object) functions(methods []Function, r dovecot.Release) map[string]*vm.LFunction {
	m := make(map[string]*vm.LFunction, len(methods))
	for i := range methods {
		if f := &methods[i]; f.has(r) {
			m[f.Name] = function(o.owner, f, o.self)
		}
	}
	return m
}
