package luapush

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/message"
)

// partCost is about what a part takes besides its fields, in bytes.
const partCost = 1024

// messageParts is message:parts().
func messageParts(l *vm.LState) int {
	m := self[*mail](l, messageObject)
	reading(l, 4*len(m.Raw()))
	parts := m.Parts()
	metatable := l.Get(vm.UpvalueIndex(1))
	list := l.CreateTable(len(parts), 0)
	for i, p := range parts {
		native.Step(l, len(p.Header())/16+1)
		native.Alloc(l, partCost+2*len(p.Header()))
		list.RawSetInt(i+1, newPart(l, metatable, p, m.Raw()))
	}
	l.Push(list)
	return 1
}

// newPart makes the object of a part. What is nil is not set.
func newPart(l *vm.LState, metatable vm.LValue, p *message.Part, text string) *vm.LTable {
	made := object(l, metatable, p, text)
	set := func(name, value string, has bool) {
		if has {
			made.RawSetString(name, vm.LString(value))
		}
	}
	set("type", p.Type(), true)
	set("encoding", p.Encoding(), true)
	for _, name := range []string{"charset", "name"} {
		value, ok := p.Parameter(name)
		set(name, value, ok)
	}
	disposition, filename, hasFilename := p.Disposition()
	set("disposition", disposition, disposition != "")
	set("filename", filename, hasFilename)
	made.RawSetString("size", vm.LNumber(len(p.Raw())))
	made.RawSetString("depth", vm.LNumber(p.Depth()))
	return made
}

var partFunctions = append(headerFunctions(func(l *vm.LState) message.Header {
	return self[*message.Part](l, partObject).Header()
}), []Function{
	{
		Name: "text", Result: "string",
		Doc: "Gives the content without its transfer encoding, of a text in UTF-8. What is not valid in its charset is U+FFFD.",
		run: func(l *vm.LState) int {
			p := self[*message.Part](l, partObject)
			// Decoding takes the content once or twice while it goes on.
			native.Step(l, len(p.Raw())/2+1)
			native.Alloc(l, 2*len(p.Raw()))
			return give(l, p.Text())
		},
	},
	{
		Name: "raw", Result: "string", Doc: "Gives the content as it stands in the message, without the header.",
		run: func(l *vm.LState) int { return give(l, self[*message.Part](l, partObject).Raw()) },
	},
}...)

var partMethods = methods(partFunctions)
