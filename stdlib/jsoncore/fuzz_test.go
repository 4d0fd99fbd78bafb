package jsoncore

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	vm "github.com/yuin/gopher-lua"
)

func newTestTable() *vm.LTable { return &vm.LTable{Metatable: vm.LNil} }

func toTestNumber(text string) (vm.LNumber, bool) {
	number, err := strconv.ParseFloat(text, 64)
	return vm.LNumber(number), err == nil
}

// FuzzDecoders looks for texts that bring a decoder down, for positions outside of the text, and for texts that the
// strict one takes although they are no JSON.
func FuzzDecoders(f *testing.F) {
	for _, seed := range []string{"", "[1,2", `{"a":[true,null]}`, `"\ud83d\ude00\u12"`, "// c\n1", "-", "1e", "[[[", "\xef\xbb\xbf", `{"a" 1}`, "\x00", `"\`, `"\u`, "01"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		strict := &StrictOptions{Null: vm.LFalse, NewObject: newTestTable, NewArray: newTestTable, MaxDepth: 100}
		if _, err := DecodeStrict(text, strict); err == nil {
			if whole, _, _ := strings.Cut(text, "\x00"); !json.Valid([]byte(whole)) {
				t.Errorf("%q is no JSON", text)
			}
		}
		loose := &LooseOptions{Null: vm.LNil, NewObject: newTestTable, NewArray: newTestTable, ToNumber: toTestNumber, MaxDepth: 100}
		for position := 1; position <= min(len(text), 3)+1; position++ {
			_, next, err := DecodeLoose(text, position, loose)
			if fault, ok := err.(*LooseError); ok {
				next = fault.Position
			}
			if next < position || next > len(text)+1 {
				t.Errorf("%q from %d: position %d", text, position, next)
			}
		}
		plain := &PlainOptions{NewObject: newTestTable, NewArray: newTestTable, ToNumber: toTestNumber, MaxDepth: 100}
		if _, err := DecodePlain(text, plain); err != nil {
			if fault := err.(*PlainError); fault.Position < 0 || fault.Position > len(text)+1 {
				t.Errorf("%q: position %d", text, fault.Position)
			}
		} else if text == "" {
			t.Error("nothing was decoded")
		}
	})
}
