package config

import "errors"

// Causes of a [ValueError], for errors.Is.
var (
	// ErrInvalidValue says that the text does not follow the grammar of the setting's type.
	ErrInvalidValue = errors.New("invalid value")
	// ErrMissingUnits says that a time interval other than 0 has no unit.
	ErrMissingUnits = errors.New("missing units")
	// ErrMilliseconds says that a setting counted in seconds was given a fraction of a second.
	ErrMilliseconds = errors.New("milliseconds not supported")
	// ErrValueTooLarge says that the value does not fit the type of the setting.
	ErrValueTooLarge = errors.New("value too large")
)

// ValueError is the refusal of one setting's value. Error gives Dovecot's text, Unwrap one of the Err values above.
type ValueError struct {
	// Value is the refused text, as it was written.
	Value string

	text  string
	cause error
}

// Error returns the words of Dovecot's own message, which contain the value.
func (e *ValueError) Error() string { return e.text }

// Unwrap returns the cause, one of the Err values of this package.
func (e *ValueError) Unwrap() error { return e.cause }

func refuse(value, text string, cause error) error {
	return &ValueError{Value: value, text: text, cause: cause}
}
