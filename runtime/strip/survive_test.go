package strip_test

import (
	"encoding/base64"
	"fmt"
	"html"
	"mime/quotedprintable"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"pgregory.net/rapid"

	"github.com/luapush/luapush/runtime/deliver"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/message"
	"github.com/luapush/luapush/runtime/strip"
)

// views are all that somebody can read in a text: as it stands, and decoded in all
// ways that mail knows.
func views(s string) []string {
	all := []string{s, deliver.DecodeHeader(s), html.UnescapeString(s)}
	if decoded, err := url.PathUnescape(s); err == nil {
		all = append(all, decoded)
	}
	for _, run := range strings.FieldsFunc(s, func(r rune) bool { return !strings.ContainsRune(base64Alphabet, r) }) {
		if decoded, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(run, "=")); err == nil && len(run) >= 8 && utf8.Valid(decoded) {
			all = append(all, string(decoded))
		}
	}
	return all
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="

// messageViews are all that somebody can read in a message.
func messageViews(raw string) []string {
	all := views(raw)
	for _, p := range message.New(raw).Parts() {
		for f := range p.Header().Fields() {
			all = append(all, views(f.Value)...)
		}
		all = append(all, views(p.Text())...)
		all = append(all, views(p.Content())...)
		_, name, _ := p.Disposition()
		all = append(all, name)
	}
	return append(all, deliver.Snippet([]byte(raw), 200))
}

// personal gives what people can read in a document, less what its format is made
// of.
func personal(txn *mail.Transaction) []string {
	var all []string
	add := func(texts ...string) {
		for _, t := range texts {
			all = append(all, views(t)...)
		}
	}
	u := &txn.User
	add(u.Username, u.Home.Value, u.SessionID.Value)
	values := func(m mail.Map[string]) {
		for _, v := range m.All() {
			add(v)
		}
	}
	unknown := func(fields []mail.Field) {
		for _, f := range fields {
			add(base64Members.ReplaceAllStringFunc(f.Raw, func(m string) string {
				plain, err := base64.StdEncoding.DecodeString(base64Members.FindStringSubmatch(m)[1])
				if err != nil {
					return m
				}
				return string(plain)
			}))
		}
	}
	values(u.Userdb)
	values(txn.Settings)
	values(txn.Metadata)
	unknown(u.Unknown)
	unknown(txn.Unknown)
	for name, m := range txn.Mailboxes.All() {
		add(name, m.VName)
		if !strings.Contains(m.Name, "&") { // the others are compared with their decoded form
			add(m.Name)
		}
		values(m.Metadata)
		add(m.Status.Keywords...)
		unknown(m.Unknown)
		unknown(m.Status.Unknown)
	}
	for i := range txn.Events {
		e := &txn.Events[i]
		for _, t := range []mail.Text{
			e.MailboxOld, e.From, e.FromAddress, e.FromDisplayName, e.To, e.ToAddress, e.ToDisplayName, e.Subject, e.Snippet, e.MessageID,
		} {
			add(t.Value)
		}
		add(e.Mailbox)
		add(e.Keywords...)
		add(e.KeywordsOld...)
		unknown(e.Unknown)
	}
	for i := range txn.Messages {
		add(txn.Messages[i].Mailbox)
		all = append(all, messageViews(txn.Messages[i].Raw)...)
		unknown(txn.Messages[i].Unknown)
	}
	return all
}

// tokens are the words of three and more letters, in lower case.
func tokens(texts []string) map[string]bool {
	found := map[string]bool{}
	for _, t := range texts {
		for _, word := range strings.FieldsFunc(t, func(r rune) bool { return !unicode.IsLetter(r) || r == unicode.ReplacementChar }) {
			if len([]rune(word)) >= 3 {
				found[strings.ToLower(word)] = true
			}
		}
	}
	return found
}

// protocol is the words that may stay wherever they come from: names of protocols
// and of formats, special-use mailboxes, registered keywords. Names of header
// fields are added to it.
var protocol = tokens([]string{`
	http https mailto utf iso koi big euc jis shift windows jp kr ascii us gb gbk unicode ucs cp cs ms uhc sjis latin
	text plain html multipart mixed alternative related signed digest report parallel message rfc822 partial global delivery status headers
	application octet stream json xml calendar vcard markdown enriched pgp pkcs mime signature image png jpeg gif form data audio
	charset boundary format flowed name filename attachment inline protocol micalg type size external body
	bit binary quoted printable base
	Monday Tuesday Wednesday Thursday Friday Saturday Sunday
	January February March April June July August Sept September October November December
	Mon Tue Wed Thu Fri Sat Sun Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec GMT UTC EST EDT CST CDT MST MDT PST PDT CET CEST MET BST EET EEST
	from for with via esmtp esmtps lmtp smtp
	inbox drafts sent trash junk archive spam flagged seen answered deleted draft recent nonjunk label
	true false null yes none normal bulk list auto replied generated low high translit ignore
	doctype public head title style script noscript span div blockquote table tbody quot apos nbsp amp uuml ouml auml href img src alt class content meta
	BEGIN END VCALENDAR VEVENT VERSION METHOD REQUEST UID DTSTART DTEND SUMMARY ORGANIZER
	user endpoint forwarded cdata xmlns urn pre htm euro nbspamplt uuencode reporting mta
	tis ibm macintosh ansi unknown
	pdf txt csv html docx ics eml msg bin
`})

// references are character references of HTML, whose names are protocol.
var references = regexp.MustCompile(`&#?[A-Za-z0-9]+;`)

// base64Members are strings whose bytes are not UTF-8.
var base64Members = regexp.MustCompile(`"\$base64":"([^"]*)"`)

// base64Words are encoded words in base64.
var base64Words = regexp.MustCompile(`=\?[^?\s]*\?[bB][^?\s]*\?[A-Za-z0-9+/=]*\?=`)

// survivors are words of the original that the result still has.
func survivors(original, result *mail.Transaction) []string {
	allowed := map[string]bool{}
	for i := range original.Messages {
		for _, p := range message.New(original.Messages[i].Raw).Parts() {
			// What stands for a blank is no word; the text itself is in the views.
			if p.Encoding() == "base64" {
				for w := range tokens([]string{p.Raw()}) {
					allowed[w] = true
				}
			}
			for f := range p.Header().Fields() {
				for w := range tokens([]string{f.Name}) {
					allowed[w] = true
				}
			}
		}
	}
	for i := range original.Messages {
		for _, reference := range references.FindAllString(original.Messages[i].Raw, -1) {
			if sign := []rune(html.UnescapeString(reference)); len(sign) == 1 {
				for w := range tokens([]string{reference}) {
					allowed[w] = true
				}
			}
		}
	}
	for _, word := range base64Words.FindAllString(strings.Join(personal(original), "\n"), -1) {
		for w := range tokens([]string{word}) {
			allowed[w] = true
		}
	}
	left := tokens(personal(result))
	var found []string
	for w := range tokens(personal(original)) {
		if left[w] && !protocol[w] && !allowed[w] {
			found = append(found, w)
		}
	}
	return found
}

// people are words that nobody may find in a fixture. Each that is Latin has a
// vowel, so that no replacement is one of them by chance.
var people = []string{
	"Alice", "Jürgen", "Müller", "Zoë", "dana", "writer", "O'Reilly", "ACME", "Confidential", "hospital", "diagnosis", "Ольга", "Иванова",
	"Ἀλέξης", "Αλέξανδρος", "とうきょう", "サトウさん", "안녕하세요", "salary2024", "Xavier", "naïve", "Ångström", "ﬁancé", "e\u0301te\u0301", "passphrase", "bank",
	"𝐁𝐨𝐥𝐝", "Ａｌｉｃｅ", "ชื่อเล่น", "नमस्ते", "אבגדה", "شكراجزيلا",
}

// personalText draws text of such words.
func personalText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(1, 4).Draw(t, "words") {
			b.WriteString(rapid.SampledFrom(people).Draw(t, "word"))
			b.WriteString(rapid.SampledFrom([]string{" ", ".", "-", "_", "@", ", ", "/", ": ", "\n ", "%20", "=", " <", "> ", "+", "'", "\"", "&amp;", "\x00", "\xff"}).Draw(t, "between"))
		}
		return b.String()
	})
}

// headerText draws such text as header fields have it.
func headerText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		text := strings.ReplaceAll(personalText().Draw(t, "text"), "\n", " ")
		switch rapid.IntRange(0, 5).Draw(t, "form") {
		case 0:
			return "=?utf-8?b?" + base64.StdEncoding.EncodeToString([]byte(text)) + "?="
		case 1:
			return "=?UTF-8?Q?" + encodeQ(text) + "?= <" + rapid.SampledFrom(people).Draw(t, "local") + "@example.org>"
		case 2:
			half := len(text) / 2
			return "=?utf-8?q?" + encodeQ(text[:half]) + "?=\r\n =?utf-8?b?" + base64.StdEncoding.EncodeToString([]byte(text[half:])) + "?="
		case 3:
			coded, err := charmap.ISO8859_1.NewEncoder().String("Jürgen Ångström")
			if err != nil {
				t.Fatal(err)
			}
			return rapid.SampledFrom([]string{"=?iso-8859-1?q?" + encodeQ(coded) + "?=", coded, "=?utf-8?q?" + encodeQ(coded) + "?="}).Draw(t, "latin")
		case 4:
			return "\"" + strings.ReplaceAll(text, "\"", "\\\"") + "\" (" + text + ") <a@" + rapid.SampledFrom(people).Draw(t, "domain") + ".com>"
		}
		return text
	})
}

func encodeQ(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "=%02X", s[i])
	}
	return b.String()
}

// body draws a body with its header.
func body(t *rapid.T, depth int) string {
	text := personalText().Draw(t, "body")
	var coded strings.Builder
	quoted := quotedprintable.NewWriter(&coded)
	if _, err := quoted.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := quoted.Close(); err != nil {
		t.Fatal(err)
	}
	b64 := base64.StdEncoding.EncodeToString([]byte(text))
	kind := rapid.IntRange(0, 10).Draw(t, "kind")
	if depth > 2 {
		kind %= 8
	}
	switch kind {
	case 0:
		return "\r\n" + text + "\r\n"
	case 1:
		return "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64[:len(b64)/2] + "\r\n" + b64[len(b64)/2:] + "\r\n"
	case 2:
		return "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + coded.String() + "\r\n"
	case 3:
		return "Content-Type: text/html; charset=utf-8\r\n\r\n<p title=\"" + html.EscapeString(text) + "\">" + html.EscapeString(text) + "</p><!-- " + text + "--><img src=http://" + rapid.SampledFrom(people).Draw(t, "host") + ".example/x>&#65;&#108;&#x69;&#99;&#101; J&uuml;rgen\r\n"
	case 4:
		return "Content-Type: application/pdf; name=\"" + strings.NewReplacer("\"", "", "\n", "").Replace(text) + ".pdf\"\r\nContent-Transfer-Encoding: base64\r\n" +
			"Content-Disposition: attachment; filename*=utf-8''" + url.PathEscape(text) + "\r\n\r\n" + b64 + "\r\n"
	case 5:
		coded, err := charmap.KOI8R.NewEncoder().String("Ольга Иванова")
		if err != nil {
			t.Fatal(err)
		}
		return "Content-Type: text/plain; charset=koi8-r\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + coded + "\r\n"
	case 6:
		coded, err := japanese.ISO2022JP.NewEncoder().String("とうきょう")
		if err != nil {
			t.Fatal(err)
		}
		return "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + coded + "\r\n"
	case 7:
		return "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nSUMMARY:" + text + "\r\nDTSTART:20260101T100000Z\r\nORGANIZER;CN=Alice:mailto:alice@example.org\r\nEND:VCALENDAR\r\n"
	case 8:
		return "Content-Type: message/rfc822\r\n\r\nSubject: " + headerText().Draw(t, "inner") + "\r\n" + body(t, depth+1)
	}
	boundary := rapid.SampledFrom(people).Draw(t, "boundary") + "=_x"
	if strings.ContainsAny(boundary, "'") || kind == 9 {
		boundary = "frontier_" + fmt.Sprint(depth)
	}
	out := "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n" + text
	for range rapid.IntRange(1, 3).Draw(t, "parts") {
		out += "\r\n--" + boundary + "\r\n" + body(t, depth+1)
	}
	return out + "\r\n--" + boundary + "--\r\n" + text
}

// anyMessage draws a message.
func anyMessage(t *rapid.T) string {
	var b strings.Builder
	for _, name := range []string{"From", "To", "Subject", "Message-ID", "X-Mailer", "List-Id", "Received", "Content-Description"} {
		if rapid.Bool().Draw(t, name) {
			b.WriteString(name + ": " + headerText().Draw(t, "value") + "\r\n")
		}
	}
	b.WriteString("Date: Mon, 1 Jan 2024 10:00:00 +0530\r\n")
	return b.String() + body(t, 0)
}

// anyDocument draws a document full of such words.
func anyDocument() *rapid.Generator[*mail.Transaction] {
	return rapid.Custom(func(t *rapid.T) *mail.Transaction {
		word := func() string { return rapid.SampledFrom(people).Draw(t, "word") }
		raw := anyMessage(t)
		text := personalText()
		txn, err := deliver.Message([]byte(raw), deliver.Options{User: word() + "@example.org", Mailbox: word() + "/" + word(), UID: 7, UIDValidity: 1234567, KeepText: true})
		if err != nil {
			t.Fatal(err)
		}
		txn.User.Home = mail.Some("/home/" + word())
		txn.User.SessionID = mail.Some(text.Draw(t, "session"))
		txn.User.Userdb.Put("quota_rule", text.Draw(t, "userdb"))
		txn.Settings.Put("hook", "https://"+word()+":"+word()+"@"+word()+".example.com:8443/"+word()+"?token="+word())
		txn.Settings.Put("mode", text.Draw(t, "setting"))
		txn.Metadata.Put("/private/x", "user="+word()+"@3 1234567:7")
		txn.Metadata.Put("/private/y", `{"endpoint":"https://`+word()+`.example/`+word()+`","p256dh":"xaliceabc","owner":["`+word()+`",{"`+word()+`":12345}]}`)
		name := txn.Events[0].Mailbox
		txn.Mailboxes.Put(name, &mail.Mailbox{Name: mail.EncodeMailboxName(name), VName: name, Status: mail.Status{Keywords: []string{"$Forwarded", word()}}, HasStatus: true})
		txn.Events[0].Keywords = []string{word(), "$Label1"}
		txn.Events[0].Unknown = []mail.Field{{Name: "later", Raw: `{"$base64":"` + base64.StdEncoding.EncodeToString([]byte(text.Draw(t, "later"))) + `"}`}, {Name: word() + " of", Raw: `["` + word() + `",17.50,-3e4]`}}
		return txn
	})
}

func TestNoWordOfAnyDocumentSurvives(t *testing.T) {
	s := strip.New(testKey(t), strip.Options{})
	rapid.Check(t, func(t *rapid.T) {
		txn := anyDocument().Draw(t, "document")
		out, err := s.Transaction(txn)
		if err != nil {
			t.Fatal(err)
		}
		if found := survivors(txn, out); len(found) > 0 {
			t.Fatalf("%q survived in\n%q\n%s", found, out.Messages[0].Raw, line(t, out))
		}
		comparable(t, txn, out)
	})
}

func TestNoWordOfRecordedDocumentsSurvives(t *testing.T) {
	s := strip.New(testKey(t), strip.Options{})
	for _, file := range []string{
		recordings, deliveries, "../../scripts/testdata/ox/deliveries.jsonl", "../../scripts/testdata/ox/sessions.jsonl",
		"../../scripts/testdata/dlog/both.jsonl", "../../scripts/testdata/dlog/imap.jsonl", "../../examples/registered-users/fixture.jsonl",
	} {
		for i, txn := range documents(t, file) {
			out := stripped(t, s, txn)
			if found := survivors(txn, out); len(found) > 0 {
				t.Errorf("%s:%d: %s: %q survived in\n%s", file, i+1, txn.Scenario, found, line(t, out))
			}
			comparable(t, txn, out)
		}
	}
}
