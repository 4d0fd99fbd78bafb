package mail

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sameContent compares transactions but for where they came from.
var sameContent = cmpopts.IgnoreFields(Transaction{}, "Source")

func TestRecordingsReadAndWriteTheSameBytes(t *testing.T) {
	lines := recordingLines(t)
	if len(lines) < 30 {
		t.Fatalf("only %d recordings", len(lines))
	}
	r := NewReader(bytes.NewReader(bytes.Join(lines, nil)), "recordings")
	for i, line := range lines {
		txn, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if txn.Source != (Source{"recordings", i + 1}) {
			t.Errorf("recording %d: source %v", i+1, txn.Source)
		}
		var out bytes.Buffer
		if err := NewWriter(&out).Write(txn); err != nil {
			t.Fatal(err)
		}
		if got, want := out.String(), strings.TrimSuffix(string(line), "\n")+"\n"; got != want {
			t.Errorf("recording %d:\n%s", i+1, cmp.Diff(want, got))
		}
		if len(txn.Unknown)+len(txn.User.Unknown) > 0 {
			t.Errorf("recording %d has fields the model does not know", i+1)
		}
	}
	if _, err := r.Next(); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

// full has every field, in canonical order, and unknown ones at every level.
const full = `{"version":1,"dovecot":"2.4.1","scenario":"all",` +
	`"user":{"username":"a@b","home":"/h","uid":1,"gid":2,"service":"imap","session_id":"s","session_create_time":-3,` +
	`"nonexistent":true,"anonymous":false,"autocreated":true,"mail_debug":false,"fuzzy_search":true,"dsyncing":false,` +
	`"admin":true,"session_restored":false,"userdb":{"quota":"1G","x":{"$base64":"/w=="}},"item":{"z":[1.50,null],"a":"\u00fc"}},` +
	`"settings":{"b":"1","a":""},"metadata":{"/private/x":"","/shared/y":"v"},` +
	`"mailboxes":{"A/B":{"name":"A.B","vname":"A/B","status":{"messages":1,"recent":2,"unseen":3,"uidnext":4,"uidvalidity":4294967295,` +
	`"first_unseen_seq":5,"first_recent_uid":6,"highest_modseq":18446744073709551615,"highest_pvt_modseq":7,` +
	`"permanent_flags":31,"flags":31,"permanent_keywords":true,"allow_new_keywords":true,"nonpermanent_modseqs":false,` +
	`"no_modseq_tracking":false,"have_guids":true,"have_save_guids":true,"have_only_guid128":true,"keywords":["k"],"size":1e3},` +
	`"metadata":{"/private/comment":"c"},"special_use":"\\Sent"},"INBOX":{"name":"INBOX","vname":"INBOX"}},` +
	`"events":[{"name":"MessageNew","mailbox":"A/B","mailbox_old":"C","uid":1,"uid_validity":2,"date":-1,"tz":-210,` +
	`"from":"f","from_address":"f@a","from_display_name":"F","to":"t","to_address":"","to_display_name":"T",` +
	`"subject":"s","snippet":"n","message_id":"<m>","flags":["\\Seen"],"flags_old":[],"keywords":[{"$base64":"gA=="}],"keywords_old":["o"],` +
	`"user":"a@b","ünknown":false}],` +
	`"messages":[{"mailbox":"A/B","uid":1,"raw":"Subject: s\n\nbody","guid":"x"}],"success":false,"later":{}}`

func TestFullDocument(t *testing.T) {
	txn, err := Parse([]byte(full), "full")
	if err != nil {
		t.Fatal(err)
	}
	want := &Transaction{
		Version: 1, Dovecot: "2.4.1", Scenario: "all",
		User: User{
			Username: "a@b", Home: Some("/h"), UID: Some[uint32](1), GID: Some[uint32](2), Service: Some("imap"),
			SessionID: Some("s"), SessionCreateTime: Some[int64](-3), Nonexistent: Some(true), Anonymous: Some(false),
			Autocreated: Some(true), MailDebug: Some(false), FuzzySearch: Some(true), Dsyncing: Some(false),
			Admin: Some(true), SessionRestored: Some(false), Userdb: Map[string]{{"quota", "1G"}, {"x", "\xff"}},
			Unknown: []Field{{"item", `{"z":[1.50,null],"a":"\u00fc"}`}},
		},
		Settings: Map[string]{{"b", "1"}, {"a", ""}},
		Metadata: Map[string]{{"/private/x", ""}, {"/shared/y", "v"}},
		Mailboxes: Map[*Mailbox]{
			{"A/B", &Mailbox{
				Name: "A.B", VName: "A/B", HasStatus: true,
				Status: Status{
					Messages: Some[uint32](1), Recent: Some[uint32](2), Unseen: Some[uint32](3), UIDNext: Some[uint32](4),
					UIDValidity: Some[uint32](4294967295), FirstUnseenSeq: Some[uint32](5), FirstRecentUID: Some[uint32](6),
					HighestModseq: Some[uint64](18446744073709551615), HighestPvtModseq: Some[uint64](7),
					PermanentFlags: Some[uint32](31), Flags: Some[uint32](31), PermanentKeywords: Some(true),
					AllowNewKeywords: Some(true), NonpermanentModseqs: Some(false), NoModseqTracking: Some(false),
					HaveGUIDs: Some(true), HaveSaveGUIDs: Some(true), HaveOnlyGUID128: Some(true), Keywords: []string{"k"},
					Unknown: []Field{{"size", "1e3"}},
				},
				Metadata: Map[string]{{"/private/comment", "c"}},
				Unknown:  []Field{{"special_use", `"\\Sent"`}},
			}},
			{"INBOX", &Mailbox{Name: "INBOX", VName: "INBOX"}},
		},
		Events: []Event{{
			Name: MessageNew, Mailbox: "A/B", MailboxOld: Some("C"), UID: 1, HasUID: true, UIDValidity: 2, HasUIDValidity: true,
			Date: -1, HasDate: true, TZ: -210, HasTZ: true, From: Some("f"), FromAddress: Some("f@a"), FromDisplayName: Some("F"),
			To: Some("t"), ToAddress: Some(""), ToDisplayName: Some("T"), Subject: Some("s"), Snippet: Some("n"),
			MessageID: Some("<m>"), Flags: []string{`\Seen`}, FlagsOld: []string{}, Keywords: []string{"\x80"},
			KeywordsOld: []string{"o"}, Unknown: []Field{{"user", `"a@b"`}, {"ünknown", "false"}},
		}},
		Messages: []Message{{Mailbox: "A/B", UID: 1, Raw: "Subject: s\n\nbody", Unknown: []Field{{"guid", `"x"`}}}},
		Unknown:  []Field{{"later", "{}"}},
		Source:   Source{"full", 1},
	}
	if diff := cmp.Diff(want, txn); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	got, err := want.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != full {
		t.Errorf("written:\n%s", cmp.Diff(full, string(got)))
	}
}

func TestAbsentAndEmptyDiffer(t *testing.T) {
	for _, doc := range []string{
		`{"version":1,"user":{"username":""},"events":[],"success":true}`,
		`{"version":1,"user":{"username":"u","home":"","userdb":{}},"settings":{},"metadata":{},"mailboxes":{},"events":[],"messages":[],"success":true}`,
		`{"version":1,"user":{"username":"u"},"mailboxes":{"":{"name":"","vname":""}},"events":[],"success":true}`,
		`{"version":1,"user":{"username":"u"},"mailboxes":{"a":{"name":"b","vname":"a","status":{}}},"events":[],"success":true}`,
		`{"version":1,"user":{"username":"u"},"events":[{"name":"FlagsSet","mailbox":"m"}],"success":true}`,
		`{"version":1,"user":{"username":"u"},"events":[{"name":"FlagsSet","mailbox":"m","uid":0,"date":0,"tz":0,"from":"","flags":[]}],"success":true}`,
	} {
		txn, err := Parse([]byte(doc), "doc")
		if err != nil {
			t.Errorf("%s: %v", doc, err)
			continue
		}
		if got, err := txn.AppendJSON(nil); err != nil || string(got) != doc {
			t.Errorf("got  %s (%v)\nwant %s", got, err, doc)
		}
	}
}

// What a person or another program writes is read, and written canonically.
func TestCanonicalForm(t *testing.T) {
	const head, tail = `{"version":1,"user":{"username":"u"}`, `,"events":[],"success":true}`
	for _, c := range []struct{ name, in, want string }{
		{"version and success left out", `{"user":{"username":"u"},"events":[]}`, head + tail},
		{"order and blanks", "{ \"success\" : true,\n\t\"events\":[ ] , \"user\":{\"username\":\"u\"} }", head + tail},
		{"escapes", `{"user":{"username":"\u0075"},"eve\u006ets":[],"dovecot":""}`, head + tail},
		{"base64 of text", `{"user":{"username":{"$base64":"dQ=="}},"events":[]}`, head + tail},
		{"whole numbers of Lua", `{"version":1.0,"user":{"username":"u","uid":5.0e3},"events":[]}`, `{"version":1,"user":{"username":"u","uid":5000}` + tail},
		{"mailbox names", `{"user":{"username":"u"},"mailboxes":{"A":{}},"events":[]}`, head + `,"mailboxes":{"A":{"name":"A","vname":"A"}}` + tail},
		{
			"control characters", `{"user":{"username":"u"},"events":[],"scenario":"\u0001\u001f\b\f\n\r\t\u007f\u2028\/\u0000é"}`,
			`{"version":1,"scenario":"\u0001\u001f\b\f\n\r\t` + "\x7f\u2028" + `/\u0000é","user":{"username":"u"}` + tail,
		},
		{"blanks in unknown", `{"user":{"username":"u"},"events":[],"x":[ 1 , "a b" ,{ } ]}`, head + tail[:len(tail)-1] + `,"x":[1,"a b",{}]}`},
	} {
		txn, err := Parse([]byte(c.in), c.name)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got, err := txn.AppendJSON(nil); err != nil || string(got) != c.want {
			t.Errorf("%s:\ngot  %s (%v)\nwant %s", c.name, got, err, c.want)
		}
	}
}

func TestLookups(t *testing.T) {
	txn, err := Parse([]byte(full), "full")
	if err != nil {
		t.Fatal(err)
	}
	inbox, ok := txn.Mailbox("inBox")
	if !ok || inbox.VName != "INBOX" {
		t.Errorf("Mailbox(inBox) = %v, %v", inbox, ok)
	}
	if _, ok := txn.Mailbox("a/b"); ok {
		t.Error("mailbox names are case sensitive")
	}
	ab, ok := txn.Mailbox("A/B")
	if !ok {
		t.Fatal("no mailbox A/B")
	}
	type answer struct {
		value string
		ok    bool
	}
	ask := func(value string, ok bool) answer { return answer{value, ok} }
	for _, c := range []struct {
		name      string
		got, want answer
	}{
		{"setting", ask(txn.Setting("b")), answer{"1", true}},
		{"empty setting", ask(txn.Setting("a")), answer{"", true}},
		{"no setting", ask(txn.Setting("A")), answer{}},
		{"metadata", ask(txn.MetadataValue("/shared/y")), answer{"v", true}},
		{"no metadata", ask(txn.MetadataValue("/shared/z")), answer{}},
		{"mailbox metadata", ask(ab.MetadataValue("/private/comment")), answer{"c", true}},
		{"no mailbox metadata", ask(inbox.MetadataValue("/private/comment")), answer{}},
		{"message", ask(txn.MessageText("A/B", 1)), answer{"Subject: s\n\nbody", true}},
		{"other uid", ask(txn.MessageText("A/B", 2)), answer{}},
		{"other mailbox", ask(txn.MessageText("INBOX", 1)), answer{}},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, c.got, c.want)
		}
	}
}

func TestWriteRefusesWhatCannotBeReadBack(t *testing.T) {
	good := func() *Transaction { return &Transaction{User: User{Username: "u"}} }
	for _, c := range []struct {
		name   string
		change func(*Transaction)
		want   string
	}{
		{"version", func(t *Transaction) { t.Version = 2 }, "version: version 2 cannot be written, only 1"},
		{"event", func(t *Transaction) { t.Events = []Event{{Name: FlagsSet}, {Name: "messageNew"}} }, `events[1].name: unknown event "messageNew"; did you mean "MessageNew"?`},
		{"key", func(t *Transaction) { t.Settings = Map[string]{{"\xff", ""}} }, `settings["\xff"]: the name "\xff" is not valid UTF-8`},
		{"key twice", func(t *Transaction) { t.Metadata = Map[string]{{"a", ""}, {"b", ""}, {"a", ""}} }, `metadata: the name "a" is there twice`},
		{"vname", func(t *Transaction) { t.Mailboxes = Map[*Mailbox]{{"A", &Mailbox{VName: "B"}}} }, `mailboxes["A"]: mailbox "A" has the vname "B"`},
		{"nil mailbox", func(t *Transaction) { t.Mailboxes = Map[*Mailbox]{{"A", nil}} }, `mailboxes["A"]: mailbox "A" is nil`},
		{"raw", func(t *Transaction) { t.Unknown = []Field{{"x", "{"}} }, `["x"]: "{" is not valid JSON`},
		{"raw with known name", func(t *Transaction) { t.User.Unknown = []Field{{"home", "1"}} }, `user["home"]: an unknown field has the name of a known one`},
		{"raw twice", func(t *Transaction) { t.Unknown = []Field{{"x", "1"}, {"x", "2"}} }, `the name "x" is there twice`},
	} {
		txn := good()
		c.change(txn)
		var out bytes.Buffer
		err := NewWriter(&out).Write(txn)
		if err == nil || !strings.HasSuffix(err.Error(), "cannot be written: "+c.want) {
			t.Errorf("%s: got %v\nwant %s", c.name, err, c.want)
		}
		if out.Len() > 0 {
			t.Errorf("%s: wrote %q", c.name, out.String())
		}
	}
	var out bytes.Buffer
	if err := NewWriter(&out).Write(good()); err != nil {
		t.Error(err)
	}
	if want := `{"version":1,"user":{"username":"u"},"events":[],"success":false}` + "\n"; out.String() != want {
		t.Errorf("got %s", out.String())
	}
}
