package library

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

func osTime(l *vm.LState) int {
	s := stateOf(l)
	if l.Get(1) == vm.LNil {
		l.Push(vm.LNumber(s.lib.system.Now().Unix()))
		return 1
	}
	t := touch(l, native.CheckTable(l, 1))
	l.SetTop(1)
	year := timeField(l, t, "year", -1, 1900)
	month := timeField(l, t, "month", -1, 1)
	day := timeField(l, t, "day", -1, 0)
	hour := timeField(l, t, "hour", 12, 0)
	minute := timeField(l, t, "min", 0, 0)
	second := timeField(l, t, "sec", 0, 0)
	dst := index(l, t, vm.LString("isdst"))
	// Seconds are added at last: the rest alone decides the zone's offset.
	at := time.Date(int(year)+1900, time.Month(month+1), int(day), int(hour), int(minute), 0, 0, s.lib.system.Zone)
	at = at.Add(time.Duration(second) * time.Second)
	if dst != vm.LNil {
		switch want := vm.LVAsBool(dst); {
		case want && !at.IsDST():
			at = at.Add(-time.Hour)
		case !want && at.IsDST():
			at = at.Add(time.Hour)
		}
	}
	unix := at.Unix()
	if y := at.Year(); y > math.MaxInt32 || unix == -1 {
		native.Raise(l, "time result cannot be represented in this installation")
	}
	setDateFields(t, at)
	l.Push(vm.LNumber(unix))
	return 1
}

func setDateFields(t *vm.LTable, at time.Time) {
	for _, f := range []struct {
		name  string
		value int
	}{
		{"year", at.Year()}, {"month", int(at.Month())}, {"day", at.Day()},
		{"hour", at.Hour()}, {"min", at.Minute()}, {"sec", at.Second()},
		{"yday", at.YearDay()}, {"wday", int(at.Weekday()) + 1},
	} {
		t.RawSetString(f.name, vm.LNumber(f.value))
	}
	t.RawSetString("isdst", vm.LBool(at.IsDST()))
}

func osDate(l *vm.LState) int {
	s := stateOf(l)
	format := native.OptString(l, 1, "%c")
	var at time.Time
	if l.Get(2) == vm.LNil {
		at = s.lib.system.Now()
	} else {
		at = time.Unix(native.CheckInteger(l, 2), 0)
	}
	if strings.HasPrefix(format, "!") {
		at, format = at.UTC(), format[1:]
	} else {
		at = at.In(s.lib.system.Zone)
	}
	if unix := at.Unix(); unix > 67768036191676799 || unix < -67768040609740800 {
		native.Raise(l, "date result cannot be represented in this installation")
	}
	if format == "*t" {
		t := l.CreateTable(0, 9)
		setDateFields(t, at)
		l.Push(t)
		return 1
	}
	var b []byte
	charged := 0
	read(l, len(format))
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b = append(b, format[i])
			continue
		}
		native.Step(l, 4)
		if len(b) >= charged {
			charged = 2*len(b) + 256
			room(l, charged)
		}
		n := dateSpecifier(format[i+1:])
		if n == 0 {
			native.ArgError(l, 1, "invalid conversion specifier '%"+format[i+1:]+"'")
		}
		b = appendDate(b, at, format[i+n])
		i += n
	}
	room(l, len(b))
	l.Push(vm.LString(b))
	return 1
}

// dateSpecifier gives the length of the specifier that a text begins with, 0
// for none (the set of C99).
func dateSpecifier(s string) int {
	if s == "" {
		return 0
	}
	set, n := "aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%", 1
	switch s[0] {
	case 'E':
		set, n = "cCxXyY", 2
	case 'O':
		set, n = "deHImMSuUVwWy", 2
	}
	if len(s) < n || strings.IndexByte(set, s[n-1]) < 0 {
		return 0
	}
	return n
}

func appendDate(b []byte, t time.Time, specifier byte) []byte {
	two := func(n int) []byte { return fmt.Appendf(b, "%02d", n) }
	hour12 := (t.Hour()+11)%12 + 1
	switch specifier {
	case 'a':
		return t.AppendFormat(b, "Mon")
	case 'A':
		return t.AppendFormat(b, "Monday")
	case 'b', 'h':
		return t.AppendFormat(b, "Jan")
	case 'B':
		return t.AppendFormat(b, "January")
	case 'c':
		b = t.AppendFormat(b, "Mon Jan _2 15:04:05 ")
		return strconv.AppendInt(b, int64(t.Year()), 10)
	case 'C':
		return two(floorDiv(t.Year(), 100))
	case 'd':
		return two(t.Day())
	case 'D', 'x':
		b = t.AppendFormat(b, "01/02/")
		return fmt.Appendf(b, "%02d", mod(t.Year(), 100))
	case 'e':
		return fmt.Appendf(b, "%2d", t.Day())
	case 'F':
		b = strconv.AppendInt(b, int64(t.Year()), 10)
		return t.AppendFormat(b, "-01-02")
	case 'H':
		return two(t.Hour())
	case 'I':
		return two(hour12)
	case 'j':
		return fmt.Appendf(b, "%03d", t.YearDay())
	case 'm':
		return two(int(t.Month()))
	case 'M':
		return two(t.Minute())
	case 'n':
		return append(b, '\n')
	case 'p':
		return t.AppendFormat(b, "PM")
	case 'r':
		return fmt.Appendf(b, "%02d:%02d:%02d %s", hour12, t.Minute(), t.Second(), t.Format("PM"))
	case 'R':
		return t.AppendFormat(b, "15:04")
	case 'S':
		return two(t.Second())
	case 't':
		return append(b, '\t')
	case 'T', 'X':
		return t.AppendFormat(b, "15:04:05")
	case 'u':
		return strconv.AppendInt(b, int64((int(t.Weekday())+6)%7+1), 10)
	case 'g', 'G', 'U', 'V', 'W':
		return appendWeek(b, t, specifier)
	case 'w':
		return strconv.AppendInt(b, int64(t.Weekday()), 10)
	case 'y':
		return two(mod(t.Year(), 100))
	case 'Y':
		return strconv.AppendInt(b, int64(t.Year()), 10)
	case 'z':
		return t.AppendFormat(b, "-0700")
	case 'Z':
		if name, _ := t.Zone(); t.Location() == time.UTC && name == "UTC" {
			return append(b, "GMT"...)
		}
		return t.AppendFormat(b, "MST")
	}
	return append(b, '%')
}

// appendWeek appends what has to do with weeks of the year.
func appendWeek(b []byte, t time.Time, specifier byte) []byte {
	year, week := t.ISOWeek()
	switch specifier {
	case 'g':
		week = mod(year, 100)
	case 'G':
		return strconv.AppendInt(b, int64(year), 10)
	case 'U':
		week = (t.YearDay() + 6 - int(t.Weekday())) / 7
	case 'W':
		week = (t.YearDay() + 6 - (int(t.Weekday())+6)%7) / 7
	}
	return fmt.Appendf(b, "%02d", week)
}

func floorDiv(a, b int) int { return (a - mod(a, b)) / b }

func mod(a, b int) int { return (a%b + b) % b }
