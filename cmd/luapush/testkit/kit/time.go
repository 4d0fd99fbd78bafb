package kit

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/clock"
	"github.com/luapush/luapush/cmd/luapush/testkit/value"
	"github.com/luapush/luapush/runtime/lua/native"
)

func parseDuration(v vm.LValue) (time.Duration, error) {
	bad := fmt.Errorf("%s is no time: write \"2s\", \"1m30s\", \"1h\", \"2d\", or seconds as a number", value.Line(v))
	switch v := v.(type) {
	case vm.LNumber:
		if v < 0 || math.IsNaN(float64(v)) {
			return 0, bad
		}
		return clock.Seconds(float64(v)), nil
	case vm.LString:
		if days, ok := strings.CutSuffix(string(v), "d"); ok {
			n, err := strconv.ParseFloat(days, 64)
			if err != nil || !(n >= 0) {
				return 0, bad
			}
			return clock.Seconds(n * 86400), nil
		}
		d, err := time.ParseDuration(string(v))
		if err != nil || d < 0 {
			return 0, bad
		}
		return d, nil
	}
	return 0, bad
}

// advance is advance(time): it moves the clock.
func advance(l *vm.LState) int {
	f := fileOf(l)
	f.running(l, "advance")
	f.loader.options.Stage.Clock.Advance(duration(l, "t.advance", l.Get(1)))
	return 0
}

// now is now(): the clock in seconds since 1970.
func now(l *vm.LState) int {
	l.Push(vm.LNumber(float64(fileOf(l).loader.options.Stage.Clock.Now().UnixMicro()) / 1e6))
	return 1
}

// setClock is clock(time): it sets the clock to a text such as
// "2026-03-01T08:00:00Z", or to seconds since 1970.
func setClock(l *vm.LState) int {
	f := fileOf(l)
	f.running(l, "clock") // each case begins with a clock of its own
	c := f.loader.options.Stage.Clock
	switch v := l.Get(1).(type) {
	case vm.LNumber:
		if math.Abs(float64(v)) < 1<<37 {
			c.Set(time.UnixMicro(int64(float64(v) * 1e6)))
			return 0
		}
	case vm.LString:
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02"} {
			if at, err := time.Parse(layout, string(v)); err == nil {
				c.Set(at)
				return 0
			}
		}
	}
	native.Raise(l, "t.clock: %s is no time: write \"2026-03-01T08:00:00Z\", \"2026-03-01\", or seconds since 1970", value.Line(l.Get(1)))
	return 0
}
