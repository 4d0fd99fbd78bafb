package luapush

import (
	"errors"
	"math"
	"strconv"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/message"
	"github.com/luapush/luapush/runtime/store"
)

// find is luapush.message(mailbox, uid).
var find = Function{
	Name: "message", Params: []Param{{"mailbox", "string"}, {"uid", "integer"}}, Result: "message, or nil and a reason",
	Doc: "Gives the text of a message, or nil and a reason where the recording or the store does not have it.",
	run: findMessage,
}

var findChecked = find.checked(false)

// mail is what a message object stands for. The header is found once.
type mail struct {
	*message.Message
	header message.Header
}

func findMessage(l *vm.LState) int {
	mailbox, uid := native.CheckString(l, 1), native.CheckInteger(l, 2)
	refuse := func(reason string) int {
		l.Push(vm.LNil)
		l.Push(vm.LString(reason))
		return 2
	}
	name := "the text of message " + strconv.FormatInt(uid, 10) + " in " + strconv.Quote(mailbox)
	if uid < 1 || uid > math.MaxUint32 {
		return refuse(name + " cannot be found: a uid is 1 to 4294967295")
	}
	text, err := runtime.From(l).Store().Message(mailbox, uint32(uid))
	if err != nil {
		return refuse(name + " cannot be read: " + reasonOf(err))
	}
	if !text.Set {
		return refuse(name + ` is not there: neither the recording (under "messages") nor the store has it`)
	}
	native.Alloc(l, 256)
	made := &mail{Message: message.New(text.Value)}
	table := object(l, l.Get(vm.UpvalueIndex(1)), made, text.Value)
	table.RawSetString("mailbox", vm.LString(mailbox))
	table.RawSetString("uid", vm.LNumber(uid))
	l.Push(table)
	return 1
}

// reasonOf is an error of a store with what to do about it.
func reasonOf(err error) string {
	var refused *store.Error
	if errors.As(err, &refused) && refused.Hint != "" {
		return refused.Text + "; " + refused.Hint
	}
	return err.Error()
}

var messageFunctions = append(headerFunctions(func(l *vm.LState) message.Header {
	m := self[*mail](l, messageObject)
	if m.header == "" {
		m.header = m.Message.Header()
	}
	return m.header
}), []Function{
	{
		Name: "size", Result: "two integers",
		Doc: "Gives the bytes of header and body as they are stored, and with CR LF at the end of each line.",
		run: func(l *vm.LState) int {
			m := self[*mail](l, messageObject)
			reading(l, len(m.Raw()))
			physical, virtual := m.Size()
			l.Push(vm.LNumber(physical))
			l.Push(vm.LNumber(virtual))
			return 2
		},
	},
	{
		Name: "text", Result: "string", Doc: "Gives the whole message as the storage has it.",
		run: func(l *vm.LState) int { return give(l, self[*mail](l, messageObject).Raw()) },
	},
	{
		Name: "parts", Result: "list of parts",
		Doc: "Gives all parts of the MIME tree, each before those in it; the message itself comes first.",
		run: messageParts,
	},
}...)

var messageMethods = methods(messageFunctions)

// headerFunctions are the methods of what has a header.
func headerFunctions(of func(l *vm.LState) message.Header) []Function {
	name := []Param{{"name", "string"}}
	return []Function{
		{
			Name: "header", Params: name, Result: "string or nil",
			Doc: "Gives the first header field of that name, in any case: its text as it stands there, folded by LF and encoded; nil without one.",
			run: func(l *vm.LState) int {
				header := of(l)
				reading(l, len(header))
				value, ok := header.First(native.CheckString(l, 2))
				if !ok {
					l.Push(vm.LNil)
					return 1
				}
				return give(l, value)
			},
		},
		{
			Name: "headers", Params: name, Result: "list of strings",
			Doc: "Gives all header fields of that name in their order, like header; an empty list without any.",
			run: func(l *vm.LState) int {
				header := of(l)
				reading(l, len(header))
				// Many short fields take more as a list than in the text.
				native.Alloc(l, 4*len(header))
				return giveList(l, header.All(native.CheckString(l, 2)))
			},
		},
	}
}
