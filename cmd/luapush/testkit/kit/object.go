package kit

import (
	"slices"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/value"
	"github.com/luapush/luapush/runtime/lua/native"
)

// fieldsOf is what an object answers besides its methods.
type fieldsOf interface {
	// field gives a field, nil for one that it does not have.
	field(name string) vm.LValue
	// names are those of the fields, for messages.
	names() []string
}

// object makes a userdata that stands for a value, with methods and fields.
func (f *File) object(v any, kind string, methods map[string]vm.LGFunction) *vm.LUserData {
	meta := f.metas[kind]
	if meta == nil {
		functions := make(map[string]*vm.LFunction, len(methods))
		known := make([]string, 0, len(methods))
		for name, fn := range methods {
			functions[name] = &vm.LFunction{IsG: true, GFunction: fn}
			known = append(known, name)
		}
		slices.Sort(known)
		meta = table("__name", kind, "__metatable", false)
		meta.RawSetString("__index", &vm.LFunction{IsG: true, GFunction: func(l *vm.LState) int {
			return index(l, kind, functions, known)
		}})
		f.metas[kind] = meta
	}
	return &vm.LUserData{Value: v, Metatable: meta}
}

func index(l *vm.LState, kind string, functions map[string]*vm.LFunction, known []string) int {
	name := vm.LVAsString(l.Get(2))
	if fn, ok := functions[name]; ok {
		l.Push(fn)
		return 1
	}
	ud, ok := l.Get(1).(*vm.LUserData)
	if !ok {
		native.Raise(l, "the %s is no %s", l.Get(1).Type(), kind)
	}
	fields, ok := ud.Value.(fieldsOf)
	if ok {
		if v := fields.field(name); v != nil {
			l.Push(v)
			return 1
		}
		known = append(fields.names(), known...)
	}
	native.Raise(l, "a %s has nothing called %s; %s", kind, value.Quote(name), value.Meant(name, known))
	return 0
}
