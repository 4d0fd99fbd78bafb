package config

import (
	"errors"
	"fmt"
	"strconv"
)

// program24 is one piece of a format: either text as it is, or the steps of one expression.
type program24 struct {
	literal string
	steps   []step24
}

// step24 is one name between pipes with its arguments. The first one of an expression may be a variable.
type step24 struct {
	function   string
	parameters []parameter24
}

type parameterKind int

const (
	parameterString parameterKind = iota
	parameterNumber
	parameterVariable
)

// parameter24 is an argument; key is empty for a positional one, whose place is index.
type parameter24 struct {
	key    string
	index  int
	kind   parameterKind
	text   string
	number int64
}

type parser24 struct {
	lexer lexer24
	token token24
}

// parse24 turns a format into its pieces.
func parse24(format string) ([]program24, error) {
	if len(format) > maxProgram24 {
		return nil, fmt.Errorf("Program size exceeds maximum of %d bytes", maxProgram24)
	}
	p := &parser24{lexer: lexer24{text: format}}
	var programs []program24
	for {
		if err := p.advance(); err != nil {
			return nil, err
		}
		switch p.token.kind {
		case tokenEnd:
			return programs, nil
		case tokenValue:
			programs = append(programs, program24{literal: p.token.text})
		default: // tokenOpen
			steps, err := p.steps()
			if err != nil {
				return nil, err
			}
			programs = append(programs, program24{steps: steps})
		}
	}
}

func (p *parser24) advance() (err error) {
	p.token, err = p.lexer.next()
	return err
}

func (p *parser24) unexpected(expecting string) error {
	if expecting != "" {
		expecting = ", expecting " + expecting
	}
	return errors.New("syntax error, unexpected " + string(p.token.kind) + expecting)
}

// steps reads up to the closing brace, which stays the current token.
func (p *parser24) steps() ([]step24, error) {
	var steps []step24
	for {
		if err := p.advance(); err != nil {
			return nil, err
		}
		switch p.token.kind {
		case tokenName:
			more, err := p.step()
			if err != nil {
				return nil, err
			}
			steps = append(steps, more...)
		case tokenPipe, tokenClose: // a step may be left out
		default:
			return nil, p.unexpected("CCBRACE or PIPE or NAME")
		}
		switch p.token.kind {
		case tokenClose:
			return steps, nil
		case tokenPipe:
		default:
			return nil, p.unexpected("CCBRACE or PIPE")
		}
	}
}

// step reads a name, its arguments and at most one arithmetic operation, which becomes a step of its own.
func (p *parser24) step() ([]step24, error) {
	step := step24{function: p.token.text}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.token.kind == tokenParen {
		var err error
		if step.parameters, err = p.parameters(); err != nil {
			return nil, err
		}
	}
	switch operator := p.token.kind; operator {
	case tokenPlus, tokenMinus, tokenStar, tokenSlash, tokenPercent:
		if err := p.advance(); err != nil {
			return nil, err
		}
		right := parameter24{index: 1, kind: parameterVariable, text: p.token.text}
		if p.token.kind != tokenName {
			number, err := p.number()
			if err != nil {
				return nil, err
			}
			right = parameter24{index: 1, kind: parameterNumber, number: number}
		}
		arithmetic := step24{function: "calculate", parameters: []parameter24{{kind: parameterNumber, text: string(operator)}, right}}
		return []step24{step, arithmetic}, p.advance()
	}
	return []step24{step}, nil
}

// number reads an integer with an optional minus sign; its last token stays current.
func (p *parser24) number() (int64, error) {
	sign := ""
	if p.token.kind == tokenMinus {
		sign = "-"
		if err := p.advance(); err != nil {
			return 0, err
		}
	}
	if p.token.kind != tokenNumber {
		return 0, p.unexpected("")
	}
	number, err := strconv.ParseInt(sign+p.token.text, 10, 64)
	if err != nil {
		return 0, errors.New("Not a number")
	}
	return number, nil
}

// parameters reads the arguments in parentheses and moves past the closing one.
func (p *parser24) parameters() ([]parameter24, error) {
	var parameters []parameter24
	positional := 0
	for {
		if err := p.advance(); err != nil {
			return nil, err
		}
		parameter, err := p.parameter()
		if err != nil {
			return nil, err
		}
		if parameter.key == "" {
			parameter.index = positional
			positional++
		}
		parameters = append(parameters, parameter)
		switch p.token.kind {
		case tokenEndParen:
			return parameters, p.advance()
		case tokenComma:
		default:
			return nil, p.unexpected("CBRACE or COMMA")
		}
	}
}

// parameter reads one argument and moves past it.
func (p *parser24) parameter() (parameter24, error) {
	parameter, err := p.parameterValue()
	if err != nil || parameter.kind != parameterVariable || p.token.kind != tokenEqual {
		return parameter, err
	}
	key := lowerASCII(parameter.text)
	if err := p.advance(); err != nil {
		return parameter24{}, err
	}
	parameter, err = p.parameterValue()
	parameter.key, parameter.index = key, -1
	return parameter, err
}

func (p *parser24) parameterValue() (parameter24, error) {
	parameter := parameter24{text: p.token.text}
	switch p.token.kind {
	case tokenValue:
		parameter.kind = parameterString
	case tokenName:
		parameter.kind = parameterVariable
	case tokenNumber, tokenMinus:
		number, err := p.number()
		if err != nil {
			return parameter24{}, err
		}
		parameter.kind, parameter.number = parameterNumber, number
	default:
		return parameter24{}, p.unexpected("")
	}
	return parameter, p.advance()
}
