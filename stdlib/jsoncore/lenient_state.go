package jsoncore

import (
	"errors"
	"fmt"

	vm "github.com/yuin/gopher-lua"
)

var (
	errMissingKey   = errors.New("Missing key value")
	errNoValue      = errors.New("Previous value not set")
	errTwoValues    = errors.New("Value set when one already in slot")
	errKeyInArray   = errors.New("Cannot set key on array")
	errUnclosed     = errors.New("Unclosed elements present")
	errNotContainer = errors.New("Initial value not an object or array")
	// Outside all elements lua-json runs into errors of Lua's own.
	errOutside    = errors.New("attempt to index a nil value (field 'active')")
	errOutsideEnd = errors.New("bad argument #1 to 'next' (table expected, got nil)")
)

// lenientFrame is an element under construction. table is nil outside all of them.
type lenientFrame struct {
	table    *vm.LTable
	isObject bool
	// count is how many elements an array has, holes how many of them are nil.
	count, holes int
	key          vm.LValue // nil when there is none
}

// lenientState is lua-json's machine: it holds one value and puts it where the next mark says. It does not check that
// brackets match, so neither does this.
type lenientState struct {
	*LenientOptions
	lenientFrame
	stack       []lenientFrame
	previous    vm.LValue
	previousSet bool
}

func (s *lenientState) take(token lenientToken) error {
	switch token.kind {
	case lenientValue:
		return s.setValue(token.value)
	case lenientIdentifier:
		if err := s.setValue(token.value); err != nil {
			return err
		}
		return s.setKey()
	case '[', '{':
		return s.open(token.kind == '{')
	case ':':
		return s.setKey()
	case ',':
		return s.put(false)
	case ']':
		return s.endArray()
	default: // '}'
		return s.endObject()
	}
}

func (s *lenientState) setValue(value vm.LValue) error {
	if s.previousSet {
		return errTwoValues
	}
	s.previous, s.previousSet = value, true
	return nil
}

// grab takes the value that was held; with empty, a missing one is undefined or null.
func (s *lenientState) grab(empty bool) (vm.LValue, error) {
	if !s.previousSet {
		if !empty {
			return nil, errNoValue
		}
		if s.AllowUndefined {
			return s.Undefined, nil
		}
		return s.Null, nil
	}
	s.previousSet = false
	return s.previous, nil
}

func (s *lenientState) open(object bool) error {
	if len(s.stack) >= s.MaxDepth {
		return fmt.Errorf("Too many nested elements (%d)", len(s.stack)+1)
	}
	s.stack = append(s.stack, s.lenientFrame)
	s.lenientFrame = lenientFrame{isObject: object}
	if object {
		s.table = s.NewObject()
	} else {
		s.table = s.NewArray()
	}
	s.previous, s.previousSet = vm.LNil, false
	return nil
}

// close makes the element that just ended the value that is held.
func (s *lenientState) close() {
	s.previous, s.previousSet = s.table, true
	s.lenientFrame = s.stack[len(s.stack)-1]
	s.stack = s.stack[:len(s.stack)-1]
}

func (s *lenientState) setKey() error {
	if !s.isObject {
		return errKeyInArray
	}
	key, err := s.grab(false)
	if err != nil {
		return err
	}
	switch key.(type) {
	case vm.LString:
	case vm.LNumber:
		if !s.ObjectNumber {
			return errors.New("As configured, a key must be a string")
		}
	default:
		if s.ObjectNumber {
			return errors.New("As configured, a key must be a number or string")
		}
		return errors.New("As configured, a key must be a string")
	}
	s.key = key
	return nil
}

// put stores the value that is held; trailing says that the element ends here.
func (s *lenientState) put(trailing bool) error {
	if s.isObject {
		return s.putField(trailing)
	}
	if s.table == nil {
		return errOutside
	}
	if trailing && !s.previousSet && s.ArrayTrailing {
		return nil
	}
	value, err := s.grab(s.ArrayEmpty)
	if err != nil {
		return err
	}
	s.count++
	if value == vm.LNil {
		s.holes++
	}
	s.table.RawSetInt(s.count, value)
	return nil
}

func (s *lenientState) putField(trailing bool) error {
	if s.key == nil {
		if trailing && s.ObjectTrailing {
			return nil
		}
		return errMissingKey
	}
	value, err := s.grab(s.ObjectEmpty)
	if err != nil {
		return err
	}
	key := s.key
	s.key = nil
	return s.SetObjectKey(s.table, key, value)
}

func (s *lenientState) endArray() error {
	if s.previousSet || s.table == nil || s.isObject || s.count != 0 {
		if err := s.put(true); err != nil {
			return err
		}
	}
	if s.isObject {
		// An object that ends with ] is taken for an array of the length "object".
		s.table.RawSetString("n", vm.LString("object"))
	} else if s.holes > 0 {
		s.table.RawSetString("n", vm.LNumber(s.count))
	}
	s.close()
	return nil
}

func (s *lenientState) endObject() error {
	if s.table == nil && s.key == nil && !s.previousSet {
		return errOutsideEnd
	}
	nonEmpty := false
	if s.table != nil {
		first, _ := s.table.Next(vm.LNil)
		nonEmpty = first != vm.LNil
	}
	if s.key != nil || s.previousSet || nonEmpty {
		if err := s.put(true); err != nil {
			return err
		}
	}
	s.close()
	return nil
}

// finish returns the value of the whole text.
func (s *lenientState) finish() (vm.LValue, error) {
	if _, isTable := s.previous.(*vm.LTable); s.InitialObject && !isTable {
		return nil, errNotContainer
	}
	if len(s.stack) != 0 {
		return nil, errUnclosed
	}
	return s.previous, nil
}
