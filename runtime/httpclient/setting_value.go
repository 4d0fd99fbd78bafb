package httpclient

// Value is what a script gave for a setting.
type Value struct {
	kind   valueKind
	text   string
	number float64
}

type valueKind int

const (
	kindOther valueKind = iota
	kindString
	kindNumber
	kindTrue
	kindFalse
)

// StringValue is a string.
func StringValue(s string) Value { return Value{kind: kindString, text: s} }

// NumberValue is a number; text is what the script's tostring makes of it.
func NumberValue(n float64, text string) Value {
	return Value{kind: kindNumber, text: text, number: n}
}

// BooleanValue is true or false.
func BooleanValue(b bool) Value {
	if b {
		return Value{kind: kindTrue, text: "true"}
	}
	return Value{kind: kindFalse, text: "false"}
}

// OtherValue is a table, a function or the like; text is what the script's tostring makes of it.
func OtherValue(text string) Value { return Value{text: text} }

// Entry is a key and a value of the table given to dovecot.http.client.
type Entry struct {
	Key   string
	Value Value
}

// SettingError is a refused setting. Error gives the text of the Lua error that Dovecot raises.
type SettingError struct {
	// Key is the name as the script wrote it; empty for a contradiction between settings.
	Key string
	// Reason is Dovecot's own words about it.
	Reason string
	// Err is the cause, or nil.
	Err error
}

// Error returns the full text.
func (e *SettingError) Error() string { return "Invalid HTTP client setting: " + e.Reason }

// Unwrap returns the cause.
func (e *SettingError) Unwrap() error { return e.Err }
