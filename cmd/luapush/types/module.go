package types

import (
	"strings"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/stdlib/luapush"
)

// Objects are those of Dovecot's API, and after them the module "luapush" and
// its objects, described in the same way.
func Objects() []bindings.Object {
	list := bindings.Objects()
	for _, o := range luapush.Objects() {
		described := bindings.Object{Name: o.Name, Methods: o.Methods}
		for _, f := range o.Functions {
			described.Functions = append(described.Functions, function(f))
		}
		for _, f := range o.Fields {
			described.Fields = append(described.Fields, bindings.Field{Name: f.Name, Type: f.Type, Doc: f.Doc})
		}
		list = append(list, described)
	}
	return list
}

func function(f luapush.Function) bindings.Function {
	made := bindings.Function{Name: f.Name, Result: f.Result, Doc: f.Doc}
	for _, p := range f.Params {
		kind := bindings.Bytes
		if p.Type == "integer" {
			kind = bindings.Integer
		}
		made.Params = append(made.Params, bindings.Param{Name: p.Name, Type: kind})
	}
	return made
}

// OfModule tells of the module "luapush" and its objects, which Dovecot does not
// have.
func OfModule(object string) bool {
	return object == luapush.Name || strings.HasPrefix(object, luapush.Name+".")
}
