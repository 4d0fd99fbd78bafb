package syntax

import "strconv"

// kind is the kind of a token: a byte value for a single character, else one
// of the constants.
type kind int32

const (
	tkFirst kind = 257 + iota
	tkAnd
	tkBreak
	tkDo
	tkElse
	tkElseif
	tkEnd
	tkFalse
	tkFor
	tkFunction
	tkGoto
	tkIf
	tkIn
	tkLocal
	tkNil
	tkNot
	tkOr
	tkRepeat
	tkReturn
	tkThen
	tkTrue
	tkUntil
	tkWhile
	tkIDiv
	tkConcat
	tkDots
	tkEq
	tkGe
	tkLe
	tkNe
	tkShl
	tkShr
	tkDoubleColon
	tkEOF
	tkNumber
	tkName
	tkString
)

var kindText = [...]string{
	"", "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
	"local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
	"//", "..", "...", "==", ">=", "<=", "~=", "<<", ">>", "::",
	"<eof>", "<number>", "<name>", "<string>",
}

// String is the kind as messages print it, quotes included.
func (k kind) String() string {
	switch {
	case k < tkFirst && k >= 32 && k < 127:
		return "'" + string(rune(k)) + "'"
	case k < tkFirst:
		return "'<\\" + strconv.Itoa(int(k)) + ">'"
	case k < tkEOF:
		return "'" + kindText[k-tkFirst] + "'"
	}
	return kindText[k-tkFirst]
}

// keyword gives the kind of a reserved word, or tkName.
func keyword(s string) kind {
	if len(s) < 2 || len(s) > 8 {
		return tkName
	}
	switch s {
	case "and":
		return tkAnd
	case "break":
		return tkBreak
	case "do":
		return tkDo
	case "else":
		return tkElse
	case "elseif":
		return tkElseif
	case "end":
		return tkEnd
	case "false":
		return tkFalse
	case "for":
		return tkFor
	case "function":
		return tkFunction
	case "goto":
		return tkGoto
	case "if":
		return tkIf
	case "in":
		return tkIn
	case "local":
		return tkLocal
	case "nil":
		return tkNil
	case "not":
		return tkNot
	case "or":
		return tkOr
	case "repeat":
		return tkRepeat
	case "return":
		return tkReturn
	case "then":
		return tkThen
	case "true":
		return tkTrue
	case "until":
		return tkUntil
	case "while":
		return tkWhile
	}
	return tkName
}

// token is one token of the source.
type token struct {
	kind  kind
	start int // offset of the first byte
	end   int // offset after the last byte
	pos   Pos
	str   string // the name, or the value of the string
	num   Number // the value of the number
}
