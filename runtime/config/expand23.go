package config

import "strings"

// unsupported begins the text that Dovecot 2.3 leaves in place of a variable it does not know.
const unsupported = "UNSUPPORTED_VARIABLE_"

// expression23 is what stands between the % and the name: [-][0][offset.][width][modifiers].
type expression23 struct {
	offset, width int32
	zeroPadding   bool
	modifiers     []byte
}

// expand23 expands a whole format. complete is false when a variable in it is unknown, in which case an enclosing
// %{if} or hash gives up without an error.
func (x *expansion) expand23(format string) (result string, complete bool, err error) {
	if err := x.enter(); err != nil {
		return "", false, err
	}
	defer x.leave()
	var out strings.Builder
	complete = true
	for i := 0; i < len(format); {
		if format[i] != '%' {
			next := strings.IndexByte(format[i:], '%')
			if next < 0 {
				next = len(format) - i
			}
			out.WriteString(format[i : i+next])
			i += next
			continue
		}
		expression, rest := parseExpression23(format[i+1:])
		if rest == "" {
			break
		}
		value, known, length, err := x.variable23(rest)
		if err != nil {
			return "", false, err
		}
		if known {
			value, err = expression.apply(x, value)
			if err != nil {
				return "", false, err
			}
		} else {
			complete = false
		}
		out.WriteString(value)
		if out.Len() > maxExpansion {
			return "", false, ErrExpansionLimit
		}
		i = len(format) - len(rest) + length
	}
	return out.String(), complete, nil
}

// parseExpression23 reads everything before the name and returns what follows.
func parseExpression23(text string) (expression23, string) {
	var e expression23
	sign := int32(1)
	if strings.HasPrefix(text, "-") {
		sign, text = -1, text[1:]
	}
	if strings.HasPrefix(text, "0") {
		e.zeroPadding, text = true, text[1:]
	}
	e.width, text = leadingInt32(text)
	if strings.HasPrefix(text, ".") {
		e.offset, sign, text = sign*e.width, 1, text[1:]
		// A zero before the dot belongs to the offset and means nothing.
		e.zeroPadding = false
		if strings.HasPrefix(text, "0") {
			e.zeroPadding, text = true, text[1:]
		}
		if strings.HasPrefix(text, "-") {
			sign, text = -1, text[1:]
		}
		e.width, text = leadingInt32(text)
		e.width *= sign
	}
	count := 0
	for count < len(text) && count < maxModifiers23 && isModifier23(text[count]) {
		count++
	}
	e.modifiers = []byte(text[:count])
	return e, text[count:]
}

// leadingInt32 reads decimal digits with the overflow of a 32-bit number.
func leadingInt32(text string) (int32, string) {
	var number int32
	for text != "" && isDigit(text[0]) {
		number, text = number*10+int32(text[0]-'0'), text[1:]
	}
	return number, text
}

// variable23 looks up the name at the start of text and returns how many bytes the name takes.
func (x *expansion) variable23(text string) (value string, known bool, length int, err error) {
	if text[0] == '{' && strings.IndexByte(text, '}') > 0 {
		end := closingBrace(text)
		name := text[1:end]
		length = min(end+1, len(text))
		value, known, err = x.long23(name)
		return value, known, length, err
	}
	value, known = x.short23(text[0])
	if !known {
		return unsupported + text[:1], false, 1, nil
	}
	return value, true, 1, nil
}

// closingBrace returns the index of the brace that closes text[0], or the end of text.
func closingBrace(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(text)
}

func (x *expansion) short23(letter byte) (string, bool) {
	v := x.variables
	switch letter {
	case '%':
		return "%", true
	case 'u':
		return v.User, true
	case 'n':
		return localPart(v.User), true
	case 'd':
		return domainOf(v.User), true
	case 's':
		return v.Service, true
	case 'h':
		return v.Home, true
	case 'l':
		return v.LocalIP, true
	case 'r':
		return v.RemoteIP, true
	case 'p':
		return v.PID, true
	case 'i':
		return v.UID, true
	}
	return "", false
}

// long23 answers %{name}. When known is false, value is what Dovecot leaves in the text instead.
func (x *expansion) long23(name string) (value string, known bool, err error) {
	v := x.variables
	switch name {
	case "username":
		return localPart(v.User), true, nil
	case "domain":
		return domainOf(v.User), true, nil
	case "lip":
		return v.LocalIP, true, nil
	case "rip":
		return v.RemoteIP, true, nil
	case "auth_username":
		return localPart(v.authUser()), true, nil
	case "auth_domain":
		return domainOf(v.authUser()), true, nil
	case "pid":
		return v.PID, true, nil
	case "uid":
		return v.UID, true, nil
	case "gid":
		return v.GID, true, nil
	case "hostname":
		return v.Hostname, true, nil
	}
	if value, found := v.long(name); found {
		return value, true, nil
	}
	key, data, _ := strings.Cut(name, ":")
	switch key {
	case "env":
		return v.env(data), true, nil
	case "userdb":
		field, fallback, _ := strings.Cut(data, ":")
		if value := v.userDB(field); value != "" {
			return value, true, nil
		}
		return fallback, true, nil
	}
	function, arguments, _ := strings.Cut(key, ";")
	if lowerASCII(function) == "if" {
		return x.if23(key + ":" + data)
	}
	if isHash23(lowerASCII(function)) {
		return x.hash23(function, arguments, data)
	}
	return unsupported + key, false, nil
}
