package stdlib

import (
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

var lfsFunctions = shared(
	function{"attributes", func(L *vm.LState) int { return lfsAttributes(L, syscall.Stat, false) }},
	function{"symlinkattributes", func(L *vm.LState) int { return lfsAttributes(L, syscall.Lstat, true) }},
	function{"currentdir", lfsCurrentdir},
	function{"dir", lfsDir},
	lfsAbsent("chdir", "the current folder belongs to the whole process, in which other users' sessions run"),
	lfsAbsent("mkdir", lfsChanges), lfsAbsent("rmdir", lfsChanges), lfsAbsent("touch", lfsChanges),
	lfsAbsent("link", lfsChanges), lfsAbsent("lock", lfsChanges), lfsAbsent("unlock", lfsChanges),
	lfsAbsent("lock_dir", lfsChanges), lfsAbsent("setmode", "files have no mode on Unix"),
)

const lfsChanges = "the module only reads; use io and os to write"

func lfsAbsent(name, why string) function {
	return function{name, func(L *vm.LState) int {
		native.Raise(L, "lfs.%s is not available in luapush: %s", name, why)
		return 0
	}}
}

// LFS is the loader of "lfs", the reading half of LuaFileSystem 1.8.
func LFS(L *vm.LState) int {
	module := fill(L.CreateTable(0, len(lfsFunctions)+3), lfsFunctions)
	module.RawSetString("_VERSION", vm.LString("LuaFileSystem 1.8.0"))
	module.RawSetString("_COPYRIGHT", vm.LString("Copyright (C) 2003-2017 Kepler Project"))
	module.RawSetString("_DESCRIPTION", vm.LString("LuaFileSystem is a Lua library developed to complement the set of functions related to file systems offered by the standard Lua distribution"))
	L.Push(module)
	return 1
}

// errnoText is the system's text for an error, in C's case, and its number.
func errnoText(err error) (string, int) {
	var number syscall.Errno
	if !errors.As(err, &number) {
		return err.Error(), 0
	}
	text := number.Error()
	return strings.ToUpper(text[:1]) + text[1:], int(number)
}

// lfsFields are the attributes of a file in LuaFileSystem's order.
var lfsFields = []struct {
	name string
	get  func(*syscall.Stat_t) vm.LValue
}{
	{"mode", func(s *syscall.Stat_t) vm.LValue { return vm.LString(lfsMode(s.Mode)) }},
	{"dev", func(s *syscall.Stat_t) vm.LValue { return vm.LNumber(s.Dev) }},
	{"ino", func(s *syscall.Stat_t) vm.LValue { return vm.LNumber(s.Ino) }},
	{"nlink", func(s *syscall.Stat_t) vm.LValue { return vm.LNumber(s.Nlink) }},
	{"uid", func(s *syscall.Stat_t) vm.LValue { return vm.LNumber(s.Uid) }},
	{"gid", func(s *syscall.Stat_t) vm.LValue { return vm.LNumber(s.Gid) }},
	{"rdev", func(s *syscall.Stat_t) vm.LValue { return vm.LNumber(s.Rdev) }},
	{"access", func(s *syscall.Stat_t) vm.LValue { return vm.LNumber(s.Atim.Sec) }},
	{"modification", func(s *syscall.Stat_t) vm.LValue { return vm.LNumber(s.Mtim.Sec) }},
	{"change", func(s *syscall.Stat_t) vm.LValue { return vm.LNumber(s.Ctim.Sec) }},
	{"size", func(s *syscall.Stat_t) vm.LValue { return vm.LNumber(s.Size) }},
	{"permissions", func(s *syscall.Stat_t) vm.LValue { return vm.LString(lfsPermissions(s.Mode)) }},
	{"blocks", func(s *syscall.Stat_t) vm.LValue { return vm.LNumber(s.Blocks) }},
	{"blksize", func(s *syscall.Stat_t) vm.LValue { return vm.LNumber(s.Blksize) }},
}

func lfsMode(mode uint32) string {
	switch mode & syscall.S_IFMT {
	case syscall.S_IFREG:
		return "file"
	case syscall.S_IFLNK:
		return "link"
	case syscall.S_IFDIR:
		return "directory"
	case syscall.S_IFCHR:
		return "char device"
	case syscall.S_IFBLK:
		return "block device"
	case syscall.S_IFIFO:
		return "named pipe"
	case syscall.S_IFSOCK:
		return "socket"
	}
	return "other"
}

func lfsPermissions(mode uint32) string {
	text := []byte("rwxrwxrwx")
	for i := range text {
		if mode&(1<<(8-i)) == 0 {
			text[i] = '-'
		}
	}
	return string(text)
}

// lfsAttributes is attributes(path, request) and symlinkattributes(path, request): one attribute, or a table of all.
func lfsAttributes(L *vm.LState, stat func(string, *syscall.Stat_t) error, links bool) int {
	native.Step(L, 100)
	path := native.CheckString(L, 1)
	var info syscall.Stat_t
	if err := stat(path, &info); err != nil {
		text, number := errnoText(err)
		return returns(L, vm.LNil, vm.LString("cannot obtain information from file '"+path+"': "+text), vm.LNumber(number))
	}
	if name, ok := L.Get(2).(vm.LString); ok {
		if links && name == "target" {
			return lfsTarget(L, path)
		}
		for _, f := range lfsFields {
			if f.name == string(name) {
				return returns(L, f.get(&info))
			}
		}
		native.Raise(L, "invalid attribute name '%s'", string(name))
	}
	table, ok := L.Get(2).(*vm.LTable)
	if !ok {
		table = L.CreateTable(0, len(lfsFields)+1)
	}
	for _, f := range lfsFields {
		table.RawSetString(f.name, f.get(&info))
	}
	if target, err := os.Readlink(path); links && err == nil {
		table.RawSetString("target", vm.LString(target))
	}
	return returns(L, table)
}

func lfsTarget(L *vm.LState, path string) int {
	target, err := os.Readlink(path)
	if err != nil {
		text, number := errnoText(err)
		return returns(L, vm.LNil, vm.LString("could not obtain link target: "+text), vm.LNumber(number))
	}
	return returns(L, vm.LString(target))
}

// lfsCurrentdir is currentdir().
func lfsCurrentdir(L *vm.LState) int {
	folder, err := os.Getwd()
	if err != nil {
		text, number := errnoText(err)
		return returns(L, vm.LNil, vm.LString(text), vm.LNumber(number))
	}
	return returns(L, vm.LString(folder))
}

// lfsListing is the object behind an iterator: the names that are left, nil once it is closed.
type lfsListing struct{ names []string }

var lfsListingMethods = shared(function{"next", lfsNext}, function{"close", lfsClose})

// lfsDir is dir(path): an iterator over the names in a folder, "." and ".." among them, and its object.
func lfsDir(L *vm.LState) int {
	path := native.CheckString(L, 1)
	native.Step(L, 100)
	names, err := readNames(path)
	if err != nil {
		text, _ := errnoText(err)
		native.Raise(L, "cannot open %s: %s", path, text)
	}
	native.Alloc(L, 64*len(names))
	metatable := tableOf(L, "__index", fill(L.CreateTable(0, 2), lfsListingMethods), "__close", lfsListingMethods["close"], "__name", "directory metatable")
	listing := &vm.LUserData{Env: L.Env, Metatable: metatable, Value: &lfsListing{names}}
	return returns(L, lfsListingMethods["next"], listing, vm.LNil, listing)
}

// readNames gives the names in a folder, sorted, so that a script does the same each time.
func readNames(path string) ([]string, error) {
	folder, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	names, err := folder.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	return append([]string{".", ".."}, names...), nil
}

func listing(L *vm.LState) *lfsListing {
	if object, ok := L.Get(1).(*vm.LUserData); ok {
		if found, ok := object.Value.(*lfsListing); ok {
			return found
		}
	}
	native.TypeError(L, 1, "directory metatable")
	return nil
}

// lfsNext is the iterator and the method next: a name, or nil at the end, which closes the listing.
func lfsNext(L *vm.LState) int {
	l := listing(L)
	if l.names == nil {
		native.ArgError(L, 1, "closed directory")
	}
	if len(l.names) == 0 {
		l.names = nil
		return returns(L, vm.LNil)
	}
	name := l.names[0]
	l.names = l.names[1:]
	charge(L)(len(name))
	return returns(L, vm.LString(name))
}

func lfsClose(L *vm.LState) int {
	listing(L).names = nil
	return 0
}
