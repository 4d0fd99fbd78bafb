package bindings_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/trace"
	"github.com/luapush/luapush/runtime/transport"
)

// The files of testdata are Lua in chunks. A line "--- title" begins a chunk;
// words in brackets in the title choose the world it runs in: a release ("2.4",
// "2.3.4"), "strict", "debug", an event ("FlagsSet"), or what HTTP does
// ("refused", "503"). A chunk is the body of the event's function, with the
// locals ctx, user and event. A line that ends in "--> text" must raise that
// error; each "--= line" is a log line (level, message, [event field=value])
// that the chunk must write, in order; each "--! line" a change of metadata.
type chunk struct {
	file, title, code string
	line              int
	words             []string
	wantError         string
	wantErrorLine     int
	wantLogs          []string
	wantMetadata      []string
}

func chunks(t *testing.T) []chunk {
	t.Helper()
	files, err := filepath.Glob("testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no chunks: %v", err)
	}
	var all []chunk
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var c *chunk
		for i, line := range strings.Split(string(data), "\n") {
			if title, ok := strings.CutPrefix(line, "--- "); ok {
				all = append(all, chunk{file: file, title: title, line: i + 1})
				c = &all[len(all)-1]
				if _, words, found := strings.Cut(title, "["); found {
					c.words = strings.Fields(strings.TrimSuffix(words, "]"))
				}
				continue
			}
			if c == nil {
				continue
			}
			if at := strings.Index(line, "--> "); at >= 0 {
				c.wantError, c.wantErrorLine = line[at+4:], strings.Count(c.code, "\n")+1
			}
			if at := strings.Index(line, "--= "); at >= 0 {
				c.wantLogs = append(c.wantLogs, line[at+4:])
			}
			if at := strings.Index(line, "--! "); at >= 0 {
				c.wantMetadata = append(c.wantMetadata, line[at+4:])
			}
			c.code += line + "\n"
		}
	}
	return all
}

func TestChunks(t *testing.T) {
	for _, c := range chunks(t) {
		t.Run(filepath.Base(c.file)+"/"+c.title, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}

// world is the transaction that chunks run in.
const world = `{"version":1,"user":{"username":"alice@example.com","home":"/srv/mail/alice","uid":5000,"gid":6000,"service":"lmtp","session_id":"SESSION","session_create_time":1795290011,"mail_debug":false,"userdb":{"quota":"1G"}},
"settings":{"url":"http://u:p@hook.example/x","empty":""},
"metadata":{"/private/k":"v","/private/empty":"","/shared/s":"t"},
"mailboxes":{"INBOX":{"name":"INBOX","vname":"INBOX","status":{"messages":3,"recent":1,"unseen":2,"uidnext":8,"uidvalidity":99,"first_unseen_seq":2,"first_recent_uid":7,"highest_modseq":12,"keywords":["$Label"]},"metadata":{"/private/comment":"mine"}},
"Entwürfe":{"name":"Entw&APw-rfe","vname":"Entwürfe"}},
"events":[%s],"success":true}`

var worldEvents = map[mail.EventName]string{
	mail.MessageNew:    `{"name":"MessageNew","mailbox":"INBOX","uid":7,"uid_validity":99,"date":1795161600,"tz":120,"from":"=?utf-8?q?=C3=84?= <a@b.c>","from_address":"a@b.c","from_display_name":"Ä","to":"x@y.z","to_address":"x@y.z","to_display_name":"","subject":"Grüße","snippet":"Hi","message_id":"<1@b.c>","flags":["\\Seen","\\Recent"],"keywords":["$Label"]}`,
	mail.MessageAppend: `{"name":"MessageAppend","mailbox":"INBOX","uid":7,"uid_validity":99}`,
	mail.FlagsSet:      `{"name":"FlagsSet","mailbox":"INBOX","uid":7,"uid_validity":99,"flags":["\\Answered","\\Seen"],"keywords":["$New"]}`,
	mail.FlagsClear:    `{"name":"FlagsClear","mailbox":"INBOX","uid":7,"uid_validity":99,"flags":["\\Seen"],"flags_old":["\\Seen","\\Recent"],"keywords":["$Gone"],"keywords_old":["$Gone","$Kept"]}`,
	mail.MailboxRename: `{"name":"MailboxRename","mailbox":"New","mailbox_old":"Old"}`,
	mail.MessageRead:   `{"name":"MessageRead","mailbox":"INBOX","uid":7,"uid_validity":99}`,
	mail.MailboxCreate: `{"name":"MailboxCreate","mailbox":"INBOX"}`,
}

func (c *chunk) options(t *testing.T) (runtime.Options, mail.EventName) {
	t.Helper()
	o := runtime.Options{
		API: bindings.NewDovecot(), Limits: runtime.Limits{Time: 10 * time.Second},
		Now: func() time.Time { return time.Unix(1795290011, 123456789) },
	}
	event := mail.MessageNew
	for _, word := range c.words {
		if release, err := dovecot.Parse(word); err == nil {
			o.Dovecot = release
			continue
		}
		if name := mail.EventName(word); name.Known() {
			event = name
			continue
		}
		switch word {
		case "strict":
			o.Strict = true
		case "debug":
			o.Debug = true
		default:
			carrier, err := transport.Parse(word, transport.LiveOptions{})
			if err != nil {
				t.Fatalf("%s:%d: %q is no release, event, transport, strict or debug", c.file, c.line, word)
			}
			o.HTTP = carrier
		}
	}
	return o, event
}

func (c *chunk) run(t *testing.T) {
	o, event := c.options(t)
	var logs, metadata []string
	var failure *trace.Error
	o.Observer = trace.ObserverFunc(func(r trace.Record) {
		switch r := r.(type) {
		case *trace.Log:
			if r.Script != "" {
				logs = append(logs, describeLog(r))
			}
		case *trace.Metadata:
			metadata = append(metadata, strings.TrimSpace(fmt.Sprintf("%s %q %s %s", r.Op, r.Mailbox, r.Key, r.Value)))
		case *trace.Error:
			if failure == nil {
				failure = r
			}
		}
	})
	host := runtime.New(o)
	script := fmt.Sprintf("function dovecot_lua_notify_begin_txn(user) return {user = user} end "+
		"function dovecot_lua_notify_end_txn() end "+
		"function %s(ctx, event) local user = ctx.user %send", event.HandlerFunction(), c.code)
	program, err := host.Compile("chunk.lua", []byte(script))
	if err != nil {
		t.Fatalf("%s:%d: %v", c.file, c.line, err)
	}
	txn, err := mail.NewReader(strings.NewReader(fmt.Sprintf(world, worldEvents[event])), "world").Next()
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	session, err := host.Open(ctx, program, txn)
	if err != nil {
		t.Fatal(err)
	}
	session.Play(ctx, txn)
	session.Close(ctx)
	c.judge(t, failure)
	if diff := cmp.Diff(c.wantLogs, logs); diff != "" {
		t.Errorf("%s:%d: log lines (-want +got):\n%s", c.file, c.line, diff)
	}
	if diff := cmp.Diff(c.wantMetadata, metadata); diff != "" {
		t.Errorf("%s:%d: metadata (-want +got):\n%s", c.file, c.line, diff)
	}
}

func (c *chunk) judge(t *testing.T, failure *trace.Error) {
	t.Helper()
	var got error
	if failure != nil {
		got = errors.New(failure.Message)
	}
	switch {
	case c.wantError == "" && got != nil:
		t.Errorf("%s:%d: %s", c.file, c.line+failure.Line, failure.Message)
	case c.wantError != "" && got == nil:
		t.Errorf("%s:%d: no error, want %q", c.file, c.line+c.wantErrorLine, c.wantError)
	case c.wantError != "" && got.Error() != c.wantError:
		t.Errorf("%s:%d: error\n got %q\nwant %q", c.file, c.line+c.wantErrorLine, got, c.wantError)
	case c.wantError != "" && failure.Line != c.wantErrorLine:
		t.Errorf("%s:%d: the error %q stands at line %d of the chunk, want %d", c.file, c.line, got, failure.Line, c.wantErrorLine)
	}
}

// describeLog writes a log line down: level, message, [name field=value].
func describeLog(r *trace.Log) string {
	text := string(r.Level) + " " + r.Message
	var parts []string
	if r.Event != "" {
		parts = append(parts, r.Event)
	}
	for _, f := range r.Fields {
		value := f.Value
		if at, ok := value.(time.Time); ok {
			value = at.Unix()
		}
		parts = append(parts, fmt.Sprintf("%s=%v", f.Key, value))
	}
	if len(parts) > 0 {
		text += " [" + strings.Join(parts, " ") + "]"
	}
	if r.Suppressed {
		text += " (suppressed)"
	}
	if r.Replaced {
		text += " (replaced)"
	}
	return text
}
