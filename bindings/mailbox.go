package bindings

import (
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/mail"
)

// mailbox is what a mailbox object stands for.
type mailbox struct {
	vname         string
	readOnly      bool
	opened, freed bool
}

var mailboxObject = object{structure: "struct mailbox", owner: "mailbox:"}

// mailboxMethods describes the methods of a mailbox (dovecot.md §6.2).
func mailboxMethods() []Function {
	return append([]Function{
		{
			Name: "open", Doc: "Opens the mailbox; an error if that is not possible.",
			run: func(c *call) int {
				m := c.mailbox()
				c.open(m, "mailbox_open")
				return 0
			},
		},
		{
			Name: "close", Doc: "Closes the mailbox; it can be opened again.",
			run: func(c *call) int { c.mailbox().opened = false; return 0 },
		},
		{
			Name: "sync", Params: []Param{{Name: "flags", Type: Integer, Optional: true}},
			Doc: "Brings the mailbox up to date, and opens it if needed.",
			run: func(c *call) int {
				m := c.mailbox()
				c.open(m, "mailbox_sync")
				return 0
			},
		},
		{
			Name: "status", SelfFirst: true, Params: []Param{{Name: "item", Type: Integer}}, Variadic: true, Result: "table",
			Doc: "Gives the counters asked for by the dovecot.storage.STATUS_ constants. What was not asked for is 0 or false.",
			run: mailboxStatus,
		},
		{
			Name: "free", Doc: "Closes the mailbox for good. A second free does nothing; anything else afterwards crashes Dovecot.",
			run: freeMailbox,
		},
	}, metadataMethods(mailboxMetadata{})...)
}

// pushMailbox makes a mailbox object.
func pushMailbox(c *call, vname string, flags int64) int {
	st := stateOf(c.Session)
	if st.mailboxMeta == nil {
		st.mailboxMeta = methods(c.l, mailboxObject.structure, st.lib.mailbox)
		st.mailboxMeta.RawSetString("__tostring", mailboxToString)
		st.mailboxMeta.RawSetString("__eq", mailboxEqual)
		st.mailboxMeta.RawSetString("__lt", mailboxLess)
		st.mailboxMeta.RawSetString("__le", mailboxLessOrEqual)
	}
	if strings.EqualFold(vname, "INBOX") {
		vname = "INBOX"
	}
	t := c.l.CreateTable(0, 3)
	t.Metatable = st.mailboxMeta
	t.RawSetString("item", item(&mailbox{vname: vname, readOnly: flags&flagReadOnly != 0}))
	t.RawSetString("name", vm.LString(c.Store().StorageName(vname)))
	t.RawSetString("vname", vm.LString(vname))
	c.l.Push(t)
	return 1
}

// mailbox is the mailbox a method was called on, which must not be freed.
func (c *call) mailbox() *mailbox {
	m, ok := c.self.(*mailbox)
	if !ok {
		c.crash("the method was called on another kind of object")
	}
	if m.freed {
		c.crash("the mailbox " + m.vname + " was used after free()")
	}
	return m
}

// open opens the mailbox if it is not open, or raises the error of the
// function of Dovecot that is named, if one is.
func (c *call) open(m *mailbox, function string) {
	if _, err := c.lookUp(m); err != nil {
		prefix := ""
		if function != "" {
			prefix = function + "(" + m.vname + ") failed: "
		}
		c.refuse(prefix, err)
	}
	m.opened = true
}

// lookUp asks the store for the mailbox, after the checks of names that
// Dovecot makes before it looks.
func (c *call) lookUp(m *mailbox) (*mail.Mailbox, error) {
	if reason := badName(m.vname, c.Store().Separator()); reason != "" {
		return nil, &nameError{reason}
	}
	return c.Store().Mailbox(m.vname)
}

type nameError struct{ reason string }

func (e *nameError) Error() string { return e.reason }

// badName says what is wrong with a mailbox name, in Dovecot's words. The
// separator is the storage's own, which a name must not contain unless it is
// the one that users see.
func badName(name, separator string) string {
	const seen = "/"
	switch {
	case name == "":
		return "Invalid mailbox name: Name is empty"
	case separator != seen && strings.Contains(name, separator):
		return "Character not allowed in mailbox name: '" + separator + "'"
	case strings.HasPrefix(name, "~"):
		return "Invalid mailbox name: Begins with '~'"
	case strings.HasPrefix(name, seen):
		return "Invalid mailbox name: Begins with hierarchy separator"
	case strings.HasSuffix(name, seen):
		return "Invalid mailbox name: Ends with hierarchy separator"
	case strings.Contains(name, seen+seen):
		return "Invalid mailbox name: Has adjacent hierarchy separators"
	}
	return ""
}

func freeMailbox(c *call) int {
	m, ok := c.self.(*mailbox)
	if !ok {
		c.crash("the method was called on another kind of object")
	}
	m.freed, m.opened = true, false
	return 0
}

// mailboxPair is the two mailboxes of a comparison.
func mailboxPair(l *vm.LState) (a, b string) {
	c := call{Session: runtime.From(l), l: l}
	first, ok1 := mailboxObject.argument(&c, 1).(*mailbox)
	second, ok2 := mailboxObject.argument(&c, 2).(*mailbox)
	if !ok1 || !ok2 {
		c.crash("a mailbox was compared with something else")
	}
	return first.vname, second.vname
}

func mailboxComparison(compare func(a, b string) bool) *vm.LFunction {
	return &vm.LFunction{IsG: true, GFunction: func(l *vm.LState) int {
		a, b := mailboxPair(l)
		l.Push(vm.LBool(compare(a, b)))
		return 1
	}}
}

// Ordering two mailboxes crashes Dovecot; luapush compares their names.
var (
	mailboxToString = &vm.LFunction{IsG: true, GFunction: func(l *vm.LState) int {
		c := call{Session: runtime.From(l), l: l}
		m, ok := mailboxObject.argument(&c, 1).(*mailbox)
		if !ok {
			c.crash("tostring was given another kind of object")
		}
		return c.returnString(m.vname)
	}}
	mailboxEqual       = mailboxComparison(func(a, b string) bool { return a == b })
	mailboxLess        = mailboxComparison(func(a, b string) bool { return a < b })
	mailboxLessOrEqual = mailboxComparison(func(a, b string) bool { return a <= b })
)
