package check

import (
	"slices"
	"strings"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/cmd/luapush/types"
	"github.com/luapush/luapush/runtime/dovecot"
)

// api is Dovecot's API as package bindings describes it.
type api struct {
	releases []dovecot.Release
	objects  map[string]*bindings.Object
	storage  []bindings.Constant
}

// The objects that are not in bindings.Objects, by the names they have here.
const (
	statusTable  = "status"
	storageTable = "dovecot.storage"
)

// since2319 is when dovecot.http came; before, the dovecot table has no such
// entry at all (dovecot.md §5).
var since2319 = dovecot.At(2, 3, 19)

func newAPI(releases []dovecot.Release) *api {
	x := &api{releases: releases, objects: map[string]*bindings.Object{}, storage: bindings.Constants()}
	objects := types.Objects()
	for i := range objects {
		x.objects[objects[i].Name] = &objects[i]
	}
	return x
}

// isGlobal tells whether Dovecot or Lua's library has a global of that name.
func (x *api) isGlobal(name string) bool {
	_, ok := libraryGlobal(name)
	return ok || name == "dovecot"
}

// member is a named part of an object.
type member struct {
	// functions are the descriptions of a function; several, where releases
	// differ in its arguments.
	functions []*bindings.Function
	value     value
	has       func(dovecot.Release) bool
	since     dovecot.Release
	removed   dovecot.Release
}

// find gives a member of an object.
func (x *api) find(object, name string) (member, bool) {
	switch object {
	case storageTable:
		return x.constant(name)
	case statusTable:
		return statusField(name)
	case "dovecot":
		switch name {
		case "storage":
			return always(objectOf(storageTable)), true
		case "http":
			m := always(objectOf("dovecot.http"))
			m.has = func(r dovecot.Release) bool { return r.NotBefore(since2319) }
			m.since = since2319
			return m, true
		case "base64":
			return x.group("dovecot.base64"), true
		}
	}
	o := x.objects[object]
	if o == nil {
		return member{}, false
	}
	if name == "item" && object != "dovecot" && object != "dovecot.base64" {
		return always(unknown), true
	}
	return find(o, name)
}

func find(o *bindings.Object, name string) (member, bool) {
	var m member
	for i := range o.Functions {
		if f := &o.Functions[i]; f.Name == name {
			m.functions = append(m.functions, f)
		}
	}
	if len(m.functions) > 0 {
		functions := m.functions
		m.value = value{kind: isBuiltin, name: o.Name, member: name}
		m.has = func(r dovecot.Release) bool {
			return slices.ContainsFunc(functions, func(f *bindings.Function) bool { return f.Has(r) })
		}
		m.since, m.removed = functions[0].Since, functions[len(functions)-1].Removed
		return m, true
	}
	for i := range o.Fields {
		if f := &o.Fields[i]; f.Name == name {
			v := typed(f.Type, o.Name+"."+name)
			v.maybeNil = strings.Contains(f.Doc, "nil without")
			return member{value: v, has: f.Has, since: f.Since, removed: f.Removed}, true
		}
	}
	return member{}, false
}

func objectOf(name string) value { return object(name) }

func always(v value) member {
	return member{value: v, has: func(dovecot.Release) bool { return true }}
}

// group is a table of functions, which is there as soon as one of them is.
func (x *api) group(name string) member {
	m := always(objectOf(name))
	functions := x.objects[name].Functions
	m.has = func(r dovecot.Release) bool {
		return slices.ContainsFunc(functions, func(f bindings.Function) bool { return f.Has(r) })
	}
	m.since = functions[0].Since
	return m
}

func (x *api) constant(name string) (member, bool) {
	for i := range x.storage {
		c := &x.storage[i]
		if c.Name != name {
			continue
		}
		m := member{has: c.Has, since: c.Since, removed: c.Removed}
		switch v := c.Value.(type) {
		case string:
			m.value = value{kind: isString, text: v, exact: true}
		case int:
			m.value = value{kind: isFloat, name: storageTable + "." + name, number: float64(v), exact: true}
		}
		return m, true
	}
	return member{}, false
}

func statusField(name string) (member, bool) {
	for _, f := range bindings.StatusFields {
		if f.Name == name {
			return always(typed(f.Type, "status."+name)), true
		}
	}
	switch name {
	case "mailbox":
		return always(value{kind: isString}), true
	case "keywords":
		return always(value{kind: isList, name: "status.keywords", maybeNil: true}), true
	}
	return member{}, false
}

// typed is a value of a type as descriptions name it.
func typed(t, from string) value {
	switch t {
	case "string":
		return value{kind: isString}
	case "number":
		return value{kind: isFloat, name: from}
	case "boolean":
		return value{kind: isBoolean}
	case "list":
		return value{kind: isList, name: from}
	}
	return unknown
}

// names lists what an object has in the releases.
func (x *api) names(object string) []string {
	var names []string
	add := func(name string, has func(dovecot.Release) bool) {
		if slices.ContainsFunc(x.releases, has) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	switch object {
	case storageTable:
		for i := range x.storage {
			add(x.storage[i].Name, x.storage[i].Has)
		}
		return names
	case statusTable:
		names = []string{"mailbox", "keywords"}
		for _, f := range bindings.StatusFields {
			names = append(names, f.Name)
		}
		return names
	case "dovecot":
		names = []string{"http", "storage"}
	}
	o := x.objects[object]
	if o == nil {
		return names
	}
	for i := range o.Functions {
		add(o.Functions[i].Name, o.Functions[i].Has)
	}
	for i := range o.Fields {
		add(o.Fields[i].Name, o.Fields[i].Has)
	}
	return names
}

// result gives what a function of the API returns, by the words of its
// description.
func result(f *bindings.Function, object string, args int) results {
	switch f.Result {
	case "":
		return results{}
	case "string":
		return one(value{kind: isString})
	case "string or nil":
		return one(value{kind: isString, maybeNil: true})
	case "string or nil, for each key":
		var r results
		for range args {
			r.list = append(r.list, value{kind: isString, maybeNil: true})
		}
		return r
	case "integer":
		return one(value{kind: isInteger, status: object == "http response"})
	case "two integers":
		return results{list: []value{{kind: isInteger}, {kind: isInteger}}}
	case "message, or nil and a reason":
		message := objectOf("luapush.message")
		message.maybeNil = true
		return results{list: []value{message, {kind: isString, maybeNil: true}}}
	case "boolean":
		return one(value{kind: isBoolean})
	case "event", "mailbox", "http client":
		return one(objectOf(f.Result))
	case "request", "response":
		return one(objectOf("http " + f.Result))
	case "table":
		if f.Name == "status" {
			return one(objectOf(statusTable))
		}
	}
	return one(unknown)
}

// entryPoints are the functions that Dovecot calls besides those of events.
var entryPoints = []string{
	"script_init", "script_deinit", beginFunction, endFunction,
	"mail_user_created", "mail_user_deinit_pre", "mail_user_deinit",
}

const (
	beginFunction = "dovecot_lua_notify_begin_txn"
	endFunction   = "dovecot_lua_notify_end_txn"
	entryPrefix   = "dovecot_lua_notify_"
	eventPrefix   = entryPrefix + "event_"
)
