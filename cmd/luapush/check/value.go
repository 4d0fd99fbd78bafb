package check

import (
	"github.com/luapush/luapush/runtime/lua/syntax"
	"github.com/luapush/luapush/runtime/mail"
)

// kind is what is known of a value.
type kind uint8

const (
	none     kind = iota // no value has reached the place yet
	anything             // nothing is known, or several kinds are possible
	isNil
	isBoolean
	isInteger
	isFloat // one of Dovecot's numbers: whole, but of Lua's float subtype
	isNumber
	isString
	isTable        // a table that the script made
	isList         // a list of strings in a notification
	isNotification // the table that an event function gets
	isFunction     // a function of the script
	isBuiltin      // a function of Lua's library or of Dovecot's API
	isObject       // an object of Dovecot's API, a module, a library table
	isCode         // what socket.http's request gives second: a status or a message
)

// value is what is known of what an expression gives.
type value struct {
	kind kind
	// name is the object's; of a builtin, the object's it stands in; of a float
	// or a list, where it comes from.
	name   string
	member string // of a builtin
	// text is the string when exact is set, else what it begins with.
	text   string
	exact  bool
	number float64 // the number when exact is set
	events eventSet
	table  *table
	fn     *function
	// maybeNil tells that nil is possible besides; unsure, that anything is.
	maybeNil, unsure bool
	// absent tells that it is a field which a message may lack.
	absent bool
	// status tells that the integer is an HTTP response's.
	status bool
	// hundredth tells that the number is an HTTP status divided by 100.
	hundredth bool
}

var unknown = value{kind: anything}

func object(name string) value { return value{kind: isObject, name: name} }

func (v value) is(object string) bool { return v.kind == isObject && v.name == object }

// truthy tells that the value is certainly neither nil nor false.
func (v value) truthy() bool {
	return v.kind > isBoolean && !v.maybeNil && !v.unsure && v.kind != isCode
}

// eventSet is a set of events, a bit each in the order of mail.EventNames.
type eventSet uint16

// names lists the events of the set.
func (s eventSet) names() []mail.EventName {
	var list []mail.EventName
	for i, name := range mail.EventNames() {
		if s&(1<<i) != 0 {
			list = append(list, name)
		}
	}
	return list
}

// function is a function of the script.
type function struct {
	syntax  *syntax.Function
	results []value
	// open tells that there may be more results than are known; seen, that the
	// body was looked at.
	open, seen, escaped bool
}

// table is what is known of all tables that one constructor makes, and of those
// that share a variable with them.
type table struct {
	joined *table // the table that this one is part of now
	fields map[string]value
	order  []string
	// element is what stands under keys that are no constant strings; named
	// tells that such a key may be a string.
	element value
	named   bool
	// open tells that others may have written into it.
	open bool
}

func (t *table) find() *table {
	for t.joined != nil {
		t = t.joined
	}
	return t
}

// join gives what is known of a value that is one of two.
func (a *analysis) join(x, y value) value {
	switch {
	case x.kind == none || x == y:
		return y
	case y.kind == none:
		return x
	case x.kind == isNil:
		y.maybeNil = true
		return y
	case y.kind == isNil:
		x.maybeNil = true
		return x
	}
	maybeNil, unsure := x.maybeNil || y.maybeNil, x.unsure || y.unsure
	z := a.joinKinds(x, y)
	z.maybeNil, z.unsure = maybeNil, unsure
	return z
}

func (a *analysis) joinKinds(x, y value) value {
	if x.kind == y.kind {
		switch x.kind {
		case isBoolean, isFloat, isList, isNumber:
			x.hundredth = x.hundredth && y.hundredth
			x.exact = x.exact && y.exact && x.number == y.number
			return x
		case isInteger:
			x.exact = x.exact && y.exact && x.number == y.number
			x.status = x.status || y.status
			return x
		case isString:
			if x.text != y.text || !y.exact {
				x.exact = false
			}
			if x.text != y.text {
				x.text = ""
			}
			x.absent = x.absent && y.absent
			return x
		case isNotification:
			x.events |= y.events
			return x
		case isTable:
			a.merge(x.table, y.table)
			return value{kind: isTable, table: x.table.find()}
		case isObject:
			if x.name == y.name {
				return x
			}
		case isFunction:
			if x.fn == y.fn {
				return x
			}
		case isBuiltin:
			if x.name == y.name && x.member == y.member {
				return x
			}
		case isCode:
			return x
		}
	}
	if number(x) && number(y) {
		return value{kind: isNumber}
	}
	a.escape(x)
	a.escape(y)
	return unknown
}

func number(v value) bool { return v.kind == isInteger || v.kind == isFloat || v.kind == isNumber }

// merge makes two tables one.
func (a *analysis) merge(x, y *table) {
	x, y = x.find(), y.find()
	if x == y {
		return
	}
	a.changed = true
	y.joined = x
	for _, name := range y.order {
		a.setField(x, name, y.fields[name])
	}
	a.setElement(x, y.element, y.named)
	x.find().open = x.find().open || y.open
}

// setField notes that a field may hold a value.
func (a *analysis) setField(t *table, name string, v value) {
	t = t.find()
	old, ok := t.fields[name]
	if !ok {
		t.order = append(t.order, name)
	}
	now := a.join(old, v)
	t = t.find() // joining may have merged it
	if before, ok := t.fields[name]; !ok || before != now {
		if t.fields == nil {
			t.fields = map[string]value{}
		}
		t.fields[name] = now
		a.changed = true
	}
}

// setElement notes that a value may stand under a key that is not constant.
func (a *analysis) setElement(t *table, v value, named bool) {
	t = t.find()
	now := a.join(t.element, v)
	t = t.find()
	named = named && v.kind != none
	if t.element != now || named && !t.named {
		t.element, t.named = now, t.named || named
		a.changed = true
	}
}

// field gives what a constant key holds.
func (a *analysis) field(t *table, name string) value {
	t = t.find()
	if t.open {
		return unknown
	}
	v := t.fields[name]
	if t.named {
		v = a.join(v, t.element)
	}
	return v
}

// elements gives what any key may hold; fields are left out for keys that are
// numbers.
func (a *analysis) elements(t *table, fields bool) value {
	t = t.find()
	if t.open {
		return unknown
	}
	v := t.element
	if fields {
		for _, name := range t.order {
			v = a.join(v, t.find().fields[name])
		}
	}
	return v
}

// escape notes that a value reaches code that is not seen: a function may be
// called with anything, a table may be written to.
func (a *analysis) escape(v value) {
	switch v.kind {
	case isFunction:
		if v.fn.escaped {
			return
		}
		v.fn.escaped = true
		a.changed = true
		for _, p := range v.fn.syntax.Params {
			a.setLocal(p, unknown)
		}
	case isTable:
		t := v.table.find()
		if t.open {
			return
		}
		t.open = true
		a.changed = true
		for _, name := range t.order {
			a.escape(t.find().fields[name])
		}
		a.escape(t.find().element)
	case isObject:
		if v.name == globalTable {
			a.dynamic = true
		}
	}
}

// setLocal notes that a variable may hold a value.
func (a *analysis) setLocal(l *syntax.Local, v value) {
	old := a.locals[l]
	now := a.join(old, v)
	if a.locals[l] != now {
		a.locals[l] = now
		a.changed = true
	}
}
