package config

import (
	"io"
	"os"
	"slices"
	"strings"

	"github.com/luapush/luapush/runtime/dovecot"
)

// LoadOptions says how to read a configuration. The zero value reads files from disk.
type LoadOptions struct {
	// Release is the Dovecot whose files they are. The zero Release lets the file tell: dovecot_config_version makes it
	// a 2.4, the first comment of doveconf's output names the exact release.
	Release dovecot.Release
	// ReadFile returns a file's content; nil reads the disk, no more of a file than is refused. It is asked for the file, its includes, and the <file
	// values of settings that matter here, never for keys and certificates.
	ReadFile func(path string) ([]byte, error)
	// Glob returns the files that match the pattern of an !include, in the order in which they are to be read; nil
	// searches the disk as Dovecot does, with {a,b} and without hidden files.
	Glob func(pattern string) ([]string, error)
	// Getenv answers $ENV:NAME; nil has no variables.
	Getenv func(name string) string
}

// Settings is a configuration file with what it includes, as Dovecot reads it. It never changes, and any number of
// goroutines may use it.
type Settings struct {
	release  dovecot.Release
	warnings []*FileError
	model    model
}

// model is the content of the files: one implementation for Dovecot 2.3, one for 2.4.
type model interface {
	// apply takes one line.
	apply(l line) error
	// finish is called once after the last line.
	finish() error
	// view applies the protocol's blocks.
	view(protocol string) *View
}

// Load reads the settings file at path. An error is of type *[FileError]: what Dovecot too would refuse to start with,
// as far as it concerns the form of the file or the settings that matter here. Settings of other parts of Dovecot are
// kept, but not judged.
func Load(path string, o LoadOptions) (*Settings, error) {
	if o.ReadFile == nil {
		o.ReadFile = readFile
	}
	if o.Glob == nil {
		o.Glob = globFiles
	}
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	s := &Settings{}
	r := &reader{readFile: o.ReadFile, glob: o.Glob, warn: s.warn}
	r.grammar.is24 = o.Release.AtLeast(2, 4)
	text, err := r.open(path)
	if err != nil {
		return nil, err
	}
	first, ok := r.next()
	if s.release, err = releaseOf(o.Release, text, first, path); err != nil {
		return nil, err
	}
	r.grammar.is24 = s.release.AtLeast(2, 4)
	values := &valueReader{reader: r, getenv: o.Getenv}
	if r.grammar.is24 {
		s.model = newModel24(values, s.warn)
	} else {
		s.model = newModel23(values, s.warn)
	}
	for l := first; ok; l, ok = r.next() {
		if err := s.apply(r, l); err != nil {
			return nil, err
		}
	}
	if err := s.model.finish(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(s.warnings, func(a, b *FileError) int {
		switch {
		case a.Origin.before(b.Origin):
			return -1
		case b.Origin.before(a.Origin):
			return 1
		}
		return 0
	})
	return s, nil
}

func (s *Settings) apply(r *reader, l line) error {
	switch l.kind {
	case lineBad:
		return &FileError{Origin: l.last, Setting: l.key, Text: l.value, Hint: formHint(l), cause: ErrSyntax}
	case lineInclude, lineIncludeTry:
		return r.include(l)
	}
	return s.model.apply(l)
}

func formHint(l line) string {
	switch l.value {
	case "Expecting '{'":
		return `a line is "key = value", "section {", "section name {" or "}"`
	case "Garbage after '{'":
		return "each setting, and the }, needs a line of its own"
	}
	return ""
}

// Release returns the Dovecot the files are of: what the options said, else what the file says, else
// [dovecot.Default].
func (s *Settings) Release() dovecot.Release { return s.release }

// Warnings returns what Dovecot accepts although it cannot be meant, in the order of files and lines: misspelt names
// with a suggestion, settings in a place where they have no effect, values that could not be had.
func (s *Settings) Warnings() []*FileError { return slices.Clone(s.warnings) }

// For returns the settings in force for a protocol: "imap", "lmtp", "lda", …; "" is none, and has only what stands
// outside of all protocol blocks. Blocks for some connections only (local, remote, local_name) are left out.
func (s *Settings) For(protocol string) *View { return s.model.view(protocol) }

// maxWarnings bounds the warnings that are kept.
const maxWarnings = 1000

// warn takes a warning, once.
func (s *Settings) warn(warning *FileError) {
	if len(s.warnings) == maxWarnings {
		return
	}
	for _, known := range s.warnings {
		if known.Origin == warning.Origin && known.Text == warning.Text {
			return
		}
	}
	s.warnings = append(s.warnings, warning)
}

const versionSetting = "dovecot_config_version"

// releaseOf finds out whose file it is.
func releaseOf(wanted dovecot.Release, text string, first line, path string) (dovecot.Release, error) {
	header := headerRelease(text)
	has := first.kind == lineValue && first.key == versionSetting
	none := dovecot.Release{}
	if wanted == none && !has && !header.AtLeast(2, 4) {
		if header == none {
			return dovecot.Default, nil
		}
		return header, nil
	}
	if wanted != none && !wanted.AtLeast(2, 4) {
		if has {
			return none, &FileError{Origin: first.last, Setting: versionSetting, Text: "Unknown setting: " + versionSetting,
				Hint: "this file is for Dovecot 2.4, and " + wanted.String() + " was asked for", cause: ErrVersion}
		}
		return wanted, nil
	}
	if !has {
		at := first.last
		if at.File == "" {
			at.File = path
		}
		return none, &FileError{Origin: at, Setting: versionSetting, Text: "The first setting must be " + versionSetting,
			Hint: "begin the file with " + versionSetting + " = " + dovecot.Latest24.String(), cause: ErrVersion}
	}
	said, err := dovecot.Parse(first.value)
	if err != nil || !said.AtLeast(2, 4) || strings.Count(first.value, ".") < 2 {
		return none, &FileError{Origin: first.last, Setting: versionSetting,
			Text: "Invalid " + versionSetting + ": Currently supported versions are: 2.4.0 " + dovecot.Latest24.String(), cause: ErrVersion}
	}
	switch {
	case wanted != none:
		return wanted, nil
	case header.AtLeast(2, 4):
		return header, nil
	}
	return said, nil
}

// headerRelease finds the release in the first line of doveconf's output: "# 2.3.19.1 (9b53102964): dovecot.conf". It
// is the zero Release where there is no such line.
func headerRelease(text string) dovecot.Release {
	first, _, _ := strings.Cut(text, "\n")
	number, rest, _ := strings.Cut(strings.TrimPrefix(first, "# "), " ")
	if !strings.HasPrefix(first, "# ") || !strings.HasPrefix(rest, "(") || !strings.Contains(rest, "): ") {
		return dovecot.Release{}
	}
	release, err := dovecot.Parse(number)
	if err != nil {
		return dovecot.Release{}
	}
	return release
}

// readFile reads a file up to where it is too long: a device may have no end.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFileBytes+1))
}
