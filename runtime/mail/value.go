package mail

import (
	"bytes"
	"encoding/base64"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// base64Name is the only member of the object that stands for a string whose
// bytes are not UTF-8.
const base64Name = "$base64"

const stringHint = `bytes that are not UTF-8 are written {"$base64":"…"}`

// text reads a string value in either of its forms.
func (d *decoder) text() (string, error) {
	v, err := d.json.ReadValue()
	if err != nil {
		return "", d.syntax(err)
	}
	switch v[0] {
	case '"':
		return d.quoted(v)
	case '{':
		return d.base64(v)
	}
	return "", d.mismatch(v, "a string", "")
}

func (d *decoder) quoted(v []byte) (string, error) {
	if body := v[1 : len(v)-1]; bytes.IndexByte(body, '\\') < 0 {
		return string(body), nil
	}
	b, err := d.unquote(v)
	return string(b), err
}

func (d *decoder) base64(v []byte) (string, error) {
	object := jsontext.NewDecoder(bytes.NewReader(v))
	var tokens []jsontext.Token
	for range 5 { // {, name, string, }, and one that must not be there
		token, err := object.ReadToken()
		if err != nil {
			break
		}
		tokens = append(tokens, token.Clone())
	}
	if len(tokens) != 4 || tokens[1].String() != base64Name || tokens[2].Kind() != '"' {
		return "", d.mismatch(v, "a string", stringHint)
	}
	coded := tokens[2].String()
	plain, err := base64.StdEncoding.Strict().DecodeString(coded)
	// The package reads over CR and LF, which only the length shows.
	if err != nil || len(coded) != base64.StdEncoding.EncodedLen(len(plain)) {
		return "", d.fail(d.offset(v), d.path(), "not valid base64",
			"use the standard alphabet, with padding and without line breaks (RFC 4648 §4)", err)
	}
	return string(plain), nil
}

// texts reads a list of strings; the result is never nil.
func (d *decoder) texts() ([]string, error) {
	list := []string{}
	err := d.elements("an array of strings", func() error {
		s, err := d.text()
		list = append(list, s)
		return err
	})
	return list, err
}

func (d *decoder) boolean() (bool, error) {
	v, err := d.json.ReadValue()
	if err != nil {
		return false, d.syntax(err)
	}
	if c := v[0]; c != 't' && c != 'f' {
		return false, d.mismatch(v, "a boolean", "write true or false")
	}
	return v[0] == 't', nil
}

// integer reads a whole number between low and high. A negative one is
// returned as two's complement.
func (d *decoder) integer(low int64, high uint64) (uint64, error) {
	v, err := d.json.ReadValue()
	if err != nil {
		return 0, d.syntax(err)
	}
	if c := v[0]; c != '-' && (c < '0' || c > '9') {
		hint := ""
		if c == '"' && isInteger(v[1:len(v)-1]) {
			hint = "write it without the quotes"
		}
		return 0, d.mismatch(v, "a number", hint)
	}
	if n, err := strconv.ParseUint(string(v), 10, 64); err == nil && n <= high {
		return n, nil
	}
	plain, whole := plainInteger(string(v))
	if !whole {
		return 0, d.fail(d.offset(v), d.path(), "expected a whole number, got "+shortNumber(v), "", nil)
	}
	if n, err := strconv.ParseUint(plain, 10, 64); err == nil && n <= high {
		return n, nil
	}
	if n, err := strconv.ParseInt(plain, 10, 64); err == nil && n < 0 && n >= low {
		return uint64(n), nil
	}
	return 0, d.fail(d.offset(v), d.path(), "the number "+shortNumber(v)+" is out of range",
		"it must be "+strconv.FormatInt(low, 10)+" to "+strconv.FormatUint(high, 10), nil)
}

// plainInteger writes a JSON number without fraction and exponent, as a Lua
// encoder's 1.0 for 1; whole is false when that is not possible. What no 64 bits
// hold comes back as some other number that they do not hold.
func plainInteger(v string) (plain string, whole bool) {
	v, negative := strings.CutPrefix(v, "-")
	mantissa, exponent := v, 0
	if e := strings.IndexAny(v, "eE"); e >= 0 {
		mantissa = v[:e]
		n, err := strconv.Atoi(strings.TrimPrefix(v[e+1:], "+"))
		if err != nil || n > maxExponent || n < -maxExponent {
			n = maxExponent
			if v[e+1] == '-' {
				n = -maxExponent
			}
		}
		exponent = n
	}
	units, fraction, _ := strings.Cut(mantissa, ".")
	exponent -= len(fraction)
	digits := strings.TrimLeft(units+fraction, "0")
	if digits == "" {
		return "0", true
	}
	significant := strings.TrimRight(digits, "0")
	exponent += len(digits) - len(significant)
	if exponent < 0 {
		return "", false
	}
	digits = significant + strings.Repeat("0", min(exponent, 30))
	if negative {
		digits = "-" + digits
	}
	return digits, true
}

// maxExponent is beyond any number of digits a document can have.
const maxExponent = 1 << 40

func isInteger(v []byte) bool {
	return len(v) > 0 && len(bytes.Trim(v, "0123456789")) == 0
}

func shortNumber(v []byte) string {
	if len(v) > 30 {
		return string(v[:30]) + "…"
	}
	return string(v)
}

// offset is where v, which was read last, starts.
func (d *decoder) offset(v []byte) int { return int(d.json.InputOffset()) - len(v) }

func (d *decoder) eventName() (EventName, error) {
	v, err := d.json.ReadValue()
	if err != nil {
		return "", d.syntax(err)
	}
	if v[0] != '"' {
		return "", d.mismatch(v, "a string", "")
	}
	for i := range events { // without an allocation for what is nearly always so
		if string(v[1:len(v)-1]) == string(events[i].name) {
			return events[i].name, nil
		}
	}
	s, err := d.quoted(v)
	if err != nil {
		return "", err
	}
	if n := EventName(s); n.Known() {
		return n, nil
	}
	return "", d.fail(d.offset(v), d.path(), "unknown event "+quoteShort(s), eventNameHint(s), nil)
}

func (d *decoder) version() (int, error) {
	n, err := d.integer(1, math.MaxInt32)
	if err != nil {
		return 0, err
	}
	if n == 0 { // integer has no lower bound above 0
		return 0, d.fail(int(d.json.InputOffset())-1, d.path(), "there is no version 0", "the current one is 1", nil)
	}
	if n > Version {
		return 0, d.fail(int(d.json.InputOffset())-1, d.path(),
			"the document has version "+strconv.FormatUint(n, 10)+", newer than this program's "+strconv.Itoa(Version),
			"upgrade luapush, or record the transaction again", nil)
	}
	return int(n), nil
}

// sameName checks that a mailbox is listed under its own name.
func (d *decoder) sameName(key string, m *Mailbox) error {
	if m.VName == key {
		return nil
	}
	return d.fail(int(d.json.InputOffset())-1, d.path()+".vname",
		quoteShort(m.VName)+" is listed as "+quoteShort(key), "a mailbox is listed under its vname", nil)
}
