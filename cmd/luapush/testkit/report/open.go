package report

import (
	"bufio"
	"io"
	"time"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// Options are what reports are made with.
type Options struct {
	Stdout, Stderr io.Writer
	// Color and Progress are for the pretty report on standard output, which
	// must be a terminal for progress.
	Color, Progress bool
	Verbose         bool
	// Now is the clock that progress is shown by; nil is time.Now.
	Now func() time.Time
}

// Set is the reports of one run.
type Set struct {
	// Reporter gives everything to all of them. Its End writes the files.
	Reporter result.Reporter
	files    []*File
}

// Open makes the reports of targets. Files are begun at once, so that one that
// cannot be written is known before the first test; the error is about that.
func Open(targets []Target, o Options) (*Set, error) {
	s := &Set{}
	var all []result.Reporter
	for _, t := range targets {
		switch {
		case t.standard():
			all = append(all, make1(t.Format, o.Stdout, o))
		case t.File == "/dev/stderr":
			all = append(all, make1(t.Format, o.Stderr, Options{Verbose: o.Verbose}))
		default:
			f, err := Create(t.File)
			if err != nil {
				s.Close()
				return nil, err
			}
			s.files = append(s.files, f)
			all = append(all, &filed{make1(t.Format, f, Options{Verbose: o.Verbose}), f})
		}
	}
	s.Reporter = result.Tee(all...)
	return s, nil
}

// Close takes away what a run that did not come to its end has begun.
func (s *Set) Close() {
	for _, f := range s.files {
		f.Discard()
	}
}

func make1(format string, out io.Writer, o Options) result.Reporter {
	switch format {
	case TAP:
		return NewTAP(out)
	case JUnit:
		return NewJUnit(out)
	case JSON:
		return NewJSON(out)
	case GitHub:
		return NewGitHub(out)
	}
	return NewPretty(out, PrettyOptions{Color: o.Color, Verbose: o.Verbose, Progress: o.Progress, Now: o.Now})
}

// filed puts the file in its place at the end.
type filed struct {
	result.Reporter
	file *File
}

// End implements result.Reporter.
func (f *filed) End(s result.Summary) error {
	if err := f.Reporter.End(s); err != nil {
		f.file.Discard()
		return err
	}
	return f.file.Commit()
}

// buffered gives a writer that keeps its first error.
func buffered(out io.Writer) *bufio.Writer {
	if b, ok := out.(*bufio.Writer); ok {
		return b
	}
	return bufio.NewWriter(out)
}
