package doveadm

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/luapush/luapush/runtime/mail"
)

// refusal is an error element of an answer.
type refusal struct {
	kind     string
	exitCode int
}

// readReply reads the answer to a request of one command: an array with the
// element ["doveadmResponse",[row,…],tag] or ["error",{…},tag]. The commas
// between elements may be missing or too many, as Dovecot 2.3 writes them around
// its errors. Strings keep the bytes they have.
func readReply(reply []byte, tag string) ([]mail.Map[string], *refusal, error) {
	r := &reader{data: reply}
	if !r.token('[') {
		return nil, nil, r.wrong("an array was expected")
	}
	var elements []any
	for {
		for r.token(',') {
		}
		if r.token(']') {
			break
		}
		element, err := r.value(0)
		if err != nil {
			return nil, nil, err
		}
		elements = append(elements, element)
	}
	if r.blank(); r.at < len(r.data) {
		return nil, nil, r.wrong("nothing was expected behind the array")
	}
	for _, e := range elements {
		element, ok := e.([]any)
		if !ok || len(element) != 3 || element[2] != text(tag) {
			continue
		}
		switch element[0] {
		case text("doveadmResponse"):
			rows, err := rowsOf(element[1])
			return rows, nil, err
		case text("error"):
			return nil, refusalOf(element[1]), nil
		}
	}
	return nil, nil, fmt.Errorf("no answer to the command %s among %d elements", tag, len(elements))
}

func rowsOf(v any) ([]mail.Map[string], error) {
	list, ok := v.([]any)
	if !ok {
		return nil, errors.New("the result is not a list of rows")
	}
	rows := make([]mail.Map[string], 0, len(list))
	for _, item := range list {
		members, ok := item.([]member)
		if !ok {
			return nil, errors.New("a row is not an object")
		}
		var row mail.Map[string]
		for _, m := range members {
			switch v := m.value.(type) {
			case text:
				row.Put(m.name, string(v))
			case literal:
				row.Put(m.name, string(v))
			default:
				return nil, fmt.Errorf("the field %q of a row is neither a text nor a number", m.name)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func refusalOf(v any) *refusal {
	r := &refusal{kind: "error"}
	members, _ := v.([]member)
	for _, m := range members {
		switch m.name {
		case "type":
			if s, ok := m.value.(text); ok {
				r.kind = string(s)
			}
		case "exitCode":
			if s, ok := m.value.(literal); ok {
				r.exitCode, _ = strconv.Atoi(string(s))
			}
		}
	}
	return r
}
