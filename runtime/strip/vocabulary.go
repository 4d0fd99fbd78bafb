package strip

import "strings"

// vocabulary is words that stay, in lower case.
type vocabulary map[string]struct{}

// has tells whether a word is one of them, in any case.
func (v vocabulary) has(word string) bool {
	if len(word) > longestTerm {
		return false
	}
	if _, ok := v[word]; ok {
		return true
	}
	_, ok := v[strings.ToLower(word)]
	return ok
}

// longestTerm is the length of the longest word of any vocabulary.
const longestTerm = 32

func vocabularyOf(lists ...string) vocabulary {
	v := vocabulary{}
	for _, list := range lists {
		for word := range strings.FieldsSeq(list) {
			v[word] = struct{}{}
		}
	}
	return v
}

// These stay in every text, where they stand as such.
var (
	schemes       = vocabularyOf("http https ftp ftps ws wss imap imaps pop3 smtp smtps lmtp ldap ldaps file unix redis amqp mqtt nats tcp udp")
	opaqueSchemes = vocabularyOf("mailto tel cid mid sms urn xmpp sip sips data")
	replies       = vocabularyOf("re fw fwd aw wg sv vs tr rv antw")
	extensions    = vocabularyOf("txt md log csv json jsonl xml yaml html htm css js lua pdf ps rtf doc docx odt xls xlsx ods ppt pptx odp " +
		"ics vcf eml msg jpg jpeg png gif svg bmp tif tiff webp heic ico mp3 wav ogg mp4 mov avi mkv zip gz tgz bz2 xz tar rar 7z exe asc sig p7s p7m pem crt key sieve conf")
)

// These stay in values of settings.
var (
	settingWords = vocabularyOf("yes no true false on off none default null nil auto always never " +
		"lua ox dlog url user file path from metadata cache lifetime max retries attempts timeout msecs msec secs sec mins min hours hour days day weeks week " +
		"ms milliseconds seconds minutes debug info warning error")
	// jsonNames stay as names of members.
	jsonNames = vocabularyOf("endpoint url uri user username token type id name key keys auth p256dh device topic title text body message value data enabled " +
		"version date time uid uid_validity count limit timeout method headers filter folder mailbox mailboxes event events flags keywords")
	unitWords = vocabularyOf("b k m g t kb mb gb tb kib mib gib tib s ms us h d w sec secs msec msecs min mins minute minutes hour hours day days week weeks seconds milliseconds")
	services  = vocabularyOf("lmtp lda imap pop3 managesieve sieve doveadm submission auth indexer worker raw dsync quota warning status imap-hibernate")
)

// These stay in fields of a header that are made of them.
var (
	dateWords = vocabularyOf("mon tue wed thu fri sat sun jan feb mar apr may jun jul aug sep oct nov dec " +
		"monday tuesday wednesday thursday friday saturday sunday " +
		"january february march april june july august sept september october november december " +
		"gmt ut utc est edt cst cdt mst mdt pst pdt cet cest bst met mest eet eest jst ist z")
	priorityWords = vocabularyOf("high highest low lowest normal urgent non-urgent non bulk list junk first-class yes no all none " +
		"auto generated replied notified auto-generated auto-replied click one unsubscribe ro or oof dr ndr rn nrn")
	encodingWords = vocabularyOf("7bit 8bit binary base64 quoted printable x uuencode uue")
	languageWords = vocabularyOf("en de fr es it nl pt ja zh ko ru pl us gb at ch cn tw br")
	receivedWords = vocabularyOf("from by with via for id smtp esmtp esmtps esmtpa esmtpsa lmtp lmtps http https local")
)

// These stay in media types, their parameters and dispositions.
var (
	mediaWords = vocabularyOf("text multipart message application image audio video font model " +
		"plain html enriched richtext calendar vcard directory csv xml css markdown " +
		"mixed alternative related digest parallel report signed encrypted form data header set " +
		"rfc822 partial external body delivery status disposition notification feedback global headers " +
		"octet stream pdf json javascript zip gzip tar msword rtf ics vnd ms excel powerpoint word tnef openxmlformats officedocument " +
		"wordprocessingml spreadsheetml presentationml document sheet presentation oasis opendocument spreadsheet " +
		"pgp signature keys pkcs7 mime smime x jpeg jpg png gif svg bmp tiff webp heic mpeg mp4 ogg wav " +
		"inline attachment from user us ascii utf flowed fixed yes no delivery-status disposition-notification " +
		"request reply cancel publish add counter refresh declinecounter vevent vtodo sha1 sha256 sha384 sha512 md5 b q")
	// plainParameters are those whose values are such words.
	plainParameters = vocabularyOf("charset type format delsp protocol micalg method report-type component reply-type access-type size " +
		"creation-date modification-date read-date")
	// parameterNames are the words of all names of parameters.
	parameterNames = vocabularyOf("charset type format delsp protocol micalg method report reply access size creation modification read date " +
		"boundary name filename start info component id url x unix mode mac hidden creator")
)

// calendarWords stay in calendars and cards, in capitals.
var calendarWords = vocabularyOf("begin end vcalendar vevent vtodo vjournal vfreebusy vtimezone valarm vcard standard daylight " +
	"prodid version calscale method uid dtstamp dtstart dtend due duration created last modified sequence status transp class priority " +
	"summary description location organizer attendee contact categories comment url attach geo rrule rdate exdate recurrence id " +
	"tzid tzname tzoffsetfrom tzoffsetto tzurl trigger action repeat related percent complete completed freebusy " +
	"cn cutype role partstat rsvp sent by dir language value altrep encoding fmttype range reltype member delegated to " +
	"gregorian publish request reply add cancel refresh counter declinecounter " +
	"individual group resource room unknown chair req opt non participant needs accepted declined tentative delegated confirmed cancelled draft final " +
	"opaque transparent public private confidential true false display audio email " +
	"freq daily weekly monthly yearly until count interval byday bymonth bymonthday bysetpos wkst mo tu we th fr sa su " +
	"fn n nickname photo bday adr tel mailto org title note rev source kind x date time text uri binary")

// specialMailboxes stay where they are a whole level of a name, as does INBOX: RFC
// 6154's special uses as programs name them, and where folders of others are.
var specialMailboxes = func() vocabulary {
	v := vocabulary{}
	for name := range strings.SplitSeq("inbox,drafts,sent,sent messages,sent items,sent mail,trash,deleted messages,deleted items,"+
		"junk,junk e-mail,junk email,spam,bulk mail,archive,archives,all,all mail,flagged,starred,important,notes,outbox,templates,"+
		"shared,public,virtual,user,users", ",") {
		v[name] = struct{}{}
	}
	return v
}()

// keywordWords are keywords that RFCs register and mail programs set.
var keywordWords = vocabularyOf("$forwarded $mdnsent $submitpending $submitted $junk $notjunk $nonjunk $phishing $important $muted $followed " +
	"$hasattachment $hasnoattachment $hasmemo $memo $canunsubscribe $unsubscribed $ismailingnotification $istrusted $maskedemail $autosent $imported $new $notify " +
	"$label1 $label2 $label3 $label4 $label5 junk nonjunk notjunk forwarded redirected $mailflagbit0 $mailflagbit1 $mailflagbit2 $completed $recent " +
	"\\answered \\flagged \\deleted \\seen \\draft \\recent")
