package host

import (
	"context"
	"errors"
	"time"

	"github.com/luapush/luapush/runtime/lua/library"
)

// system is what handlers see of the machine, with the clock of the case; nil
// is the host's own.
func (s *Stage) system(own *library.System) *library.System {
	if own == nil {
		own = library.HostSystem()
	}
	made := *own
	made.Now, made.Used, made.Zone = s.Clock.Now, s.Clock.Used, time.UTC
	made.Open = func(name, mode string) (library.File, error) {
		f, err := own.Open(name, mode)
		if err == nil {
			s.Used(name)
		}
		return f, err
	}
	return &made
}

// TestSystem is what a test file sees of the machine: files to read, and the
// clock of the case.
func (s *Stage) TestSystem() (*library.System, error) {
	own, err := library.SandboxSystem("", "luapush test")
	if err != nil {
		return nil, err
	}
	made := *s.system(own)
	open := made.Open
	made.Open = func(name, mode string) (library.File, error) {
		f, err := open(name, mode)
		if err != nil {
			return nil, forTests(err)
		}
		return f, nil
	}
	made.Temporary = func() (string, error) {
		name, err := own.Temporary()
		return name, forTests(err)
	}
	made.Remove = func(name string) error { return forTests(own.Remove(name)) }
	made.Rename = func(from, to string) error { return forTests(own.Rename(from, to)) }
	made.Execute = func(ctx context.Context, command string) (string, int, error) {
		how, code, err := own.Execute(ctx, command)
		return how, code, forTests(err)
	}
	made.Popen = func(ctx context.Context, command, mode string) (library.Process, error) {
		_, err := own.Popen(ctx, command, mode)
		return nil, forTests(err)
	}
	return &made, nil
}

// forTests gives a denial the words of the test kit.
func forTests(err error) error {
	var denied *library.Denied
	if errors.As(err, &denied) {
		return &library.Denied{By: denied.By, Instead: "a test file may read files, and do nothing else outside"}
	}
	return err
}
