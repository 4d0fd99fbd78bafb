// Package luapush is the module "luapush" of scripts: what luapush gives them and
// Dovecot does not, above all the text of messages.
//
// A script that shall run in Dovecot, too, asks for it first:
//
//	local ok, luapush = pcall(require, "luapush")
//
// Arguments are checked by the descriptions that [Objects] gives, from which the
// documentation is made as well. The functions are shared by all states; what
// belongs to one state is in its tables. The module must not change a message,
// must not reach further than the session's store, and charges the state for
// what it reads and makes.
package luapush

import (
	"runtime/debug"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// Name is what a script requires.
const Name = "luapush"

// Open is the loader of the module.
func Open(l *vm.LState) int {
	// The functions that make objects have the objects' metatables as up-values.
	part, message := metatable(l, partObject, partMethods), metatable(l, messageObject, messageMethods)
	index := message.RawGetString("__index").(*vm.LTable)
	index.RawSetString("parts", l.NewClosure(messageMethods["parts"].GFunction, part))
	module := l.CreateTable(0, 2)
	module.RawSetString("version", vm.LString(version()))
	module.RawSetString("message", l.NewClosure(findChecked, message))
	l.Push(module)
	return 1
}

// version is the version of the program, or "development".
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "development"
}

// metatable makes the metatable of a kind of object.
func metatable(l *vm.LState, name string, methods map[string]*vm.LFunction) *vm.LTable {
	index := l.CreateTable(0, len(methods)+1)
	for name, fn := range methods {
		index.RawSetString(name, fn)
	}
	made := l.CreateTable(0, 2)
	made.RawSetString("__name", vm.LString(name))
	made.RawSetString("__index", index)
	return made
}

// object makes a table that stands for a Go value. The text that the value holds
// on to is where the state's memory is measured.
func object(l *vm.LState, metatable vm.LValue, value any, text string) *vm.LTable {
	held := l.CreateTable(1, 0)
	held.Append(vm.LString(text))
	made := l.CreateTable(0, 8)
	made.Metatable = metatable
	made.RawSetString("item", &vm.LUserData{Value: value, Env: held, Metatable: vm.LNil})
	return made
}

// self gives the Go value of the object that a method was called on.
func self[T any](l *vm.LState, name string) T {
	if table, ok := l.Get(1).(*vm.LTable); ok {
		if item, ok := table.RawGetString("item").(*vm.LUserData); ok {
			if value, ok := item.Value.(T); ok {
				return value
			}
		}
	}
	native.TypeError(l, 1, name)
	var none T
	return none
}

// reading charges for looking at that many bytes.
func reading(l *vm.LState, bytes int) { native.Step(l, bytes/16+1) }

// give pushes a text and charges for it.
func give(l *vm.LState, text string) int {
	native.Alloc(l, len(text))
	l.Push(vm.LString(text))
	return 1
}

// giveList pushes a list of texts.
func giveList(l *vm.LState, texts []string) int {
	list := l.CreateTable(len(texts), 0)
	for i, text := range texts {
		native.Alloc(l, len(text)+16)
		list.RawSetInt(i+1, vm.LString(text))
	}
	l.Push(list)
	return 1
}
