package kit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/answer"
	"github.com/luapush/luapush/cmd/luapush/testkit/value"
	"github.com/luapush/luapush/runtime/lua/native"
)

// answerFields are the fields of an answer.
var answerFields = []string{"status", "reason", "headers", "body", "json", "slow", "times", "fault"}

// setHTTP is http(rules): how the requests of handlers are answered from here to
// the end of the case. A single answer stands for all requests.
func setHTTP(l *vm.LState) int {
	f := fileOf(l)
	r := f.running(l, "http")
	var rules []*answer.Rule
	t, ok := l.Get(1).(*vm.LTable)
	if !ok || isAnswer(t) || t.Len() > 0 {
		rules = append(rules, &answer.Rule{URL: "*", Answers: f.answers(l, "t.http", l.Get(1))})
	} else {
		for _, key := range sortedKeys(l, t) {
			method, url, err := answer.ParseKey(key)
			if err != nil {
				native.Raise(l, "t.http: %s", err)
			}
			rules = append(rules, &answer.Rule{
				Method: method, URL: url, Answers: f.answers(l, "t.http: "+value.Quote(key), t.RawGetString(key)),
			})
		}
	}
	f.loader.options.Stage.Carrier = &answer.Transport{
		Clock: f.loader.options.Stage.Clock, Rules: answer.NewRules(rules),
		Unexpected: func(q *answer.Request, nearest string) {
			if len(r.unexpected) < maxRecords {
				r.unexpected = append(r.unexpected, &unexpected{method: q.Method, url: q.URL, nearest: nearest})
			}
		},
	}
	return 0
}

func sortedKeys(l *vm.LState, t *vm.LTable) []string {
	var keys []string
	for k, _ := t.Next(vm.LNil); k != vm.LNil; k, _ = t.Next(k) {
		s, ok := k.(vm.LString)
		if !ok {
			native.Raise(l, "t.http: the key %s is not a text such as \"POST http://hook.example/\"", value.Line(k))
		}
		keys = append(keys, string(s))
	}
	slices.Sort(keys)
	return keys
}

// isAnswer tells a table that is one answer from a table of rules and from a
// sequence.
func isAnswer(t *vm.LTable) bool {
	for _, name := range answerFields {
		if t.RawGetString(name) != vm.LNil {
			return true
		}
	}
	return false
}

// answers reads an answer, or a sequence of them.
func (f *File) answers(l *vm.LState, what string, v vm.LValue) []answer.Answer {
	t, ok := v.(*vm.LTable)
	if !ok || isAnswer(t) {
		return []answer.Answer{f.answer(l, what, v)}
	}
	n := t.Len()
	if n == 0 {
		native.Raise(l, "%s: give an answer: a status, a table such as {status = 200, body = \"ok\"}, a fault such as \"refused\", or a function", what)
	}
	var list []answer.Answer
	for i := 1; i <= n; i++ {
		list = append(list, f.answer(l, fmt.Sprintf("%s: answer %d", what, i), t.RawGetInt(i)))
	}
	return list
}

// answer reads one answer.
func (f *File) answer(l *vm.LState, what string, v vm.LValue) answer.Answer {
	var a answer.Answer
	var err error
	switch v := v.(type) {
	case vm.LNumber:
		a.Status, err = status(v)
	case vm.LString:
		a, err = answer.Named(string(v))
	case *vm.LFunction:
		a.Func = f.asking(v)
	case *vm.LTable:
		a = f.tableAnswer(l, what, v)
	default:
		err = fmt.Errorf("%s is no answer: give a status, a table, a function, or a fault such as \"refused\"", value.Line(v))
	}
	if err == nil {
		err = a.Check()
	}
	if err != nil {
		native.Raise(l, "%s: %s", what, err)
	}
	return a
}

func (f *File) tableAnswer(l *vm.LState, what string, t *vm.LTable) answer.Answer {
	a := answer.Answer{Status: 200}
	for k, v := t.Next(vm.LNil); k != vm.LNil; k, v = t.Next(k) {
		switch name := k.String(); {
		case k == vm.LValue(vm.LNumber(1)):
			first := f.answer(l, what, v)
			first.Times, first.Slow = a.Times, a.Slow
			a = first
		case !slices.Contains(answerFields, name):
			native.Raise(l, "%s: an answer has no field %s; %s", what, value.Line(k), value.Meant(name, answerFields))
		}
	}
	for _, name := range answerFields {
		if v := t.RawGetString(name); v != vm.LNil {
			if err := setField(l, &a, name, v); err != nil {
				native.Raise(l, "%s: %s: %s", what, name, err)
			}
		}
	}
	return a
}

// setField sets a field of an answer.
func setField(l *vm.LState, a *answer.Answer, name string, v vm.LValue) (err error) {
	switch name {
	case "status":
		a.Status, err = status(v)
	case "reason":
		a.Reason, err = plain(v, "a text")
	case "body":
		a.Body, err = plain(v, "a text; json = {…} makes one of a table")
	case "json":
		text, err := value.AppendJSON(nil, v)
		if err != nil {
			return err
		}
		native.Alloc(l, len(text))
		a.Body = string(text)
		a.Header = append(a.Header, answer.Header{Name: "Content-Type", Value: "application/json"})
	case "headers":
		t, ok := v.(*vm.LTable)
		if !ok {
			return errors.New("give a table")
		}
		for _, name := range sortedKeys(l, t) {
			text, err := plain(t.RawGetString(name), "a text for "+name)
			if err != nil {
				return err
			}
			a.Header = append(a.Header, answer.Header{Name: name, Value: text})
		}
	case "slow":
		a.Slow, err = parseDuration(v)
	case "times":
		n, ok := v.(vm.LNumber)
		if !ok || n < 1 || n != vm.LNumber(int(n)) {
			return fmt.Errorf("%s is no number from 1 on", value.Line(v))
		}
		a.Times = int(n)
	case "fault":
		named, err := answer.Named(vm.LVAsString(v))
		if err != nil {
			return err
		}
		a.Fault, a.Body, a.Header = named.Fault, named.Body, named.Header
	}
	return err
}

// status reads a status.
func status(v vm.LValue) (int, error) {
	n, ok := v.(vm.LNumber)
	if !ok || n != vm.LNumber(int(n)) {
		return 0, fmt.Errorf("%s is no status: give a number such as 200", value.Line(v))
	}
	return int(n), nil
}

// plain reads a text, for which a number may stand.
func plain(v vm.LValue, want string) (string, error) {
	switch v.(type) {
	case vm.LString, vm.LNumber:
		return vm.LVAsString(v), nil
	}
	return "", fmt.Errorf("%s is no text: give %s", value.Line(v), want)
}

// asking makes an answer function of one of the test, which runs in the test's
// state while the handler waits.
func (f *File) asking(fn *vm.LFunction) func(*answer.Request) (answer.Answer, error) {
	return func(q *answer.Request) (a answer.Answer, err error) {
		r := f.run.root()
		if len(r.threads) == 0 {
			return a, errors.New("the test is over")
		}
		l := r.threads[len(r.threads)-1]
		read := &vm.LFunction{IsG: true, GFunction: func(l *vm.LState) int {
			l.Push(fn)
			l.Push(answerTable(q))
			native.Call(l, 1, 1)
			a = f.answer(l, "the answer of a function in t.http", l.Get(-1))
			if a.Func != nil {
				native.Raise(l, "an answer function returned a function")
			}
			return 0
		}}
		var traceback []string
		_, raised := native.PCall(l, func(l *vm.LState, v vm.LValue) vm.LValue {
			traceback = native.TracebackLines(l, 0)
			return v
		}, read)
		switch {
		case raised == nil:
			return a, nil
		case native.Fatal(raised) != nil:
			r.fatal = raised
			r.stop(context.Canceled)
			return a, context.Canceled
		}
		if r.broken == nil {
			r.broken = &thrown{raised, traceback}
		}
		return a, errors.New("the answer function raised an error")
	}
}
