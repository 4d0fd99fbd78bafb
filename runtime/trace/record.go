package trace

import "time"

// Observer is told everything that scripts do. Observe is called by the
// goroutine that runs the script, so it must be quick, and an observer that is
// shared by sessions running at the same time must be safe for concurrent use.
// A record must not be changed, and may be kept.
type Observer interface {
	Observe(Record)
}

// ObserverFunc lets a function be an Observer.
type ObserverFunc func(Record)

// Observe calls f.
func (f ObserverFunc) Observe(r Record) { f(r) }

// Discard is the observer that looks away.
var Discard Observer = ObserverFunc(func(Record) {})

// Tee gives every record to each of the observers, in their order.
func Tee(observers ...Observer) Observer {
	return ObserverFunc(func(r Record) {
		for _, o := range observers {
			o.Observe(r)
		}
	})
}

// Record is one thing that happened. The kinds are the structs of this
// package; Kind is the value of "type" in the JSON form.
type Record interface {
	Kind() string
	// Transaction is the number of the transaction it belongs to, counted
	// from 1, or 0 outside of any.
	Transaction() int64
}

// Txn numbers the transaction of a record; 0 is outside of any.
type Txn int64

// Transaction implements Record.
func (t Txn) Transaction() int64 { return int64(t) }

// Of says which of a user's drivers a record belongs to, as the host names it;
// "" where there is only one script. The host sets it, see [Attribute].
type Of struct{ Driver string }

// DriverName is the driver's name, or "".
func (o *Of) DriverName() string { return o.Driver }

func (o *Of) attribute(driver string) { o.Driver = driver }

// Attribute sets the driver of a record that has not been observed yet. A kind
// that belongs to no driver, such as [Begin], stays as it is.
func Attribute(r Record, driver string) {
	if a, ok := r.(interface{ attribute(string) }); ok {
		a.attribute(driver)
	}
}

// DriverOf is the driver that a record belongs to, or "".
func DriverOf(r Record) string {
	if d, ok := r.(interface{ DriverName() string }); ok {
		return d.DriverName()
	}
	return ""
}

// Load is a script that was loaded and initialised.
type Load struct {
	Txn
	Of
	Script string
	// Lua is the language version it sees, such as "5.4".
	Lua string
	// Handlers are the events it handles, as in the function names:
	// "message_new".
	Handlers []string
}

// Begin is a transaction that is about to be played.
type Begin struct {
	Txn
	Scenario string
	User     string
	// File and Line say where the transaction was read; empty and 0 when it
	// was not read from a file.
	File string
	Line int
}

// Call is a call of one of the script's functions by the host, when it ended.
type Call struct {
	Txn
	Of
	Function string
	// Event, Mailbox and UID are set for calls of event functions, UID only
	// for message events.
	Event   string
	Mailbox string
	UID     uint32
	HasUID  bool
	Took    time.Duration
}

// Header is a header line of a request, with the name's case as the script
// gave it.
type Header struct {
	Name  string
	Value string
}

// HTTP is a request that a script made, with its outcome.
type HTTP struct {
	Txn
	Of
	Method  string
	URL     string
	Headers []Header
	Body    string
	// Status is the response's, or 9000 to 9009 for the failures that have
	// none (dovecot.md §5.4). Reason is its text.
	Status   int
	Reason   string
	Attempts int
	// Dry is set when nothing went over the network.
	Dry    bool
	Took   time.Duration
	Script string
	Line   int
}

// Field is a field of an event, in the order the script set them. Value is a
// string, an int64 or a time.Time.
type Field struct {
	Key   string
	Value any
}

// Level is a log level as Dovecot writes it, in lower case.
type Level string

// The levels of Dovecot's log.
const (
	Debug   Level = "debug"
	Info    Level = "info"
	Warning Level = "warning"
	Fault   Level = "error"
)

// Log is a line that a script, or the driver itself, wrote to Dovecot's log.
type Log struct {
	Txn
	Of
	Level Level
	// Message is the text with the event's prefixes, such as "lua: ", without
	// the process prefix that Dovecot puts in front.
	Message string
	// Event is the event's name for this line, which a log line uses up; ""
	// if it has none.
	Event  string
	Fields []Field
	// Suppressed is set for a debug line that Dovecot would not write because
	// debugging is off. A named event is exported all the same.
	Suppressed bool
	// Replaced is set when the event's prefix replaces the process prefix.
	Replaced bool
	// Script is "" for a line of the driver itself.
	Script string
	Line   int
}

// Metadata is a change of a metadata entry by a script.
type Metadata struct {
	Txn
	Of
	// Op is "set" or "unset".
	Op string
	// Mailbox is "" for the entries of the user (the server's, in IMAP terms).
	Mailbox string
	Key     string
	Value   string
}

// Note says what luapush could not know or do as Dovecot would, such as the
// status of a mailbox that the recording does not hold.
type Note struct {
	Txn
	Of
	Message string
	// Host marks a remark on the run itself, which no call of a script caused.
	Host bool
}

// Error is an error of a script.
type Error struct {
	Txn
	Of
	// Code classes the error, for programs; see lua.Error.
	Code string
	// Function is the script's function that the host had called, or "" for
	// the main chunk.
	Function string
	Message  string
	// Text is what Lua raised, place and all, as Dovecot logs it; "" for an
	// error that is not Lua's own.
	Text   string
	Script string
	Line   int
	// Column counts bytes from 1; 0 if it is not known.
	Column int
	// SourceLine is the text of that line, or "".
	SourceLine string
	Traceback  []string
	Hint       string
	Temporary  bool
}

// End is a transaction that has been played; where a user has several drivers,
// there is one for each of them.
type End struct {
	Txn
	Of
	// Success is what end_txn is told: false for a transaction that Dovecot
	// rolled back. It is false as well for one that could not be played.
	Success bool
	// Aborted tells that the script's state ended in the middle, at a limit or
	// by os.exit, and end_txn was not called.
	Aborted  bool
	Requests int
	Errors   int
	// Skipped says why no function was called: "no handlers", "no begin
	// function"; otherwise "".
	Skipped string
}

// Kind implements Record.
func (Load) Kind() string { return "load" }

// Kind implements Record.
func (Begin) Kind() string { return "begin" }

// Kind implements Record.
func (Call) Kind() string { return "call" }

// Kind implements Record.
func (HTTP) Kind() string { return "http" }

// Kind implements Record.
func (Log) Kind() string { return "log" }

// Kind implements Record.
func (Metadata) Kind() string { return "metadata" }

// Kind implements Record.
func (Note) Kind() string { return "note" }

// Kind implements Record.
func (Error) Kind() string { return "error" }

// Kind implements Record.
func (End) Kind() string { return "end" }
