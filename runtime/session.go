package runtime

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store"
	"github.com/luapush/luapush/runtime/trace"
)

// Session is one mail session of one script: its Lua state, from script_init
// to script_deinit. One user's globals never meet another's. It is not safe
// for concurrent use.
type Session struct {
	// Values is for the API to keep what belongs to the session.
	Values any

	host   *Host
	driver *Driver
	state  *lua.State
	user   *mail.User
	// txn is what is being played; view answers for it.
	txn      *mail.Transaction
	view     store.View
	number   trace.Txn
	requests int
	errors   int
	// hint belongs to the error whose message is explained.
	explained, hint string
	// mailLua is set when the mail_lua plugin's functions are to be called.
	mailLua bool
}

// registryKey is where a state keeps its session. The registry is out of reach
// for scripts.
const registryKey = "luapush.session"

// From gives the session that a state, or a coroutine of it, belongs to.
func From(l *vm.LState) *Session {
	return l.G.Registry.RawGetString(registryKey).(*vm.LUserData).Value.(*Session)
}

// Open starts a session of a program that is a user's only one; see
// [Host.OpenDriver].
func (h *Host) Open(ctx context.Context, p *Program, first *mail.Transaction) (*Session, error) {
	return h.OpenDriver(ctx, &Driver{Program: p}, first)
}

// OpenDriver starts a session: a new state, the main chunk, script_init, and
// mail_user_created for a script of the mail_lua plugin (dovecot.md §1). The
// transaction is the first that the session will play; its user and settings
// are those that the script sees meanwhile. The error is an *[Error] and has
// been told to the observer; the session is closed then.
func (h *Host) OpenDriver(ctx context.Context, d *Driver, first *mail.Transaction) (*Session, error) {
	s := &Session{host: h, driver: d, user: &first.User, txn: first, view: store.ViewContext(ctx, h.options.Store, first)}
	if d.Fault != nil {
		s.report(d.Fault)
		return nil, d.Fault
	}
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// open makes the state and runs the script's own start.
func (s *Session) open(ctx context.Context) error {
	h := s.host
	s.state = s.driver.Program.engine.NewState(h.options.Lua)
	s.state.L.G.Registry.RawSetString(registryKey, &vm.LUserData{Value: s})
	if err := s.recovered(func() *Error { return s.start(ctx) }); err != nil {
		// script_deinit runs before the error is told, as in Dovecot.
		s.finish(ctx)
		s.report(err)
		return err
	}
	if _, told := s.driver.Program.told.LoadOrStore(s.driver.Name, true); !told {
		s.emit(&trace.Load{Script: s.driver.Program.Name(), Lua: lua.Version, Handlers: s.handlers()})
	}
	return nil
}

func (s *Session) start(ctx context.Context) *Error {
	s.debug("Loading %s", s.driver.Program.Name())
	// Until 2.3.15 the main chunk ran before the dovecot table was there.
	early := !s.Release().AtLeast(2, 3, 16)
	if !early {
		if err := s.register(); err != nil {
			return err
		}
	}
	if err := s.state.Run(ctx, s.driver.Program.chunk); err != nil {
		return s.hinted(asError(err))
	}
	if early {
		if err := s.register(); err != nil {
			return err
		}
	}
	if err := s.scriptInit(ctx); err != nil {
		return err
	}
	created := s.function("mail_user_created") != nil
	by := s.loadedBy()
	s.mailLua = by == ByMailLua || by == ByEither && created
	if !s.mailLua {
		return nil
	}
	if !created {
		// A script that fails to start is not the mail_lua plugin's any more.
		s.mailLua = false
		return s.unloaded()
	}
	return s.mailUser(ctx, "mail_user_created")
}

// loadedBy is the driver's own plugin, or that of the host's options.
func (s *Session) loadedBy() LoadedBy {
	if s.driver.LoadedBy != ByEither {
		return s.driver.LoadedBy
	}
	return s.host.options.LoadedBy
}

// unloaded is the error of a script of the mail_lua plugin that does not define
// mail_user_created: the plugin unloads it, and then the push driver has none.
func (s *Session) unloaded() *Error {
	e := &Error{
		Code: lua.CodeRuntime, Function: "mail_user_created", Script: s.driver.Program.Name(),
		Message: "the script does not define mail_user_created",
		Hint:    "the mail_lua plugin unloads such a script silently; define mail_user_created(user), or load the script by the push driver's file=",
	}
	if s.driver.LoadedBy == ByMailLua {
		e.Message = "No file in config and no push_notification_lua_script_file set"
	}
	return e
}

func (s *Session) register() *Error {
	if err := s.host.options.API.Open(s); err != nil {
		return &Error{Code: lua.CodeInternal, Message: err.Error(), Cause: err}
	}
	return nil
}

// scriptInit calls script_init by the rules of the release (dovecot.md §1.2).
func (s *Session) scriptInit(ctx context.Context) *Error {
	const name = "script_init"
	fn := s.function(name)
	if fn == nil {
		return nil
	}
	s.debug("Calling script_init")
	if s.Release().AtLeast(2, 4) {
		return s.call(ctx, name, fn, nil, &trace.Call{}, s.initTable())
	}
	var args []vm.LValue
	if s.driver.Bundled {
		args = []vm.LValue{s.initTable()}
	}
	var result [1]vm.LValue
	if err := s.call(ctx, name, fn, result[:], &trace.Call{}, args...); err != nil {
		return err
	}
	n, ok := result[0].(vm.LNumber)
	whole := float64(n) == math.Trunc(float64(n))
	switch {
	case !ok || !whole && s.Release().AtLeast(2, 3, 15):
		return &Error{
			Code: lua.CodeRuntime, Function: name, Script: s.driver.Program.Name(),
			Message: "script_init() returned non-number",
			Hint:    "Dovecot 2.3 refuses a script whose script_init does not return a whole number: end it with \"return 0\"",
		}
	// The number is cut to the 32 bits of a C int.
	case int32(uint32(int64(n))) != 0:
		return &Error{
			Code: lua.CodeRuntime, Function: name, Script: s.driver.Program.Name(),
			Message: "Script init failed",
			Hint:    "script_init returned a number other than 0, which says that it failed",
		}
	}
	return nil
}

// initTable is what script_init gets: lua_settings, or the options of a driver
// that comes with luapush.
func (s *Session) initTable() *vm.LTable {
	settings := s.host.options.LuaSettings
	if s.driver.Options != nil {
		settings = s.driver.Options
	}
	t := s.state.L.CreateTable(0, len(settings))
	for k, v := range settings {
		t.RawSetString(k, vm.LString(v))
	}
	return t
}

// mailUser calls one of the mail_lua plugin's functions (dovecot.md §1.5).
func (s *Session) mailUser(ctx context.Context, name string) *Error {
	fn := s.function(name)
	if fn == nil {
		return nil
	}
	var results [2]vm.LValue
	if err := s.call(ctx, name, fn, results[:], &trace.Call{}, s.host.options.API.User(s)); err != nil {
		return err
	}
	var code float64
	switch n := results[0].(type) {
	case vm.LNumber:
		code = float64(n)
	case vm.LString:
		code = float64(vm.LVAsNumber(n))
	}
	if math.Trunc(code) >= 0 || math.IsNaN(code) {
		return nil
	}
	text := "(null)"
	switch v := results[1].(type) {
	case vm.LString, vm.LNumber:
		text = v.String()
	}
	return &Error{
		Code: lua.CodeRuntime, Function: name, Script: s.driver.Program.Name(),
		Message: name + "(user) failed: " + text,
	}
}

// Close ends the session: mail_user_deinit_pre, mail_user_deinit and
// script_deinit are called where the script has them, and their errors told to
// the observer; it gives their number.
func (s *Session) Close(ctx context.Context) (failures int) {
	s.errors = 0
	if s.mailLua {
		for _, name := range []string{"mail_user_deinit_pre", "mail_user_deinit"} {
			if s.state.Dead() != nil {
				break // why has been told
			}
			if err := s.recovered(func() *Error { return s.mailUser(ctx, name) }); err != nil {
				s.report(err)
			}
		}
	}
	s.finish(ctx)
	return s.errors
}

// finish calls script_deinit, which Dovecot also does for a script that failed
// to start, and frees the state.
func (s *Session) finish(ctx context.Context) {
	if s.state.Dead() != nil {
		s.state.Close()
		return
	}
	if fn := s.function("script_deinit"); fn != nil {
		if err := s.call(ctx, "script_deinit", fn, nil, &trace.Call{}); err != nil {
			s.report(err)
		}
	}
	s.state.Close()
}

// function looks a global function up as Dovecot does: raw, and only a
// function will do. Before 2.3.17 metatables of _G were respected.
func (s *Session) function(name string) *vm.LFunction {
	globals := s.state.L.G.Global
	if fn, ok := globals.RawGetString(name).(*vm.LFunction); ok {
		return fn
	}
	return nil
}

// call calls one of the script's functions and tells the observer.
func (s *Session) call(ctx context.Context, name string, fn *vm.LFunction, results []vm.LValue, record *trace.Call, args ...vm.LValue) *Error {
	start := s.host.options.Now()
	err := s.state.Call(ctx, name, fn, results, args...)
	record.Txn, record.Function, record.Took = s.number, name, s.host.options.Now().Sub(start)
	s.emit(record)
	if err != nil {
		return s.hinted(asError(err))
	}
	return nil
}

// hinted gives an error the hint that a binding had for it.
func (s *Session) hinted(e *Error) *Error {
	if e.Hint == "" && s.hint != "" && s.explained == e.Message {
		e.Hint = s.hint
	}
	return e
}

func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: lua.CodeInternal, Message: err.Error(), Cause: err}
}

func (s *Session) emit(r trace.Record) {
	if s.driver.Name != "" {
		trace.Attribute(r, s.driver.Name)
	}
	s.host.options.Observer.Observe(r)
}

// report tells the observer of a fault.
func (s *Session) report(e *Error) {
	s.errors++
	s.emit(&trace.Error{
		Txn: s.number, Code: e.Code, Function: e.Function, Message: e.Message, Text: e.Text,
		Script: e.Script, Line: e.Line, Column: e.Column, SourceLine: e.SourceLine,
		Traceback: e.Traceback, Hint: e.Hint, Temporary: e.Temporary,
	})
}

// debug writes one of the lua driver's own debug lines (dovecot.md §1.3).
func (s *Session) debug(format string, args ...any) {
	if s.Debug() && !s.driver.Bundled {
		s.emit(&trace.Log{Txn: s.number, Level: trace.Debug, Message: "lua: " + fmt.Sprintf(format, args...)})
	}
}

// Emit tells the observer of something that the script did. The API calls it;
// the record's Txn must be Number.
func (s *Session) Emit(r trace.Record) {
	if _, ok := r.(*trace.HTTP); ok {
		s.requests++
	}
	s.emit(r)
}

// Explain keeps a hint for an error that a binding is about to raise. It goes
// with the error if the script does not catch it.
func (s *Session) Explain(message, hint string) { s.explained, s.hint = message, hint }

// Number is the number of the transaction being played, 0 outside of any.
func (s *Session) Number() trace.Txn { return s.number }

// L is the session's Lua state.
func (s *Session) L() *vm.LState { return s.state.L }

// Context is the context of the call that is going on, with its deadline.
func (s *Session) Context() context.Context { return s.state.Context() }

// Program is what the session runs.
func (s *Session) Program() *Program { return s.driver.Program }

// Release is the Dovecot release that the script sees. A driver that comes with
// luapush sees one that has dovecot.http, as the driver of an older Dovecot has
// HTTP without Lua.
func (s *Session) Release() dovecot.Release {
	release := s.host.options.Dovecot
	if s.driver.Bundled && !release.AtLeast(2, 3, 19) {
		return dovecot.Default
	}
	return release
}

// Strict tells whether names that only the documentation has are left out.
func (s *Session) Strict() bool { return s.host.options.Strict }

// Debug tells whether mail_debug is on.
func (s *Session) Debug() bool { return s.host.options.Debug || s.user.MailDebug.Value }

// User is the mail user of the transaction being played.
func (s *Session) User() *mail.User { return s.user }

// Transaction is what is being played, or the session's first while it opens.
func (s *Session) Transaction() *mail.Transaction { return s.txn }

// Store answers for the transaction being played.
func (s *Session) Store() store.View { return s.view }

// HTTP carries the requests of scripts.
func (s *Session) HTTP() http.RoundTripper { return s.host.options.HTTP }

// Now is the host's clock.
func (s *Session) Now() time.Time { return s.host.options.Now() }

// Setting answers a plugin setting: those of the host go before those of the
// driver, and these before those of the transaction.
func (s *Session) Setting(name string) (string, bool) {
	if v, ok := s.host.options.Settings[name]; ok {
		return v, true
	}
	if v, ok := s.driver.Settings[name]; ok {
		return v, true
	}
	return s.txn.Setting(name)
}
