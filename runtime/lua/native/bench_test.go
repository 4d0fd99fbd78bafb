package native

import (
	"context"
	"testing"

	vm "github.com/yuin/gopher-lua"
)

// BenchmarkCounting shows what counting instructions costs: the same loop with
// nothing, with a plain context, and with a budget.
func BenchmarkCounting(b *testing.B) {
	const source = `local n = 0 for i = 1, 10000 do n = n + i % 7 end return n`
	plain := func(b *testing.B, l *vm.LState) {
		fn := load(b, l, "t", source)
		for b.Loop() {
			l.Push(fn)
			l.Call(0, 0)
		}
	}
	b.Run("none", func(b *testing.B) {
		l := vm.NewState(vm.Options{SkipOpenLibs: true})
		defer l.Close()
		plain(b, l)
	})
	b.Run("context", func(b *testing.B) {
		l := vm.NewState(vm.Options{SkipOpenLibs: true})
		defer l.Close()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		l.SetContext(ctx)
		plain(b, l)
	})
	b.Run("budget", func(b *testing.B) {
		l := newState(b)
		fn := load(b, l, "t", source)
		Of(l).Budget.Start(context.Background(), Limits{Instructions: 1 << 60, Memory: 1 << 30})
		for b.Loop() {
			if _, raised := PCall(l, nil, fn); raised != nil {
				b.Fatal(raised)
			}
		}
	})
}

// BenchmarkPCall is a protected call from Go.
func BenchmarkPCall(b *testing.B) {
	l := newState(b)
	for name, source := range map[string]string{"well": `return 1`, "error": `error("x")`} {
		fn := load(b, l, "t", source)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				PCall(l, nil, fn)
			}
		})
	}
}
