package strip

import (
	"encoding/base64"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// base64Member is the only member of the object that stands for a string whose
// bytes are not UTF-8.
const base64Member = "$base64"

// json replaces the strings of a valid JSON text, the names of members that are
// not what such members are called anywhere, and numbers of more than one digit.
// Blanks stay.
func (s *Stripper) json(raw string) string {
	j := jsonText{s: s, in: raw}
	j.out.Grow(len(raw))
	for i := 0; i < len(raw); {
		i = j.next(i)
	}
	return j.out.String()
}

// jsonText is one JSON text on its way.
type jsonText struct {
	s   *Stripper
	in  string
	out strings.Builder
	// open are the objects and arrays around the place, each with the new names of
	// its members so far.
	open []map[string]struct{}
	// name is that of the member whose value comes next.
	name string
}

// next deals with what is at i, and gives where it ends.
func (j *jsonText) next(i int) int {
	switch c := j.in[i]; {
	case c == '"':
		end := stringEnd(j.in, i)
		j.literal(j.in[i:end], strings.HasPrefix(strings.TrimLeft(j.in[end:], " \t\r\n"), ":"))
		return end
	case c == '-' || isDigit(c):
		end := i + 1
		for end < len(j.in) && strings.IndexByte("0123456789+-.eE", j.in[end]) >= 0 {
			end++
		}
		j.out.WriteString(j.s.number(j.in[i:end]))
		return end
	case c == '{' || c == '[':
		j.open = append(j.open, nil)
	case (c == '}' || c == ']') && len(j.open) > 0:
		j.open = j.open[:len(j.open)-1]
	}
	j.out.WriteByte(j.in[i])
	return i + 1
}

// stringEnd is where the string that begins at i ends.
func stringEnd(in string, i int) int {
	for i++; i < len(in); i++ {
		switch in[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(in)
}

// literal replaces a string, or a member's name.
func (j *jsonText) literal(raw string, isName bool) {
	quoted, err := jsontext.AppendUnquote(nil, raw)
	if err != nil {
		// It cannot be in valid JSON; no text may pass because of that.
		j.out.WriteString(`""`)
		return
	}
	v := string(quoted)
	switch {
	case isName:
		j.name = v
		v = j.member(v)
	case j.name == base64Member:
		v = j.s.base64String(v)
	case !isOption(v):
		v = j.s.Text(v)
	}
	written, err := jsontext.AppendQuote(nil, v)
	if err != nil {
		written = []byte(`""`)
	}
	j.out.Write(written)
}

// member replaces a member's name; two of an object stay two.
func (j *jsonText) member(name string) string {
	if name == base64Member || jsonNames.has(name) {
		return name
	}
	if len(j.open) == 0 {
		return j.s.Text(name)
	}
	top := &j.open[len(j.open)-1]
	if *top == nil {
		*top = map[string]struct{}{}
	}
	for salt := 0; ; salt++ {
		replaced := j.s.text(name, manner{variant: variant{salt: salt}})
		if _, taken := (*top)[replaced]; !taken && !jsonNames.has(replaced) || salt == maxSalt {
			(*top)[replaced] = struct{}{}
			return replaced
		}
	}
}

// base64String replaces bytes in base64.
func (s *Stripper) base64String(v string) string {
	if plain, err := base64.StdEncoding.DecodeString(v); err == nil {
		return base64.StdEncoding.EncodeToString([]byte(s.Text(string(plain))))
	}
	return s.Text(v)
}

// number replaces the digits of a number, its exponent aside. One of a single digit
// says too little to be personal.
func (s *Stripper) number(raw string) string {
	mantissa, exponent := raw, ""
	if at := strings.IndexAny(raw, "eE"); at >= 0 {
		mantissa, exponent = raw[:at], raw[at:]
	}
	sign := ""
	if strings.HasPrefix(mantissa, "-") {
		sign, mantissa = "-", mantissa[1:]
	}
	units, fraction, found := strings.Cut(mantissa, ".")
	if len(units) > 1 {
		units = s.word(units, variant{})
		if units[0] == '0' {
			// JSON has no number that begins so; the length must stay.
			units = "1" + units[1:]
		}
	}
	if found {
		fraction = "." + s.word(fraction, variant{})
	}
	return sign + units + fraction + exponent
}
