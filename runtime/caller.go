package runtime

import vm "github.com/yuin/gopher-lua"

// Caller is the script and line of the Lua code that called the native
// function which runs in l; "" and 0 if there is none.
func Caller(l *vm.LState) (script string, line int) {
	for level := 1; ; level++ {
		d, ok := l.GetStack(level)
		if !ok {
			return "", 0
		}
		if _, err := l.GetInfo("Sl", d, vm.LNil); err == nil && d.What != "Go" && d.CurrentLine > 0 {
			return d.Source, d.CurrentLine
		}
	}
}
