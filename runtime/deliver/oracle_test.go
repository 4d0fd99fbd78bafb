package deliver_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/spec/oracle"
	"github.com/luapush/luapush/spec/oracle/oracletest"
)

// recorder is a handler that writes each event into the user's home: a line of
// JSON with its strings in hexadecimal.
const recorder = `
local hexadecimal = {}
for i = 0, 255 do hexadecimal[string.char(i)] = string.format("%02x", i) end
local function write(v)
  if type(v) == "string" then return '"' .. v:gsub("[%z\1-\255]", hexadecimal) .. '"' end
  if type(v) == "number" then return string.format("%d", v) end
  local list = {}
  for i, x in ipairs(v) do list[i] = write(x) end
  return "[" .. table.concat(list, ",") .. "]"
end
function dovecot_lua_notify_begin_txn(user) return user end
local function record(user, event)
  local list = {}
  for k, v in pairs(event) do list[#list + 1] = '"' .. k .. '":' .. write(v) end
  local file = assert(io.open(user.home .. "/events.jsonl", "a"))
  file:write("{", table.concat(list, ","), "}\n")
  file:close()
end
dovecot_lua_notify_event_message_new = record
dovecot_lua_notify_event_message_append = record
function dovecot_lua_notify_end_txn() end
`

// texts is a JSON array or string of hexadecimal strings.
type texts []string

func (x *texts) UnmarshalJSON(data []byte) error {
	var list []string
	if err := json.Unmarshal(data, &list); err != nil {
		list = make([]string, 1)
		if err := json.Unmarshal(data, &list[0]); err != nil {
			return err
		}
	}
	for _, s := range list {
		b, err := hex.DecodeString(s)
		if err != nil {
			return err
		}
		*x = append(*x, string(b))
	}
	return nil
}

// recorded is a line of the recorder.
type recorded struct {
	Name, Mailbox, Subject, Snippet texts
	UID                             uint32
	Date                            int64
	TZ                              int
	From, To                        texts
	FromAddress                     texts `json:"from_address"`
	FromDisplayName                 texts `json:"from_display_name"`
	ToAddress                       texts `json:"to_address"`
	ToDisplayName                   texts `json:"to_display_name"`
	MessageID                       texts `json:"message_id"`
	Flags, Keywords                 texts
}

func (r recorded) event() mail.Event {
	one := func(x texts) mail.Text {
		if len(x) == 0 {
			return mail.Text{}
		}
		return mail.Some(x[0])
	}
	return mail.Event{
		Name: mail.EventName(r.Name[0]), Mailbox: r.Mailbox[0], UID: 1, HasUID: true, UIDValidity: 1, HasUIDValidity: true,
		Date: r.Date, HasDate: true, TZ: r.TZ, HasTZ: true,
		From: one(r.From), FromAddress: one(r.FromAddress), FromDisplayName: one(r.FromDisplayName),
		To: one(r.To), ToAddress: one(r.ToAddress), ToDisplayName: one(r.ToDisplayName),
		Subject: one(r.Subject), Snippet: one(r.Snippet), MessageID: one(r.MessageID),
		Flags: append([]string{}, r.Flags...), Keywords: append([]string{}, r.Keywords...),
	}
}

// judge asks a real Dovecot what it makes of messages.
type judge struct {
	*oracle.Instance
	read int // bytes of the recorder's file
}

const judged = "judge@example.com"

// ask sends one message as the event says and returns what the handler was given.
// uid and uidvalidity are 1.
func (j *judge) ask(t *testing.T, c *oracle.IMAP, name mail.EventName, raw string) mail.Event {
	t.Helper()
	var err error
	if name == mail.MessageAppend {
		err = c.Append("INBOX", "", []byte(raw))
	} else {
		err = j.Deliver(judged, []byte(raw))
	}
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(j.Home(judged), "events.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	line := strings.TrimSpace(string(data[j.read:]))
	j.read = len(data)
	var r recorded
	if err := json.Unmarshal([]byte(line), &r); err != nil {
		t.Fatalf("%v: %.200s", err, line)
	}
	return r.event()
}

// TestDovecotAgrees sends every message of the answers to a real Dovecot. With
// LUAPUSH_UPDATE set it writes down what that says.
func TestDovecotAgrees(t *testing.T) {
	list := readAnswers(t)
	j := &judge{Instance: oracletest.Start(t, oracle.Options{Handler: recorder})}
	if j.Release() != "2.3.19.1" {
		t.Logf("the answers are those of Dovecot 2.3.19.1, not of %s", j.Release())
	}
	c, err := j.IMAP(judged)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	update := os.Getenv("LUAPUSH_UPDATE") != ""
	for _, txn := range list {
		got := j.ask(t, c, txn.Events[0].Name, txn.Messages[0].Raw)
		diff := cmp.Diff(txn.Events[0], got)
		switch {
		case update:
			txn.Events[0] = got
			txn.Dovecot = j.Release()
		case diff != "":
			t.Errorf("%s: Dovecot says otherwise (-written down +said):\n%s", txn.Scenario, diff)
		}
	}
	for _, test := range large {
		t.Run(test.name, func(t *testing.T) {
			checkLarge(t, test.name, j.ask(t, c, mail.MessageNew, test.raw()))
		})
	}
	if update {
		writeAnswers(t, list)
	}
}

func writeAnswers(t *testing.T, list []*mail.Transaction) {
	t.Helper()
	f, err := os.Create(answers)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := mail.NewWriter(f)
	for _, txn := range list {
		if err := w.Write(txn); err != nil {
			t.Fatal(err)
		}
	}
}
