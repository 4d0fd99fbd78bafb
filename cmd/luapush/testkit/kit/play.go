package kit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/host"
	"github.com/luapush/luapush/cmd/luapush/testkit/value"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/source"
)

var playOptions = []string{"scenario"}

// play is handler:play(what, [options]): it plays a fixture file, a
// transaction, an event, or a list of events as one transaction, and gives what
// the handler did.
func play(l *vm.LState) int {
	h := checkHandler(l, "play")
	if h.closed {
		native.Raise(l, "the handler's session is closed")
	}
	from := len(h.records)
	scenario := ""
	if options := optionTable(l, 3); options != nil {
		checkKeys(l, "handler:play", options, playOptions)
		scenario = vm.LVAsString(options.RawGetString("scenario"))
	}
	switch what := l.Get(2).(type) {
	case vm.LString:
		h.playFile(l, string(what), scenario)
	case *vm.LTable:
		t := h.inline(l, what)
		h.work(l, func(ctx context.Context) { h.playOne(ctx, t, false) })
	default:
		native.Raise(l, "handler:play: give a fixture's path, an event such as t.message_new{…}, a list of events, or t.transaction{…}; this is %s", value.Line(what))
	}
	h.run.settle(l)
	l.Push(h.file.object(&log{h, from, len(h.records)}, "log", logMethods))
	return 1
}

// optionTable gives the table of options of a call; nil where there is none.
func optionTable(l *vm.LState, n int) *vm.LTable {
	t, ok := l.Get(n).(*vm.LTable)
	if !ok && l.Get(n) != vm.LNil {
		native.TypeError(l, n, "table")
	}
	return t
}

// checkHandler gives the handler that a method was called on.
func checkHandler(l *vm.LState, method string) *handler {
	if ud, ok := l.Get(1).(*vm.LUserData); ok {
		if h, ok := ud.Value.(*handler); ok {
			if h.file.run == nil || h.file.run.root() != h.run {
				native.Raise(l, "this handler belongs to a case that is over: load it in a t.before")
			}
			h.round = h.run.round
			return h
		}
	}
	native.Raise(l, "call it with a colon on what t.load gave: handler:%s(…)", method)
	return nil
}

// inline makes the transaction of what a test wrote down.
func (h *handler) inline(l *vm.LState, what *vm.LTable) *mail.Transaction {
	document := what
	switch {
	case what.RawGetString("name") != vm.LNil:
		document = table("events", list1(what))
	case what.RawGetString("events") == vm.LNil:
		document = transactionTable(l, what)
	}
	t := parseTransaction(l, "handler:play", h.file.withEvents(l, document))
	return merge(h.base, t, true)
}

// merge puts what one transaction says over another; user tells that the user
// goes with it where it has a name.
func merge(under, over *mail.Transaction, user bool) *mail.Transaction {
	made := *over
	if !user || over.User.Username == "" {
		made.User = under.User
	}
	made.Settings = mergeMap(under.Settings, over.Settings)
	made.Metadata = mergeMap(under.Metadata, over.Metadata)
	made.Mailboxes = mergeMap(under.Mailboxes, over.Mailboxes)
	made.Messages = append(slices.Clone(over.Messages), under.Messages...)
	return &made
}

func mergeMap[V any](under, over mail.Map[V]) mail.Map[V] {
	switch {
	case len(under) == 0:
		return over
	case len(over) == 0:
		return under
	}
	made := slices.Clone(under)
	for k, v := range over.All() {
		made.Put(k, v)
	}
	return made
}

// recorded puts what the test said of user, settings and mail over a recorded
// transaction.
func (h *handler) recorded(t *mail.Transaction) *mail.Transaction {
	made := *t
	made.Settings = mergeMap(t.Settings, h.base.Settings)
	made.Metadata = mergeMap(t.Metadata, h.base.Metadata)
	made.Mailboxes = mergeMap(t.Mailboxes, h.base.Mailboxes)
	made.Messages = append(slices.Clone(h.base.Messages), t.Messages...)
	if h.userGiven {
		id, created := t.User.SessionID, t.User.SessionCreateTime
		made.User = h.base.User
		made.User.SessionID, made.User.SessionCreateTime = id, created
	}
	return &made
}

// maxFixture bounds the fixtures that are looked through for a scenario.
const maxFixture = 100_000

// playFile plays the transactions of a file, or those of one scenario of it.
func (h *handler) playFile(l *vm.LState, name, scenario string) {
	path := h.file.resolve(name)
	deliveries, err := h.read(path, scenario)
	if err != nil {
		native.Raise(l, "handler:play: %s", err)
	}
	h.work(l, func(ctx context.Context) {
		for i, d := range deliveries {
			if ctx.Err() != nil {
				return
			}
			h.playOne(ctx, h.recorded(d.Transaction), d.Last && i < len(deliveries)-1)
		}
	})
}

func (h *handler) read(path, scenario string) ([]*source.Delivery, error) {
	data, err := host.Read(path, "a file of recorded transactions (.jsonl)")
	if err != nil {
		return nil, err
	}
	h.file.loader.options.Stage.Used(path)
	from := source.NewReader(bytes.NewReader(data), path)
	defer from.Close()
	var list []*source.Delivery
	var names []string
	for {
		d, err := from.Next(h.run.ctx)
		switch {
		case errors.Is(err, io.EOF):
			if len(list) == 0 {
				return nil, fmt.Errorf("%s has no scenario %q: %s", path, scenario, value.Meant(scenario, names))
			}
			return list, nil
		case err != nil:
			return nil, err
		case len(list) >= maxFixture:
			return nil, fmt.Errorf("%s has more than %d transactions", path, maxFixture)
		}
		if s := d.Transaction.Scenario; scenario == "" || s == scenario {
			list = append(list, d)
		} else if !slices.Contains(names, s) && s != "" {
			names = append(names, s)
		}
	}
}

// closeHandler is handler:close(): it ends the sessions, which calls
// script_deinit.
func closeHandler(l *vm.LState) int {
	h := checkHandler(l, "close")
	h.work(l, h.close)
	h.run.settle(l)
	return 0
}

func list1(v vm.LValue) *vm.LTable {
	t := table()
	t.RawSetInt(1, v)
	return t
}
