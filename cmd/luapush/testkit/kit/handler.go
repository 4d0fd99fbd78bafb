package kit

import (
	"context"
	"errors"
	"path/filepath"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/host"
	"github.com/luapush/luapush/cmd/luapush/testkit/value"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/mail"
)

// handler is a handler that a case has loaded.
type handler struct {
	run     *run
	file    *File
	host    *host.Host
	program *host.Program
	driver  *runtime.Driver
	release dovecot.Release
	// base is what the test said of user, settings, metadata and mailboxes.
	base      *mail.Transaction
	userGiven bool
	// luaSettings and fault are set while the handler is at work.
	luaSettings map[string]string
	// options are what a driver of luapush's own is started with; nil for any
	// other handler.
	options map[string]string
	fault   string
	gone    map[string]bool

	// sessions are the open ones by their id, in the order of opening; main is
	// the one that load opened.
	sessions map[string]*runtime.Session
	order    []string
	main     *runtime.Session
	owner    string
	// current is the session that played last.
	current *runtime.Session
	// calling is the call of a function by the test, while that goes on.
	calling *calling
	closed  bool
	busy    bool
	// round is that of the benchmark in which it was used last.
	round int

	records  []*entry
	contexts []contextAt
}

// contextAt is what begin_txn returned, and after how many records.
type contextAt struct {
	at    int
	value vm.LValue
}

var loadOptions = []string{
	"settings", "user", "metadata", "mailboxes", "messages", "dovecot", "strict", "debug", "lua_settings", "options",
	"metadata_error",
}

// maxHandlers bounds the sessions that a case may hold.
const maxHandlers = 1000

// load is load(path, [options]): it loads a handler into a new session.
func load(l *vm.LState) int {
	f := fileOf(l)
	r := f.running(l, "load")
	path := f.resolve(native.CheckString(l, 1))
	options := optionTable(l, 2)
	if options == nil {
		options = table()
	}
	checkKeys(l, "t.load", options, loadOptions)
	if len(r.handlers) >= maxHandlers {
		native.Raise(l, "the case has loaded more than %d handlers", maxHandlers)
	}
	h := &handler{run: r, file: f, round: r.round, sessions: map[string]*runtime.Session{}}
	h.configure(l, options)
	mode := host.Mode{Strict: vm.LVAsBool(options.RawGetString("strict")), Debug: vm.LVAsBool(options.RawGetString("debug"))}
	var err error
	if h.host, err = f.loader.options.Stage.Host(h.release, path, mode); err != nil {
		native.Raise(l, "t.load: %s", err)
	}
	if h.program, err = h.host.Program(path); err != nil {
		f.raiseLoad(l, err)
	}
	h.driver = &runtime.Driver{Program: h.program.Program, Bundled: h.options != nil, Options: h.options}
	h.base.User.Username = h.username()
	h.owner = h.base.User.Username
	err = h.open(l)
	r.settle(l)
	if err != nil {
		f.raiseLoad(l, err)
	}
	r.handlers = append(r.handlers, h)
	l.Push(f.object(h, "handler", handlerMethods))
	return 1
}

// resolve makes the path of a file that a test names: from the test's folder.
func (f *File) resolve(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(f.folder, path)
}

// raiseLoad raises the error of a handler that could not be loaded.
func (f *File) raiseLoad(l *vm.LState, err error) {
	var e *runtime.Error
	if !errors.As(err, &e) {
		native.Raise(l, "t.load: %s", err)
	}
	text := e.Error()
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	native.Raise(l, "the handler could not be loaded: %s", text)
}

// configure reads the options of load.
func (h *handler) configure(l *vm.LState, options *vm.LTable) {
	h.release = h.file.loader.options.Release
	if v := options.RawGetString("dovecot"); v != vm.LNil {
		release, err := dovecot.Parse(vm.LVAsString(v))
		if err != nil {
			native.Raise(l, "t.load: dovecot: %s", err)
		}
		h.release = release
	}
	h.fault = vm.LVAsString(options.RawGetString("metadata_error"))
	h.luaSettings = textTable(l, options, "lua_settings")
	if h.options = textTable(l, options, "options"); h.options != nil && h.options["luapush_release"] == "" {
		h.options["luapush_release"] = h.release.String()
	}
	document := table()
	for _, name := range []string{"settings", "user", "metadata", "mailboxes", "messages"} {
		// {} may be no list and no object, and says nothing in either case.
		if t, ok := options.RawGetString(name).(*vm.LTable); !ok || !isEmpty(t) {
			document.RawSetString(name, options.RawGetString(name))
		}
	}
	if boxes, ok := options.RawGetString("mailboxes").(*vm.LTable); ok {
		document.RawSetString("mailboxes", h.withoutGone(boxes))
	}
	h.userGiven = options.RawGetString("user") != vm.LNil
	h.base = parseTransaction(l, "t.load", document)
}

func isEmpty(t *vm.LTable) bool {
	k, _ := t.Next(vm.LNil)
	return k == vm.LNil
}

// textTable reads an option of load that is a table of texts; nil where it is not
// there.
func textTable(l *vm.LState, options *vm.LTable, name string) map[string]string {
	v := options.RawGetString(name)
	if v == vm.LNil {
		return nil
	}
	t, ok := v.(*vm.LTable)
	if !ok {
		native.Raise(l, "t.load: %s: give a table such as {name = \"value\"}, not %s", name, value.Line(v))
	}
	list := map[string]string{}
	t.ForEach(func(k, v vm.LValue) { list[native.ToString(k)] = native.ToString(v) })
	return list
}

// withoutGone takes out the mailboxes that do not exist: {Old = false}.
func (h *handler) withoutGone(boxes *vm.LTable) *vm.LTable {
	made := table()
	h.gone = map[string]bool{}
	for name, v := boxes.Next(vm.LNil); name != vm.LNil; name, v = boxes.Next(name) {
		if v == vm.LFalse {
			h.gone[name.String()] = true
			continue
		}
		made.RawSet(name, v)
	}
	return made
}

// defaultUser is whose mail it is where nobody says.
const defaultUser = "alice@example.com"

func (h *handler) username() string {
	if name := h.base.User.Username; name != "" {
		return name
	}
	return defaultUser
}

// open opens the session that load promises.
func (h *handler) open(l *vm.LState) error {
	var session *runtime.Session
	var err error
	from := len(h.run.records)
	h.work(l, func(ctx context.Context) {
		session, err = h.host.OpenDriver(ctx, h.driver, h.base)
	})
	if err != nil {
		if h.run.ctx.Err() != nil {
			return err
		}
		// The error is raised in the test, which makes it known.
		for _, e := range h.run.records[from:] {
			e.claimed = true
		}
		return err
	}
	h.main, h.current = session, session
	return nil
}

// maxNested is how many handlers may be at work inside one another's requests.
const maxNested = 8

// work lets the handler do something while the test waits.
func (h *handler) work(l *vm.LState, do func(ctx context.Context)) {
	r := h.run
	if h.busy {
		native.Raise(l, "the handler is at work: it waits for the answer to its request")
	}
	if len(r.playing) >= maxNested {
		native.Raise(l, "handlers are at work inside one another's requests, more than %d deep", maxNested)
	}
	ctx, cancel := context.WithCancelCause(r.ctx)
	stage := h.file.loader.options.Stage
	outerFault, outerGone := stage.MetadataFault, stage.Gone
	h.busy, stage.MetadataFault, stage.Gone = true, h.fault, h.gone
	h.host.UseLuaSettings(h.luaSettings)
	r.playing, r.threads = append(r.playing, h), append(r.threads, l)
	outerCancel := r.stop
	r.stop = cancel
	defer func() {
		r.playing, r.threads = r.playing[:len(r.playing)-1], r.threads[:len(r.threads)-1]
		h.busy, stage.MetadataFault, stage.Gone, r.stop = false, outerFault, outerGone, outerCancel
		cancel(nil)
	}()
	do(ctx)
}

// settle raises what an answer function raised while the handler was at work,
// and ends a case whose time is over.
func (r *run) settle(l *vm.LState) {
	if r.fatal != nil {
		native.RaiseValue(l, r.fatal)
	}
	if r.ctx.Err() != nil {
		native.Stop(l, &native.Limit{Kind: native.Canceled, Where: native.Where(l, 1), Cause: context.Cause(r.ctx)})
	}
	if t := r.broken; t != nil {
		r.broken = nil
		native.RaiseValue(l, t.value)
	}
}

// close ends all sessions.
func (h *handler) close(ctx context.Context) {
	if h.closed {
		return
	}
	h.closed = true
	h.run.playing = append(h.run.playing, h)
	h.host.UseLuaSettings(h.luaSettings)
	for _, id := range h.order {
		if s := h.sessions[id]; s != nil {
			s.Close(ctx)
		}
	}
	if h.main != nil {
		h.main.Close(ctx)
	}
	h.sessions, h.order, h.main, h.current = nil, nil, nil, nil
	h.run.playing = h.run.playing[:len(h.run.playing)-1]
}

// forget drops what has been recorded.
func (h *handler) forget() { h.records, h.contexts = h.records[:0], h.contexts[:0] }

const beginFunction = "dovecot_lua_notify_begin_txn"

// watched puts a function in begin_txn's place that keeps what it returns, for
// the time of one transaction.
func (h *handler) watched(s *runtime.Session) (restore func()) {
	globals := s.L().G.Global
	own, ok := globals.RawGetString(beginFunction).(*vm.LFunction)
	if !ok {
		return func() {}
	}
	watch := &vm.LFunction{IsG: true, Env: own.Env, GFunction: func(l *vm.LState) int {
		n := l.GetTop()
		l.Insert(own, 1)
		native.Call(l, n, vm.MultRet)
		h.keepContext(l, l.Get(1))
		return l.GetTop()
	}}
	globals.RawSetString(beginFunction, watch)
	return func() {
		if globals.RawGetString(beginFunction) == vm.LValue(watch) {
			globals.RawSetString(beginFunction, own)
		}
	}
}

// keepContext copies what begin_txn returned.
func (h *handler) keepContext(l *vm.LState, v vm.LValue) {
	copied, err := value.Copy(v, value.Describe, func(n int) { native.Alloc(l, n) })
	if err != nil {
		copied = vm.LString(err.Error())
	}
	h.contexts = append(h.contexts, contextAt{len(h.records), copied})
}

// session gives the session that a transaction belongs to: that of its id, or
// the handler's own where it has none or the user is the same.
func (h *handler) session(ctx context.Context, t *mail.Transaction) *runtime.Session {
	id := t.User.SessionID.Value
	if s, ok := h.sessions[id]; ok && id != "" {
		return s
	}
	if h.main != nil && t.User.Username == h.owner {
		s := h.main
		if id != "" {
			h.main = nil
			h.keep(id, s)
		}
		return s
	}
	s, err := h.host.OpenDriver(ctx, h.driver, t)
	if err != nil {
		s = nil
	}
	if id == "" {
		if h.main != nil {
			h.main.Close(ctx)
		}
		h.main, h.owner = s, t.User.Username
		return s
	}
	h.keep(id, s)
	return s
}

func (h *handler) keep(id string, s *runtime.Session) {
	h.sessions[id] = s
	h.order = append(h.order, id)
}

// end ends the session of a transaction that was its last.
func (h *handler) end(ctx context.Context, t *mail.Transaction) {
	id := t.User.SessionID.Value
	if s := h.sessions[id]; s != nil && id != "" {
		s.Close(ctx)
		delete(h.sessions, id)
	}
}

// playOne plays a transaction; last tells that its session ends with it.
func (h *handler) playOne(ctx context.Context, t *mail.Transaction, last bool) {
	s := h.session(ctx, t)
	if s == nil {
		return
	}
	h.current = s
	restore := h.watched(s)
	s.Play(ctx, t)
	restore()
	if last {
		h.end(ctx, t)
	}
}
