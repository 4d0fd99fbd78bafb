package config

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// The bounds below keep hostile files from exhausting the host. Real configurations are far below them.
const (
	// maxFiles is how many files may be included, and maxFileBytes what they and every <file may hold together.
	maxFiles     = 1000
	maxFileBytes = 4 << 20
	// maxIncludes bounds files that include files.
	maxIncludes = 100
)

// input is a file that is being read.
type input struct {
	path string
	text string
	line int
}

// reader yields the logical lines of a file and of those it includes, in the order Dovecot reads them.
type reader struct {
	grammar  grammar
	readFile func(string) ([]byte, error)
	glob     func(string) ([]string, error)
	warn     func(*FileError)

	// main is the path of the first file.
	main  string
	stack []*input
	files int
	bytes int
	// pending is the part of a logical line that was read already; began is where. It outlives the file it is in.
	pending string
	began   Origin
}

// open starts with the main file and returns its text.
func (r *reader) open(path string) (string, error) {
	text, err := r.read(path)
	if err != nil {
		if errors.Is(err, ErrFileLimit) {
			return "", err
		}
		return "", &FileError{Text: "open(" + path + ") failed: " + reason(err), cause: err}
	}
	r.main = path
	return text, r.begin(path, text)
}

// read returns a file's content within the bounds.
func (r *reader) read(path string) (string, error) {
	data, err := r.readFile(path)
	if err != nil {
		return "", err
	}
	r.bytes += len(data)
	if r.bytes > maxFileBytes {
		return "", &FileError{Origin: Origin{File: path}, Text: "the configuration's files together are too long",
			Hint: "luapush reads 4 MiB", cause: ErrFileLimit}
	}
	return string(data), nil
}

// next returns the next line that says something, or false at the end of all files.
func (r *reader) next() (line, bool) {
	for len(r.stack) > 0 {
		in := r.stack[len(r.stack)-1]
		if in.text == "" {
			r.stack = r.stack[:len(r.stack)-1]
			continue
		}
		in.line++
		raw, rest, _ := strings.Cut(in.text, "\n")
		in.text = rest
		if l := r.logical(Origin{in.path, in.line}, raw); l.kind > lineContinues {
			return l, true
		}
	}
	r.drop("the end of the file")
	return line{}, false
}

// logical joins a physical line to what continues in it.
func (r *reader) logical(at Origin, raw string) line {
	raw = strings.TrimSuffix(raw, "\r")
	raw, _, _ = strings.Cut(raw, "\x00")
	text, ambiguous := r.grammar.strip(raw)
	if text == "" {
		r.drop("a comment or an empty line")
		return line{kind: lineSkip}
	}
	if ambiguous {
		r.warn(&FileError{Origin: at, Text: "Ambiguous '#' character in line, treating it as comment.",
			Hint: hashHint(raw), cause: ErrSyntax})
	}
	if r.pending == "" {
		r.began = at
	}
	if rest, ok := strings.CutSuffix(text, `\`); ok {
		if rest = r.grammar.trimRight(rest); rest != "" {
			r.pending += rest + " "
		}
		return line{kind: lineContinues}
	}
	l := r.grammar.parse(r.pending + text)
	l.origin, l.last = r.began, at
	r.pending = ""
	if marker, ok := strings.CutPrefix(l.value, "<"); ok && l.kind == lineFile && r.grammar.is24 {
		return r.heredoc(l, marker)
	}
	return l
}

// heredoc reads the lines up to the marker, as "key = <<MARKER" asks for (2.4). They are taken as they are.
func (r *reader) heredoc(l line, marker string) line {
	in := r.stack[len(r.stack)-1]
	from, rest := in.text, in.text
	for rest != "" {
		var raw string
		start := len(from) - len(rest)
		raw, rest, _ = strings.Cut(rest, "\n")
		in.line++
		if r.grammar.trimRight(raw) == marker && marker != "" {
			in.text = rest
			l.kind, l.value, l.quoted = lineHeredoc, from[:start], true
			return l
		}
	}
	in.text = ""
	return bad(l, "Missing "+marker+" that ends the text after <<"+marker)
}

// drop forgets a setting that was to continue, as Dovecot does without a word.
func (r *reader) drop(reason string) {
	if r.pending == "" {
		return
	}
	key, _ := r.grammar.word(r.pending, '=')
	r.warn(&FileError{Origin: r.began, Setting: key,
		Text: "This setting is lost: it continues with a backslash, but " + reason + " follows.",
		Hint: "Take the backslash away, or what stands between the lines.", cause: ErrNoEffect})
	r.pending = ""
}

// hiddenPassword is what doveconf prints in the place of a password.
const hiddenPassword = "#hidden_use-P_to_show#"

func hashHint(raw string) string {
	if strings.Contains(raw, hiddenPassword) {
		return "doveconf has hidden a password here; write the file with doveconf -nP"
	}
	return "Add a space before it to remove this warning, or put the value in quotes if it is part of it."
}

// include reads further files next, the first of those that match at once.
func (r *reader) include(l line) error {
	pattern := relativeTo(l.last.File, l.value)
	paths, err := r.glob(pattern)
	if err != nil {
		return includeError(l, "glob() failed: "+err.Error(), err)
	}
	if len(paths) == 0 && l.kind == lineInclude {
		return includeError(l, "No matches", fs.ErrNotExist)
	}
	// The last one is opened first, so that the first one is on top.
	for i := len(paths) - 1; i >= 0; i-- {
		if err := r.push(l, paths[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) push(l line, path string) error {
	for _, open := range r.stack {
		if open.path == path {
			return includeError(l, "Recursive include file: "+path, nil)
		}
	}
	r.files++
	if r.files > maxFiles || len(r.stack) >= maxFiles {
		return includeError(l, "too many included files", ErrFileLimit)
	}
	if r.depth() > maxIncludes {
		return includeError(l, "files include files too deeply", ErrFileLimit)
	}
	text, err := r.read(path)
	switch {
	case errors.Is(err, ErrFileLimit):
		return err
	case errors.Is(err, syscall.EISDIR):
		r.warn(&FileError{Origin: l.origin, Text: path + " is a directory, and includes nothing",
			Hint: "include " + path + "/*.conf", cause: ErrNoEffect})
		return nil
	case err != nil && l.kind == lineIncludeTry:
		return nil
	case err != nil:
		return includeError(l, "Couldn't open include file "+path+": "+reason(err), err)
	}
	return r.begin(path, text)
}

// begin puts a file of settings on top of those that are being read.
func (r *reader) begin(path, text string) error {
	if strings.HasPrefix(text, "\ufeff") {
		return &FileError{Origin: Origin{File: path, Line: 1}, Text: "The file begins with a byte order mark, which Dovecot takes for a part of its first word",
			Hint: "save it as UTF-8 without one", cause: ErrSyntax}
	}
	r.stack = append(r.stack, &input{path: path, text: text})
	return nil
}

// depth counts the files that have been begun, which the one at the top is inside of.
func (r *reader) depth() int {
	begun := 0
	for _, in := range r.stack {
		if in.line > 0 {
			begun++
		}
	}
	return begun
}

// includeError refuses an !include in Dovecot's words.
func includeError(l line, text string, cause error) error {
	hint := ""
	if errors.Is(cause, fs.ErrNotExist) {
		hint = "!include_try does not mind a file that is missing"
	}
	if !errors.Is(cause, ErrFileLimit) {
		cause = errors.Join(ErrInclude, cause)
	}
	return &FileError{Origin: l.last, Setting: l.key, Text: text, Hint: hint, cause: cause}
}

// relativeTo makes a path that is relative to the folder of a configuration file usable.
func relativeTo(file, name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	// Not joined and cleaned: messages, and the search for files that include themselves, have it as it is written.
	return file[:strings.LastIndexByte(file, '/')+1] + name
}

// reason is the last part of an error of the file system, worded as C words it.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "No such file or directory"
	case errors.Is(err, fs.ErrPermission):
		return "Permission denied"
	}
	var pathError *os.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}
