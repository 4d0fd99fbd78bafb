package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/luapush/luapush/cmd/luapush/template"
	"github.com/luapush/luapush/cmd/luapush/types"
	"github.com/luapush/luapush/runtime/dovecot"
)

// newCommand is "luapush new".
type newCommand struct {
	Name     string `arg:"" help:"The folder to make; it must not be there yet."`
	Template string `short:"t" default:"webhook" enum:"webhook,ntfy,gotify,status,ox" placeholder:"webhook|ntfy|gotify|status|ox" help:"What the handler does: webhook posts new messages as JSON, ntfy and gotify notify phones, status reports a mailbox's counters, ox tells OX App Suite."`
}

// Run makes the folder, and says what to do next.
func (n *newCommand) Run(a *application) error {
	if n.Name == "" {
		return &usageError{text: "the folder's name is empty"}
	}
	files := template.Files(n.Template)
	files = append(files, template.File{
		Name: filepath.Join(template.TypesFolder, definitionsFile), Data: []byte(types.Definitions(dovecot.Default)),
	})
	// Mkdir, not MkdirAll: whatever is there stays as it is.
	if err := os.Mkdir(n.Name, 0o777); err != nil {
		return newFolderError(n.Name, err)
	}
	if err := os.Mkdir(filepath.Join(n.Name, template.TypesFolder), 0o777); err != nil {
		return writeError(filepath.Join(n.Name, template.TypesFolder), err)
	}
	for _, f := range files {
		path := filepath.Join(n.Name, f.Name)
		if err := writeNew(path, f.Data); err != nil {
			return writeError(path, err)
		}
	}
	handler, fixture := filepath.Join(n.Name, template.Handler), filepath.Join(n.Name, template.Fixture)
	fmt.Fprintf(a.out, "%s: a handler of the template %s, with what it needs\n\n", n.Name, n.Template)
	for _, f := range files {
		fmt.Fprintf(a.out, "  %s\n", filepath.Join(n.Name, f.Name))
	}
	_, err := fmt.Fprintf(a.out, "\nNext:\n\n  luapush run %s %s\n  luapush test %s\n  luapush check %s\n",
		shellWord(handler), shellWord(fixture), shellWord(n.Name), shellWord(handler))
	return err
}

func newFolderError(path string, err error) error {
	parent := filepath.Dir(filepath.Clean(path))
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s: is there already, and nothing is overwritten; give another name", path)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: no such folder; make it first", parent)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: permission denied; make the folder somewhere else", parent)
	}
	return fileError(path, err)
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./@%+,:=][A-Za-z0-9_./@%+,:=-]*$`)

// shellWord writes a path so that a shell takes it as one word, and luapush not
// as a flag.
func shellWord(path string) string {
	if strings.HasPrefix(path, "-") {
		path = "./" + path
	}
	if plainWord.MatchString(path) {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
