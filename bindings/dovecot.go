package bindings

import (
	"encoding/base64"
	"net/netip"
	"strings"
	"sync"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/lua/library"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/trace"
)

// Dovecot is the API of package runtime that gives scripts Dovecot's names. The
// functions of a release are built when its first session opens and shared from
// then on. It is safe for concurrent use.
type Dovecot struct {
	mu       sync.Mutex
	releases map[dovecot.Release]*functionSet
}

// NewDovecot makes the API.
func NewDovecot() *Dovecot {
	return &Dovecot{releases: map[dovecot.Release]*functionSet{}}
}

// functionSet is all functions of one release.
type functionSet struct {
	dovecot  map[string]*vm.LFunction
	client   *vm.LFunction
	base64   map[string]*vm.LFunction
	event    map[string]*vm.LFunction
	passing  map[string]*vm.LFunction
	user     map[string]*vm.LFunction
	mailbox  map[string]*vm.LFunction
	requests requestFunctions
	storage  *library.Lazy
	events   []eventFields
}

// functions gives the functions of a release.
func (d *Dovecot) functions(r dovecot.Release) *functionSet {
	d.mu.Lock()
	defer d.mu.Unlock()
	if lib, ok := d.releases[r]; ok {
		return lib
	}
	lib := &functionSet{
		dovecot:  named("dovecot.", dovecotFunctions, r),
		base64:   named("dovecot.base64.", base64Functions, r),
		event:    eventObject.functions(eventMethods(), r),
		passing:  eventObject.functions(eventMethods(), r),
		user:     userObject.functions(userMethods(), r),
		mailbox:  mailboxObject.functions(mailboxMethods(), r),
		requests: newRequestFunctions(r),
		storage:  newStorage(r),
		events:   newEventFields(r),
	}
	delete(lib.passing, "passthrough_event")
	if clientFunction.has(r) {
		lib.client = function("dovecot.http.", &clientFunction, nil)
	}
	d.releases[r] = lib
	return lib
}

// named makes function values under their names.
func named(owner string, functions []Function, r dovecot.Release) map[string]*vm.LFunction {
	m := make(map[string]*vm.LFunction, len(functions))
	for i := range functions {
		if f := &functions[i]; f.has(r) {
			m[f.Name] = function(owner, f, nil)
		}
	}
	return m
}

// state is what belongs to one session.
type state struct {
	lib *functionSet
	// The metatables of the session's objects, made when first needed.
	eventMeta, passingMeta, userMeta, mailboxMeta *vm.LTable
	eventFieldsMeta, flagsMeta                    *vm.LTable
	root                                          *event
	// passing is the pass-through event that has not been logged yet.
	passing *event
}

func stateOf(s *runtime.Session) *state { return s.Values.(*state) }

// Open implements runtime.API: it makes the dovecot table.
func (d *Dovecot) Open(s *runtime.Session) error {
	lib := d.functions(s.Release())
	s.Values = &state{lib: lib, root: &event{prefix: "lua: "}}
	l := s.L()
	table := l.CreateTable(0, 3)
	// The functions stand in the metatable, which is its own __index, so that
	// pairs(dovecot) shows the sub-tables only (dovecot.md §3).
	table.Metatable = methods(l, "dovecot", lib.dovecot)
	if lib.client != nil {
		client := l.CreateTable(0, 1)
		client.RawSetString("client", lib.client)
		table.RawSetString("http", client)
	}
	table.RawSetString("storage", lib.storage.Table())
	if s.Release().AtLeast(2, 4, 2) {
		codec := l.CreateTable(0, len(lib.base64))
		fill(codec, lib.base64)
		table.RawSetString("base64", codec)
	}
	l.G.Global.RawSetString("dovecot", table)
	return nil
}

func fill(t *vm.LTable, functions map[string]*vm.LFunction) {
	for name, f := range functions {
		t.RawSetString(name, f)
	}
}

// methods makes the metatable of a kind of object, whose __index is itself. Lua
// names the object by the name in messages.
func methods(l *vm.LState, name string, functions map[string]*vm.LFunction) *vm.LTable {
	meta := l.CreateTable(0, len(functions)+6)
	fill(meta, functions)
	meta.RawSetString("__name", vm.LString(name))
	meta.RawSetString("__index", meta)
	return meta
}

var message = []Param{{Name: "message", Type: String}}

var valueAndFlag = []Param{{Name: "value", Type: Flags}, {Name: "flag", Type: Flags}}

var (
	since24   = dovecot.At(2, 4)
	since2317 = dovecot.At(2, 3, 17)
	since237  = dovecot.At(2, 3, 7)
	since242  = dovecot.At(2, 4, 2)
)

// dovecotFunctions are the functions of the dovecot table (dovecot.md §3).
var dovecotFunctions = []Function{
	{
		Name: "i_debug", Params: message,
		Doc: "Logs a debug line. It is always written, also without mail_debug; event:log_debug is not.",
		run: func(c *call) int { return c.log(trace.Debug) },
	},
	{
		Name: "i_info", Params: message, Doc: "Logs an info line.",
		run: func(c *call) int { return c.log(trace.Info) },
	},
	{
		Name: "i_warning", Params: message, Doc: "Logs a warning.",
		run: func(c *call) int { return c.log(trace.Warning) },
	},
	{
		Name: "i_error", Params: message, Doc: "Logs an error. The script goes on.",
		run: func(c *call) int { return c.log(trace.Fault) },
	},
	{
		Name: "has_flag", Params: valueAndFlag, Result: "boolean",
		Doc: "Tells whether all bits of flag are set in value; for flag 0 that is true.",
		run: hasFlag,
	},
	{
		Name: "set_flag", Params: valueAndFlag, Result: "integer", Doc: "Gives value with the bits of flag set.",
		run: func(c *call) int { return c.returnNumber(float64(c.bits(1) | c.bits(2))) },
	},
	{
		Name: "clear_flag", Params: valueAndFlag, Result: "integer", Doc: "Gives value with the bits of flag cleared.",
		run: func(c *call) int { return c.returnNumber(float64(c.bits(1) &^ c.bits(2))) },
	},
	{
		Name: "restrict_global_variables", Params: []Param{{Name: "on", Type: Truth}}, Since: since2317,
		Doc: "When on, reading a global that is not defined and making a new one that is not a function are errors.",
		run: restrictGlobalVariables,
	},
	{
		Name: "event", Params: []Param{{Name: "parent", Type: EventT, Optional: true}}, Result: "event",
		Doc: "Makes an event, which logs lines with names, fields and prefixes. Without a parent, the script's own event is it.",
		run: newEvent,
	},
	{
		Name: "gettimeofday", Uncounted: true, Since: since24, Result: "{tv_sec, tv_usec}",
		Doc: "Gives the wall clock time in seconds and microseconds since 1970 UTC.",
		run: getTimeOfDay,
	},
	{
		Name: "nanoseconds", Uncounted: true, Since: since24, Result: "integer",
		Doc: "Gives the wall clock time in nanoseconds since 1970 UTC.",
		run: func(c *call) int { return c.returnNumber(float64(c.Now().UnixNano())) },
	},
	{
		Name: "microseconds", Uncounted: true, Since: since24, Result: "integer",
		Doc: "Gives the wall clock time in microseconds since 1970 UTC.",
		run: func(c *call) int { return c.returnNumber(float64(c.Now().UnixMicro())) },
	},
	{
		Name: "net_ip_family", Params: []Param{{Name: "address", Type: String}}, Since: since24, Result: "integer",
		Doc: "Gives 4 or 6 for the text of an IP address, 0 for anything else.",
		run: netIPFamily,
	},
	{
		Name: "tabescape", Params: []Param{{Name: "text", Type: Bytes}}, Since: since24, Result: "string",
		Doc: "Escapes NUL, byte 1, tab, CR and LF, for tab-separated lists.",
		run: func(c *call) int { return c.returnString(tabEscaper.Replace(c.bytes())) },
	},
	{
		Name: "tabunescape", Params: []Param{{Name: "text", Type: Bytes}}, Since: since24, Result: "string",
		Doc: "Takes back what tabescape did.",
		run: func(c *call) int { return c.returnString(tabUnescape(c.bytes())) },
	},
	{
		Name: "split_tabescaped", Params: []Param{{Name: "text", Type: Bytes}}, Since: since24, Result: "list of strings",
		Doc: "Splits at tabs and takes the escapes of each part back.",
		run: splitTabEscaped,
	},
	{
		Name: "var_expand", Params: []Param{{Name: "format", Type: String}}, Since: since242, Result: "string",
		Doc: "Expands the %{…} variables that are not of a user.",
		run: expandGlobal,
	},
}

// base64Functions are the functions of dovecot.base64 (2.4.2).
var base64Functions = []Function{
	{
		Name: "encode", Params: []Param{{Name: "data", Type: Bytes}}, Since: since242, Result: "string",
		Doc: "Encodes bytes in base64, with padding and without line breaks.",
		run: func(c *call) int { return c.returnString(base64.StdEncoding.EncodeToString([]byte(c.bytes()))) },
	},
	{
		Name: "decode", Params: []Param{{Name: "text", Type: Bytes}}, Since: since242, Result: "string",
		Doc: "Decodes base64. Of a text that is broken it gives what could be decoded until there, without an error.",
		run: func(c *call) int { return c.returnString(decodeBase64(c.bytes())) },
	},
}

// log writes a line of the i_ functions, which have no event and no prefix.
func (c *call) log(level trace.Level) int {
	script, line := runtime.Caller(c.l)
	c.Emit(&trace.Log{Txn: c.Number(), Level: level, Message: c.string(1), Script: script, Line: line})
	return 0
}

// bits is an integer argument, or the bitmask that a list of flags stands for.
func (c *call) bits(n int) int64 {
	if t, ok := c.l.Get(n).(*vm.LTable); ok {
		if mask, ok := c.flagsMask(t); ok {
			return mask
		}
	}
	return c.integer(n)
}

func hasFlag(c *call) int {
	value, flag := c.bits(1), c.bits(2)
	c.l.Push(vm.LBool(value&flag == flag))
	return 1
}

// restrictGlobalVariables puts a metatable on _G. The first text says "write
// to read", as Dovecot's does.
func restrictGlobalVariables(c *call) int {
	l := c.l
	meta := l.NewTable()
	if vm.LVAsBool(l.Get(1)) {
		meta.RawSetString("__index", restrictedIndex)
		meta.RawSetString("__newindex", restrictedNewIndex)
	}
	l.G.Global.Metatable = meta
	return 0
}

var restrictedIndex = &vm.LFunction{IsG: true, GFunction: func(l *vm.LState) int {
	c := call{Session: runtime.From(l), l: l}
	name := native.CheckString(l, 2)
	c.raiseHint("attempt to write to read undeclared global variable "+name,
		"the script restricts global variables, and "+name+" is not defined")
	return 0
}}

var restrictedNewIndex = &vm.LFunction{IsG: true, GFunction: func(l *vm.LState) int {
	t, ok := l.Get(1).(*vm.LTable)
	if _, isFunction := l.Get(3).(*vm.LFunction); ok && isFunction {
		t.RawSet(l.Get(2), l.Get(3))
		return 0
	}
	c := call{Session: runtime.From(l), l: l}
	name := native.CheckString(l, 2)
	c.raiseHint("attempt to write to undeclared global variable "+name,
		"the script restricts global variables: declare it with \"local "+name+"\"")
	return 0
}}

func getTimeOfDay(c *call) int {
	now := c.Now()
	t := c.l.CreateTable(0, 2)
	t.RawSetString("tv_sec", vm.LNumber(now.Unix()))
	t.RawSetString("tv_usec", vm.LNumber(now.Nanosecond()/1000))
	c.l.Push(t)
	return 1
}

func netIPFamily(c *call) int {
	address, err := netip.ParseAddr(c.string(1))
	switch {
	case err != nil || address.Zone() != "":
		return c.returnNumber(0)
	case address.Is4():
		return c.returnNumber(4)
	}
	return c.returnNumber(6)
}

var tabEscaper = strings.NewReplacer("\x01", "\x011", "\x00", "\x010", "\t", "\x01t", "\r", "\x01r", "\n", "\x01n")

func tabUnescape(s string) string {
	if strings.IndexByte(s, 1) < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != 1 {
			b.WriteByte(s[i])
			continue
		}
		if i++; i == len(s) {
			break
		}
		switch s[i] {
		case '0':
			b.WriteByte(0)
		case '1':
			b.WriteByte(1)
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case 'n':
			b.WriteByte('\n')
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func splitTabEscaped(c *call) int {
	list := c.l.NewTable()
	for i, part := range strings.Split(c.bytes(), "\t") {
		list.RawSetInt(i+1, vm.LString(tabUnescape(part)))
	}
	c.l.Push(list)
	return 1
}

// decodeBase64 decodes as far as the text is good.
func decodeBase64(s string) string {
	s = strings.TrimRight(strings.NewReplacer("\r", "", "\n", "").Replace(s), "=")
	good := 0
	for good < len(s) && isBase64(s[good]) {
		good++
	}
	s = s[:good]
	if len(s)%4 == 1 {
		s = s[:len(s)-1]
	}
	data, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		// Only the bits left over at the end can be wrong now.
		data, _ = base64.RawStdEncoding.DecodeString(s[:len(s)/4*4])
	}
	return string(data)
}

func isBase64(b byte) bool {
	return b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '+' || b == '/'
}
