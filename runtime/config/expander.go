package config

import (
	"errors"
	"strings"
)

// Syntax is one of the two languages of % variables.
type Syntax int

const (
	// Syntax23 is that of Dovecot 2.3: %u, %Ld, %2.256Nu, %{user}, %{if;…}, %{sha1;rounds=2:user}.
	Syntax23 Syntax = iota
	// Syntax24 is that of Dovecot 2.4: %{user | domain | upper}.
	Syntax24
)

// The bounds below keep a hostile format from exhausting the host. Real formats are far below them.
const (
	// maxExpansion is the longest result, in bytes.
	maxExpansion = 1 << 20
	// maxWork bounds the bytes one expansion may hash or match, in all of its parts together.
	maxWork = 64 << 20
	// maxNesting bounds expressions inside expressions.
	maxNesting = 100
)

// Causes of an [ExpandError], for errors.Is.
var (
	// ErrExpansion says that the format asks for something impossible.
	ErrExpansion = errors.New("cannot expand")
	// ErrExpansionLimit says that the format asks for more work or text than luapush allows. Dovecot has no such limit.
	ErrExpansionLimit = errors.New("expansion is too large")
)

// ExpandError is the refusal of a format. Error gives the whole text that Dovecot logs, Reason its last part.
type ExpandError struct {
	// Format is the refused text.
	Format string
	// Reason is what is wrong with it, in Dovecot's words.
	Reason string

	prefix string
	cause  error
}

// Error returns "var_expand(FORMAT) failed: REASON" for 2.3, "failed to expand 'FORMAT': REASON" for 2.4.
func (e *ExpandError) Error() string { return e.prefix + e.Reason }

// Unwrap returns ErrExpansion or ErrExpansionLimit.
func (e *ExpandError) Unwrap() error { return e.cause }

// Expander replaces the % expressions of formats by the values of one session. It has no state of its own: any number
// of goroutines may use one as long as the functions inside its Variables allow that.
type Expander struct {
	syntax    Syntax
	variables Variables
}

// NewExpander returns an Expander for one session.
func NewExpander(syntax Syntax, variables Variables) *Expander {
	return &Expander{syntax: syntax, variables: variables}
}

// Expand returns the format with its expressions replaced. In 2.3 an unknown variable is no error: the result then
// contains UNSUPPORTED_VARIABLE_ and its name. Errors are of type *ExpandError. As in Dovecot, the format ends at the
// first NUL byte.
func (e *Expander) Expand(format string) (string, error) {
	if end := strings.IndexByte(format, 0); end >= 0 {
		format = format[:end]
	}
	run := &expansion{variables: &e.variables, work: maxWork}
	var result string
	var err error
	prefix := "var_expand(" + format + ") failed: "
	if e.syntax == Syntax24 {
		prefix = "failed to expand '" + format + "': "
		result, err = run.expand24(format)
	} else {
		result, _, err = run.expand23(format)
	}
	if err != nil {
		cause := ErrExpansion
		if errors.Is(err, ErrExpansionLimit) {
			cause = ErrExpansionLimit
		}
		return "", &ExpandError{Format: format, Reason: err.Error(), prefix: prefix, cause: cause}
	}
	return result, nil
}

// expansion is one run over one format, with what is left of its budgets.
type expansion struct {
	variables *Variables
	work      int
	nesting   int
}

// spend takes bytes of work from the budget.
func (x *expansion) spend(bytes int) error {
	if bytes < 0 || bytes > x.work {
		return ErrExpansionLimit
	}
	x.work -= bytes
	return nil
}

// enter and leave count nested expressions.
func (x *expansion) enter() error {
	if x.nesting >= maxNesting {
		return ErrExpansionLimit
	}
	x.nesting++
	return nil
}

func (x *expansion) leave() { x.nesting-- }
