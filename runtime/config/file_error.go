package config

import "errors"

// Causes of a [FileError], for errors.Is.
var (
	// ErrSyntax says that the text does not follow the grammar of Dovecot's settings files.
	ErrSyntax = errors.New("syntax error")
	// ErrInclude says that a file could not be included, or a <file not be read.
	ErrInclude = errors.New("cannot include")
	// ErrUnknownSetting says that Dovecot has no setting of this name there.
	ErrUnknownSetting = errors.New("unknown setting")
	// ErrUnknownVariable says that a $variable has no value.
	ErrUnknownVariable = errors.New("unknown variable")
	// ErrNoEffect says that a setting is there, but is never used in this place.
	ErrNoEffect = errors.New("setting without effect")
	// ErrFileLimit says that the files are larger or nested deeper than luapush reads. Dovecot has no such limit.
	ErrFileLimit = errors.New("configuration is too large")
	// ErrVersion says that the file is of another Dovecot than the one asked for.
	ErrVersion = errors.New("configuration of another Dovecot")
)

// FileError is one thing that is wrong in a settings file: the error of [Load], or one of [Settings.Warnings].
type FileError struct {
	// Origin is the line. Its Line is 0 where the whole file is meant.
	Origin Origin
	// Setting is the name concerned, "" where there is none.
	Setting string
	// Text says what is wrong, in Dovecot's own words where it has some (what follows "Error in configuration file F
	// line N: " in its log).
	Text string
	// Hint says what to write instead; may be "".
	Hint string

	cause error
}

// Error gives "file:line: text (hint)".
func (e *FileError) Error() string {
	text := e.Text
	if at := e.Origin.String(); at != "" {
		text = at + ": " + text
	}
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// Unwrap returns one of the Err values above, or the error of the function that reads files.
func (e *FileError) Unwrap() error { return e.cause }
