package result

// Reporter writes results down. Its methods are called from one goroutine.
type Reporter interface {
	// Begin is called before the first case.
	Begin(Run)
	// Case is called for each case when it has ended, a subtest before the case
	// that it stands in.
	Case(Case)
	// End is called when the run is over. The error is that of the writing.
	End(Summary) error
}

// Tee gives everything to each of the reporters, in their order. Its End gives
// the first error.
func Tee(reporters ...Reporter) Reporter { return tee(reporters) }

type tee []Reporter

// Begin implements Reporter.
func (t tee) Begin(r Run) {
	for _, each := range t {
		each.Begin(r)
	}
}

// Case implements Reporter.
func (t tee) Case(c Case) {
	for _, each := range t {
		each.Case(c)
	}
}

// End implements Reporter.
func (t tee) End(s Summary) error {
	var first error
	for _, each := range t {
		if err := each.End(s); err != nil && first == nil {
			first = err
		}
	}
	return first
}
