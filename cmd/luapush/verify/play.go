package verify

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/source"
	"github.com/luapush/luapush/runtime/trace"
)

// Played says how luapush plays the transactions.
type Played struct {
	// Options are the host's; what HTTP sends must arrive at the recorder.
	Options runtime.Options
	// Drivers gives those of the host.
	Drivers func(*runtime.Host) (runtime.Drivers, error)
	// Script is the path in messages of the script.
	Script string
	// Line chooses and writes the log lines that are compared; nil takes all
	// that Dovecot would write.
	Line func(*trace.Log) (string, bool)
	// Recorder has the requests.
	Recorder *Recorder
}

// Play plays the transactions of each step.
func Play(ctx context.Context, steps [][]*mail.Transaction, p Played) (*Result, error) {
	player := &player{Played: p, result: &Result{Steps: make([]Effects, len(steps)), Changes: map[MetadataKey]*string{}}}
	options := p.Options
	options.Observer = trace.ObserverFunc(player.observe)
	host := runtime.New(options)
	drivers, err := p.Drivers(host)
	if err != nil {
		return nil, err
	}
	p.Recorder.Take()
	for n, list := range steps {
		player.now = &player.result.Steps[n]
		var text bytes.Buffer
		w := mail.NewWriter(&text)
		for _, txn := range list {
			if err := w.Write(txn); err != nil {
				return nil, err
			}
		}
		if len(list) > 0 {
			from := source.NewReader(&text, list[0].Scenario)
			_, err := host.RunDrivers(ctx, drivers, from)
			if closing := from.Close(); err == nil {
				err = closing
			}
			if err != nil {
				return nil, err
			}
		}
		player.now.Requests = p.Recorder.Take()
	}
	return player.result, nil
}

// Only is a handler that is a user's only driver.
func Only(script string, text []byte) func(*runtime.Host) (runtime.Drivers, error) {
	return func(h *runtime.Host) (runtime.Drivers, error) {
		d := &runtime.Driver{LoadedBy: runtime.ByDriver}
		program, err := h.Compile(script, text)
		if err != nil {
			fault, ok := err.(*runtime.Error) //nolint:errorlint // it is what Compile says it gives
			if !ok {
				return nil, err
			}
			d.Fault = fault
		}
		d.Program = program
		list := runtime.DriverList{Drivers: []*runtime.Driver{d}}
		return func(*mail.Transaction) runtime.DriverList { return list }, nil
	}
}

// player is one run.
type player struct {
	Played
	result *Result
	now    *Effects
	user   string
}

func (p *player) observe(r trace.Record) {
	switch r := r.(type) {
	case *trace.Begin:
		p.user = r.User
	case *trace.Log:
		line, show := string(r.Level)+" "+r.Message, !r.Suppressed
		if p.Line != nil {
			line, show = p.Line(r)
		}
		if show {
			p.line(line)
		}
	case *trace.Error:
		p.line("error " + errorLine(r, p.Script))
	case *trace.Metadata:
		k := MetadataKey{User: p.user, Mailbox: r.Mailbox, Key: r.Key}
		p.result.Changes[k] = nil
		if r.Op == "set" {
			v := r.Value
			p.result.Changes[k] = &v
		}
	}
}

func (p *player) line(text string) {
	p.now.Lines = append(p.now.Lines, Plain(text, p.Script, p.Recorder.Addr()))
}

// errorLine writes an error as Dovecot logs it (dovecot.md §1.2, §2.2).
func errorLine(r *trace.Error, script string) string {
	name, _, _ := strings.Cut(r.Driver, "#")
	if name == "" {
		name = "lua"
	}
	name += ": "
	switch {
	case r.Code == runtime.CodeSettings:
		return r.Message
	case r.Code == "syntax":
		return name + "lua_load(" + script + ") failed: " + r.Text
	case r.Text == "" && r.Message != "nil":
		return name + r.Message
	}
	call := fmt.Sprintf("lua_pcall(%s, 2, 0)", r.Function)
	switch {
	case r.Function == "":
		call = "lua_pcall(" + script + ")"
	case r.Function == "script_init":
		call = "lua_pcall(script_init, 0, 1)"
	case r.Function == "script_deinit":
		call = "script_deinit() failed: lua_pcall(script_deinit, 0, 0)"
	case strings.HasSuffix(r.Function, "begin_txn"):
		call = "lua_pcall(" + r.Function + ", 1, 1)"
	}
	text := r.Text
	if text != "(null)" {
		if text != "" {
			text += "\n"
		}
		text += "stack traceback:\n\t" + strings.Join(r.Traceback, "\n\t")
	}
	return name + call + " failed: " + text
}
