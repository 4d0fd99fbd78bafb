package luapush

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// Object describes a kind of value, for those who document or check scripts.
type Object struct {
	// Name is "luapush" for the module itself, else how error messages call it.
	Name string
	// Methods tells that the functions are called with a colon.
	Methods   bool
	Functions []Function
	Fields    []Field
}

// Function describes a function or method.
type Function struct {
	// Name is the script's, without what it stands in.
	Name   string
	Params []Param
	// Result is what it returns, in words.
	Result string
	Doc    string

	run vm.LGFunction
}

// Param describes a parameter. Type is "string" or "integer".
type Param struct{ Name, Type string }

// Field describes a field. Type is "string" or "number".
type Field struct{ Name, Type, Doc string }

// The names of the objects.
const (
	messageObject = "luapush.message"
	partObject    = "luapush.part"
)

// Objects describes the module and its objects.
func Objects() []Object {
	return []Object{
		{Name: Name, Functions: []Function{find}, Fields: []Field{{"version", "string", "The version of luapush."}}},
		{Name: messageObject, Methods: true, Functions: messageFunctions, Fields: []Field{
			{"mailbox", "string", "The mailbox that was asked for."},
			{"uid", "number", "The message's number in it."},
		}},
		{Name: partObject, Methods: true, Functions: partFunctions, Fields: []Field{
			{"type", "string", "The media type in lower case; text/plain where the part names none."},
			{"charset", "string", "The charset as the part names it; nil without one."},
			{"name", "string", "The name that the Content-Type gives, in UTF-8; nil without one."},
			{"disposition", "string", "The Content-Disposition in lower case, such as attachment; nil without one."},
			{"filename", "string", "The file's name that the Content-Disposition gives, in UTF-8; nil without one."},
			{"encoding", "string", "The transfer encoding in lower case; 7bit where the part names none."},
			{"size", "number", "The bytes of the content as it stands in the message."},
			{"depth", "number", "0 for the message itself, 1 for the parts in it, and so on."},
		}},
	}
}

// checked makes a Go function that checks the arguments first. With a method, the
// object is argument 1, and the method looks at it itself.
func (f *Function) checked(method bool) vm.LGFunction {
	first := 1
	if method {
		first = 2
	}
	return func(l *vm.LState) int {
		for i, p := range f.Params {
			if p.Type == "integer" {
				native.CheckInteger(l, first+i)
			} else {
				native.CheckString(l, first+i)
			}
		}
		return f.run(l)
	}
}

// methods makes the function values of an object.
func methods(list []Function) map[string]*vm.LFunction {
	made := make(map[string]*vm.LFunction, len(list))
	for i := range list {
		made[list[i].Name] = &vm.LFunction{IsG: true, GFunction: list[i].checked(true)}
	}
	return made
}
