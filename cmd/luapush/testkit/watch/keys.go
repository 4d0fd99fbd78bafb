package watch

import (
	"context"

	"github.com/luapush/luapush/cmd/luapush/testkit/result"
)

// The keys of a terminal in raw mode, which makes no signals of them.
const (
	interrupt = 0x03
	endOfText = 0x04
)

// key does what a key asks for. Other keys do nothing.
func (l *loop) key(ctx context.Context, key byte) error {
	all := func(string) bool { return true }
	switch key {
	case 'q', 'Q', interrupt, endOfText:
		return errQuit
	case 'a', 'A':
		l.begin(ctx, l.request("", all))
	case 'f', 'F':
		r := l.request("", func(name string) bool { return l.files[name].Bad > 0 })
		if len(r.named) == 0 {
			l.say("nothing has failed")
			return nil
		}
		r.all = false
		l.begin(ctx, r)
	case 'u', 'U':
		if l.ReadOnly != "" {
			l.say("golden traces are not written: %s", l.ReadOnly)
			return nil
		}
		r := l.request("", l.differs)
		if len(r.named) == 0 {
			r = l.request("", all)
		}
		r.update = true
		l.begin(ctx, r)
	case '\r', '\n':
		r := l.request("", all)
		if l.last != nil && !l.last.all && len(l.last.named) > 0 {
			r = l.request("", func(name string) bool { return l.last.named[name] })
			r.all = false
		}
		l.begin(ctx, r)
	}
	return nil
}

// differs tells whether a golden trace of a file does.
func (l *loop) differs(name string) bool {
	for _, c := range l.files[name].cases {
		if c.Kind == result.Golden && c.Status.Bad() {
			return true
		}
	}
	return false
}
