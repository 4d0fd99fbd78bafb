package strip

import (
	"strconv"
	"strings"
)

// field replaces the value of a header field; it begins behind the colon and has
// its folds and its last line end.
func (s *Stripper) field(name, value string) string {
	switch name = strings.ToLower(name); name {
	case "date", "resent-date", "delivery-date", "expires", "expiry-date", "reply-by", "arrival-date", "last-attempt-date":
		return s.text(value, manner{keep: dateWords.has, digits: true})
	case "received", "x-received":
		at := strings.LastIndexByte(value, ';') + 1
		return s.text(value[:at], manner{keep: receivedWords.has}) + s.text(value[at:], manner{keep: dateWords.has, digits: at > 0})
	case "mime-version", "content-length", "lines", "status", "x-status", "importance", "priority", "x-priority", "x-msmail-priority",
		"precedence", "auto-submitted", "x-auto-response-suppress", "list-unsubscribe-post", "x-spam-flag", "x-spam-level",
		"x-ms-has-attach", "content-duration":
		return s.text(value, manner{keep: priorityWords.has, digits: true})
	case "content-transfer-encoding":
		return s.text(value, manner{keep: encodingWords.has})
	case "content-language", "accept-language":
		return s.text(value, manner{keep: languageWords.has})
	case "content-type", "content-disposition":
		return s.parameters(value)
	}
	return s.join(s.phrase(nil, value), manner{})
}

// fieldName gives the name of the field that a line begins, "" if it is none: a
// line of text before the body must not be taken for one.
func fieldName(line string) (name, value string) {
	colon := strings.IndexByte(line[:min(len(line), longestName)], ':')
	if colon <= 0 {
		return "", ""
	}
	name = strings.TrimRight(line[:colon], " \t")
	for i := range len(name) {
		if !isASCIIWord(name[i]) && name[i] != '-' && name[i] != '_' && name[i] != '.' {
			return "", ""
		}
	}
	return name, line[colon+1:]
}

const longestName = 80

// header replaces the values of a header's fields. It gives the header, the values
// of the fields that say what the body is, and the body.
func (s *Stripper) header(out *strings.Builder, raw string) (contentType, encoding, body string) {
	for raw != "" {
		line := lineOf(raw)
		if line == "\n" || line == "\r\n" {
			out.WriteString(line)
			return contentType, encoding, raw[len(line):]
		}
		end := len(line)
		for end < len(raw) && (raw[end] == ' ' || raw[end] == '\t') {
			end += len(lineOf(raw[end:]))
		}
		whole := raw[:end]
		raw = raw[end:]
		name, value := fieldName(whole)
		if name == "" {
			out.WriteString(s.join(s.phrase(nil, whole), manner{}))
			continue
		}
		out.WriteString(whole[:len(whole)-len(value)])
		out.WriteString(s.field(name, value))
		switch {
		case contentType == "" && strings.EqualFold(name, "content-type"):
			contentType = value
		case encoding == "" && strings.EqualFold(name, "content-transfer-encoding"):
			encoding = value
		}
	}
	return contentType, encoding, ""
}

// lineOf is the first line of a text, with its end.
func lineOf(s string) string {
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return s[:i+1]
	}
	return s
}

// parameters replaces a Content-Type or Content-Disposition with its parameters.
func (s *Stripper) parameters(value string) string {
	var out strings.Builder
	joined := joinParameters(value)
	for i, part := range splitParameters(value) {
		if i == 0 {
			out.WriteString(s.text(part, manner{keep: mediaWords.has, digits: true}))
			continue
		}
		out.WriteByte(';')
		name, value, found := strings.Cut(part, "=")
		if !found {
			out.WriteString(s.text(part, manner{keep: mediaWords.has}))
			continue
		}
		out.WriteString(s.text(name, manner{keep: parameterNames.has, digits: true}))
		out.WriteByte('=')
		name = strings.ToLower(strings.TrimSpace(name))
		base, _, continued := strings.Cut(name, "*")
		inner := unquoted(value)
		before, after, _ := strings.Cut(value, inner)
		whole := joined[base]
		at, isPart := whole.places[i]
		switch {
		case inner == "":
			before, after = value, ""
		case base == "boundary" && isPart:
			inner = quotedPairs(inner).rewrite(s.text(whole.value, manner{})[at.start:at.end])
		case base == "charset" && isPart && isCharset(whole.value):
			if front, back, found := strings.Cut(inner, whole.value); found {
				inner = s.text(front, manner{}) + whole.value + s.text(back, manner{})
			}
		default:
			inner = s.parameter(name, inner, continued)
		}
		out.WriteString(before + inner + after)
	}
	return out.String()
}

// unquoted is the value of a parameter without blanks and quotes around it.
func unquoted(value string) string {
	value = strings.Trim(value, " \t\r\n")
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	return value
}

// joinedParameter is the value of a parameter that may be in several parts (RFC
// 2231 §3), and where in it is what the parts of the field have, by their number.
type joinedParameter struct {
	value  string
	places map[int]span
}

// joinParameters gives the charset and the boundary of a field.
func joinParameters(field string) map[string]joinedParameter {
	joined := map[string]joinedParameter{}
	parts := splitParameters(field)
	for _, want := range []string{"charset", "boundary"} {
		numbered := map[string]int{}
		for i, part := range parts[1:] {
			name, _, _ := strings.Cut(part, "=")
			name = strings.ToLower(strings.TrimSpace(name))
			if _, twice := numbered[name]; !twice {
				numbered[name] = i + 1
			}
		}
		whole := joinedParameter{places: map[int]span{}}
		add := func(i int) {
			_, value, _ := strings.Cut(parts[i], "=")
			start := len(whole.value)
			plain := unquoted(value)
			if want == "charset" && plain == strings.Trim(value, " \t\r\n") {
				plain = firstToken(strings.ReplaceAll(plain, "\x00", " "))
			}
			whole.value += unpair(plain)
			whole.places[i] = span{start, len(whole.value)}
		}
		if i, ok := numbered[want]; ok {
			add(i)
		} else {
			for n := range maxContinuations {
				i, ok := numbered[want+"*"+strconv.Itoa(n)]
				if !ok {
					break
				}
				add(i)
			}
		}
		joined[want] = whole
	}
	return joined
}

// maxContinuations bounds the parts of one value.
const maxContinuations = 100

// parameter replaces the value of a parameter, without its quotes.
func (s *Stripper) parameter(name, inner string, continued bool) string {
	switch {
	case strings.HasSuffix(name, "-date"):
		return s.text(inner, manner{keep: dateWords.has, digits: true})
	case plainParameters.has(name) && name != "charset":
		return s.text(inner, manner{keep: mediaWords.has, digits: true})
	case continued && strings.HasSuffix(name, "*"):
		return s.extended(inner)
	}
	return s.join(s.phrase(nil, inner), manner{})
}

// extended replaces a value with charset and language in front (RFC 2231 §4).
func (s *Stripper) extended(value string) string {
	charset, rest, ok := strings.Cut(value, "'")
	if !ok || charset != "" && !isCharset(charset) {
		return s.join(literal(nil, value), manner{})
	}
	language, coded, ok := strings.Cut(rest, "'")
	if !ok {
		return s.join(literal(nil, value), manner{})
	}
	out := charset + "'" + s.text(language, manner{keep: languageWords.has}) + "'"
	return out + s.join([]piece{escapedPiece(coded, percent, charset)}, manner{})
}

// quotedPairs is the inside of a quoted string, whose backslashes are not seen.
type quotedPairs string

// rewrite puts other text of the same length between the backslashes.
func (q quotedPairs) rewrite(text string) string {
	out := []byte(q)
	at := 0
	for i := 0; i < len(out) && at < len(text); i++ {
		if out[i] == '\\' && i+1 < len(out) {
			i++
		}
		out[i] = text[at]
		at++
	}
	return string(out)
}

func unpair(raw string) string {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw
	}
	var out strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] == '\\' && i+1 < len(raw) {
			i++
		}
		out.WriteByte(raw[i])
	}
	return out.String()
}

// splitParameters gives the parts of a value between its semicolons.
func splitParameters(value string) []string {
	var parts []string
	start, inQuotes := 0, false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && inQuotes:
			i++
		case c == '"':
			inQuotes = !inQuotes
		case c == ';' && !inQuotes:
			parts = append(parts, value[start:i])
			start = i + 1
		}
	}
	return append(parts, value[start:])
}
