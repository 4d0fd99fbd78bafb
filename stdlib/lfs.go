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
	function{"attributes", func(L *vm.LState) int { return lfsAttributes(L, false) }},
	function{"symlinkattributes", func(L *vm.LState) int { return lfsAttributes(L, true) }},
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

// lfsStatus is what the system tells of a file, the same on every system. Times
// are seconds.
type lfsStatus struct {
	mode                            uint32
	dev, ino, nlink, uid, gid, rdev float64
	access, modification, change    float64
	size, blocks, blksize           float64
}

// lfsFields are the attributes of a file in LuaFileSystem's order.
var lfsFields = []struct {
	name string
	get  func(*lfsStatus) vm.LValue
}{
	{"mode", func(s *lfsStatus) vm.LValue { return vm.LString(lfsMode(s.mode)) }},
	{"dev", func(s *lfsStatus) vm.LValue { return vm.LNumber(s.dev) }},
	{"ino", func(s *lfsStatus) vm.LValue { return vm.LNumber(s.ino) }},
	{"nlink", func(s *lfsStatus) vm.LValue { return vm.LNumber(s.nlink) }},
	{"uid", func(s *lfsStatus) vm.LValue { return vm.LNumber(s.uid) }},
	{"gid", func(s *lfsStatus) vm.LValue { return vm.LNumber(s.gid) }},
	{"rdev", func(s *lfsStatus) vm.LValue { return vm.LNumber(s.rdev) }},
	{"access", func(s *lfsStatus) vm.LValue { return vm.LNumber(s.access) }},
	{"modification", func(s *lfsStatus) vm.LValue { return vm.LNumber(s.modification) }},
	{"change", func(s *lfsStatus) vm.LValue { return vm.LNumber(s.change) }},
	{"size", func(s *lfsStatus) vm.LValue { return vm.LNumber(s.size) }},
	{"permissions", func(s *lfsStatus) vm.LValue { return vm.LString(lfsPermissions(s.mode)) }},
	{"blocks", func(s *lfsStatus) vm.LValue { return vm.LNumber(s.blocks) }},
	{"blksize", func(s *lfsStatus) vm.LValue { return vm.LNumber(s.blksize) }},
}

// The kinds of files in a mode, which are the same on all systems of Unix.
const (
	lfsKind      = 0o170000
	lfsSocket    = 0o140000
	lfsLink      = 0o120000
	lfsRegular   = 0o100000
	lfsBlock     = 0o060000
	lfsDirectory = 0o040000
	lfsCharacter = 0o020000
	lfsPipe      = 0o010000
)

func lfsMode(mode uint32) string {
	switch mode & lfsKind {
	case lfsRegular:
		return "file"
	case lfsLink:
		return "link"
	case lfsDirectory:
		return "directory"
	case lfsCharacter:
		return "char device"
	case lfsBlock:
		return "block device"
	case lfsPipe:
		return "named pipe"
	case lfsSocket:
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

// lfsPath is the path of a call, which ends at a NUL byte as it does in C.
func lfsPath(L *vm.LState) string {
	path, _, _ := strings.Cut(native.CheckString(L, 1), "\x00")
	return path
}

// lfsAttributes is attributes(path, request) and symlinkattributes(path, request): one attribute, or a table of all.
func lfsAttributes(L *vm.LState, links bool) int {
	native.Step(L, 100)
	path := lfsPath(L)
	name, one := asText(L.Get(2))
	if links && name == "target" {
		return lfsTarget(L, path)
	}
	info, err := lfsStat(path, !links)
	if err != nil {
		text, number := errnoText(err)
		return returns(L, vm.LNil, vm.LString("cannot obtain information from file '"+path+"': "+text), vm.LNumber(number))
	}
	if one {
		for _, f := range lfsFields {
			if f.name == name {
				return returns(L, f.get(&info))
			}
		}
		native.Raise(L, "invalid attribute name '%s'", name)
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
	path := lfsPath(L)
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
	// To open a FIFO would wait for whoever writes to it.
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() {
		err = syscall.ENOTDIR
	}
	if err != nil {
		return nil, err
	}
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
