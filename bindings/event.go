package bindings

import (
	"strings"
	"time"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/trace"
)

// event is an event of a script (dovecot.md §4): what its next log line says
// besides its message.
type event struct {
	// parent is the event it inherits from; nil for the script's own.
	parent *event
	// prefix stands in front of messages, after those of the ancestors, or
	// instead of them and of the process prefix when replace is set.
	prefix  string
	replace bool
	// name is for the next log line only.
	name   string
	fields []trace.Field
	// debug writes debug lines whatever mail_debug says (2.4.1).
	debug bool
	// single marks a pass-through event, spent one that was logged, and
	// script and line where it was made.
	single, spent bool
	script        string
	line          int
}

var keyAndValue = []Param{{Name: "key", Type: String}, {Name: "value", Type: String}}

var since241 = dovecot.At(2, 4, 1)

var eventObject = object{structure: "struct event", owner: "event:"}

// eventMethods describes the methods of an event (dovecot.md §4).
func eventMethods() []Function {
	prefix := []Param{{Name: "prefix", Type: String}}
	return []Function{
		{
			Name: "append_log_prefix", Params: prefix, Result: "event",
			Doc: "Sets what stands in front of this event's messages, after its ancestors' prefixes. A second call replaces the first.",
			run: func(c *call) int {
				e := c.live()
				e.prefix, e.replace = c.string(2), false
				return c.returnSelf()
			},
		},
		{
			Name: "replace_log_prefix", Params: prefix, Result: "event",
			Doc: "Sets what stands in front of messages instead of all ancestors' prefixes and the process's own.",
			run: func(c *call) int {
				e := c.live()
				e.prefix, e.replace = c.string(2), true
				return c.returnSelf()
			},
		},
		{
			Name: "set_always_log_source", Result: "event",
			Doc: "Marks the event for exporters. It does not change log lines.",
			run: func(c *call) int { c.live(); return c.returnSelf() },
		},
		{
			Name: "set_name", Params: []Param{{Name: "name", Type: String}}, Result: "event",
			Doc: "Names the next log call, and only that one, also when it is a log_debug that is not written.",
			run: func(c *call) int { c.live().name = c.string(2); return c.returnSelf() },
		},
		{
			Name: "add_str", Params: keyAndValue, Result: "event", Doc: "Sets a field to a text.",
			run: func(c *call) int { c.live().set(c.string(2), c.string(3)); return c.returnSelf() },
		},
		{
			Name: "add_int", Params: []Param{{Name: "key", Type: String}, {Name: "value", Type: Integer}}, Result: "event",
			Doc: "Sets a field to a whole number.",
			run: func(c *call) int { c.live().set(c.string(2), c.integer(3)); return c.returnSelf() },
		},
		{
			Name: "add_timeval", Params: []Param{{Name: "key", Type: String}, {Name: "seconds", Type: Integer}}, Result: "event",
			Doc: "Sets a field to a time, given in seconds since 1970 UTC.",
			run: func(c *call) int {
				c.live().set(c.string(2), time.Unix(c.integer(3), 0).UTC())
				return c.returnSelf()
			},
		},
		{
			Name: "inc_int", Params: []Param{{Name: "key", Type: String}, {Name: "difference", Type: Integer}}, Result: "event",
			Doc: "Adds to a number field, which begins at 0.",
			run: func(c *call) int {
				e, key := c.live(), c.string(2)
				var old int64
				if i := e.index(key); i >= 0 {
					old, _ = e.fields[i].Value.(int64)
				}
				e.set(key, old+c.integer(3))
				return c.returnSelf()
			},
		},
		{
			Name: "log_debug", Params: message, Result: "event",
			Doc: "Logs a debug line, which is written only with mail_debug (or a filter of log_debug). It uses up the name all the same.",
			run: func(c *call) int { return c.logEvent(trace.Debug) },
		},
		{
			Name: "log_info", Params: message, Result: "event", Doc: "Logs an info line.",
			run: func(c *call) int { return c.logEvent(trace.Info) },
		},
		{
			Name: "log_warning", Params: message, Result: "event", Doc: "Logs a warning.",
			run: func(c *call) int { return c.logEvent(trace.Warning) },
		},
		{
			Name: "log_error", Params: message, Result: "event", Doc: "Logs an error.",
			run: func(c *call) int { return c.logEvent(trace.Fault) },
		},
		{
			Name: "passthrough_event", Result: "event",
			Doc: "Makes an event for a single log call, which must follow before the next pass-through event is made.",
			run: passThrough,
		},
		{
			Name: "set_forced_debug", Since: since241, Result: "event",
			Doc: "Has debug lines of this event written always.",
			run: func(c *call) int { c.live().debug = true; return c.returnSelf() },
		},
		{
			Name: "unset_forced_debug", Since: since241, Result: "event",
			Doc: "Takes set_forced_debug back.",
			run: func(c *call) int { c.live().debug = false; return c.returnSelf() },
		},
	}
}

// event is an argument that must be an event.
func (c *call) event(n int) *event {
	e, ok := eventObject.argument(c, n).(*event)
	if !ok {
		c.crash("the object given is no event")
	}
	return e
}

// live is the event a method was called on, which must not be spent.
func (c *call) live() *event {
	e, ok := c.self.(*event)
	if !ok {
		c.crash("the method was called on another kind of object")
	}
	if e.spent {
		c.crash("a pass-through event was used again after its log call")
	}
	return e
}

func (e *event) index(key string) int {
	for i := range e.fields {
		if e.fields[i].Key == key {
			return i
		}
	}
	return -1
}

// set keeps the order in which fields were first set.
func (e *event) set(key string, value any) {
	if i := e.index(key); i >= 0 {
		e.fields[i].Value = value
		return
	}
	e.fields = append(e.fields, trace.Field{Key: key, Value: value})
}

// text puts the prefixes in front of a message, and tells whether one of them
// replaces the process prefix.
func (e *event) text(message string) (text string, replaced bool) {
	if e.parent == nil {
		return e.prefix + message, false
	}
	prefixes := []string{message}
	for ; e != nil; e = e.parent {
		prefixes = append(prefixes, e.prefix)
		if e.replace {
			replaced = true
			break
		}
	}
	var b strings.Builder
	for i := len(prefixes) - 1; i >= 0; i-- {
		b.WriteString(prefixes[i])
	}
	return b.String(), replaced
}

// all gives the event's own fields and then those it inherits.
func (e *event) all() []trace.Field {
	if e.parent == nil || len(e.parent.fields) == 0 && e.parent.parent == nil {
		return append([]trace.Field(nil), e.fields...)
	}
	fields := append([]trace.Field(nil), e.fields...)
	for p := e.parent; p != nil; p = p.parent {
		for _, f := range p.fields {
			if (&event{fields: fields}).index(f.Key) < 0 {
				fields = append(fields, f)
			}
		}
	}
	return fields
}

func (c *call) logEvent(level trace.Level) int {
	e := c.live()
	text, replaced := e.text(c.string(2))
	script, line := runtime.Caller(c.l)
	c.Emit(&trace.Log{
		Txn: c.Number(), Level: level, Message: text, Event: e.name, Fields: e.all(), Replaced: replaced,
		Suppressed: level == trace.Debug && !c.Debug() && !e.forced(), Script: script, Line: line,
	})
	e.name = ""
	if e.single {
		e.spent = true
		if st := stateOf(c.Session); st.passing == e {
			st.passing = nil
		}
	}
	return c.returnSelf()
}

func (e *event) forced() bool {
	for ; e != nil; e = e.parent {
		if e.debug {
			return true
		}
	}
	return false
}

func newEvent(c *call) int {
	st := stateOf(c.Session)
	parent := st.root
	if c.l.GetTop() > 0 {
		parent = c.event(1)
	}
	return c.pushEvent(&event{parent: parent}, false)
}

func passThrough(c *call) int {
	e, st := c.live(), stateOf(c.Session)
	if st.passing != nil {
		if !c.Release().AtLeast(2, 4, 3) {
			c.crash("a pass-through event was made before the one of line " + decimal(st.passing.line) + " was logged")
		}
		st.leak(c.Session)
	}
	script, line := runtime.Caller(c.l)
	st.passing = &event{parent: e, single: true, script: script, line: line, name: e.name}
	return c.pushEvent(st.passing, true)
}

// leak reports a pass-through event that was never logged.
func (st *state) leak(s *runtime.Session) {
	e := st.passing
	st.passing = nil
	s.Emit(&trace.Log{
		Txn: s.Number(), Level: trace.Fault, Script: e.script, Line: e.line,
		Message: "Passthrough event leaked by Lua script at " + e.script + ":" + decimal(e.line),
	})
}

func (c *call) pushEvent(e *event, single bool) int {
	st := stateOf(c.Session)
	meta := &st.eventMeta
	name, functions := eventObject.structure, st.lib.event
	if single {
		meta, name, functions = &st.passingMeta, "struct event_passthrough", st.lib.passing
	}
	if *meta == nil {
		*meta = methods(c.l, name, functions)
	}
	t := c.l.CreateTable(0, 1)
	t.RawSetString("item", item(e))
	t.Metatable = *meta
	c.l.Push(t)
	return 1
}
