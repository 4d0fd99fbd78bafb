package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/luapush/luapush/cmd/luapush/types"
	"github.com/luapush/luapush/runtime/dovecot"
)

// typesCommand is "luapush types".
type typesCommand struct {
	Dovecot string `default:"2.3" placeholder:"2.3|2.4|RELEASE" help:"The Dovecot whose API is described; exact releases such as 2.3.4 work, too."`
	Output  string `short:"o" placeholder:"DIR" help:"The folder to write dovecot.lua to, made if it is not there. Without it, the definitions are printed."`
	Force   bool   `help:"Replace a dovecot.lua that is there."`
}

// definitionsFile is the name of the file in the folder.
const definitionsFile = "dovecot.lua"

// Run writes the definitions.
func (t *typesCommand) Run(a *application) error {
	release, err := dovecot.Parse(t.Dovecot)
	if err != nil {
		return &usageError{text: "--dovecot: " + err.Error()}
	}
	text := types.Definitions(release)
	if t.Output == "" {
		_, err := a.out.WriteString(text)
		return err
	}
	if err := os.MkdirAll(t.Output, 0o777); err != nil {
		return writeError(t.Output, err)
	}
	path := filepath.Join(t.Output, definitionsFile)
	if t.Force {
		err = os.WriteFile(path, []byte(text), 0o666)
	} else {
		err = writeNew(path, []byte(text))
	}
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: is there already; replace it with --force, or name another folder", path)
	}
	if err != nil {
		return writeError(path, err)
	}
	_, err = fmt.Fprintf(a.out, "%s: the definitions of Dovecot %s\n", path, release)
	return err
}

// writeNew writes a file that is not there yet, whole or not at all; the error
// for one that is there is fs.ErrExist.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
