package stdlib

import (
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

var socketURL = shared(
	function{"escape", urlEscape},
	function{"unescape", urlUnescape},
	function{"parse", urlParse},
	function{"build", urlBuild},
	function{"absolute", urlAbsolute},
	function{"parse_path", urlParsePath},
	function{"build_path", urlBuildPath},
)

// SocketURL is the loader of "socket.url", LuaSocket's URL module, byte for byte as in LuaSocket 3.1.
func SocketURL(L *vm.LState) int {
	module := fill(L.CreateTable(0, len(socketURL)+1), socketURL)
	module.RawSetString("_VERSION", vm.LString("URL 1.0.3"))
	all := luaSocketOf(L)
	L.Push(all.loaded("url", &all.url, module))
	return 1
}

// isURLPlain reports the bytes that no escaping touches.
func isURLPlain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// urlEscape is escape(s): everything but ASCII letters, digits and _ as %xx in lower case.
func urlEscape(L *vm.LState) int {
	s := native.CheckString(L, 1)
	L.Push(vm.LString(percentEncode(L, s, "0123456789abcdef", isURLPlain)))
	return 1
}

func percentEncode(L *vm.LState, s, digits string, keep func(byte) bool) string {
	escapes := 0
	for i := 0; i < len(s); i++ {
		if !keep(s[i]) {
			escapes++
		}
	}
	charge(L)(len(s) + 2*escapes)
	if escapes == 0 {
		return s
	}
	var out strings.Builder
	out.Grow(len(s) + 2*escapes)
	for i := 0; i < len(s); i++ {
		if c := s[i]; keep(c) {
			out.WriteByte(c)
		} else {
			out.WriteByte('%')
			out.WriteByte(digits[c>>4])
			out.WriteByte(digits[c&15])
		}
	}
	return out.String()
}

// urlUnescape is unescape(s): a % without two hexadecimal digits stays.
func urlUnescape(L *vm.LState) int {
	s := native.CheckString(L, 1)
	charge(L)(len(s))
	L.Push(vm.LString(percentDecode(s)))
	return 1
}

func percentDecode(s string) string {
	first := strings.IndexByte(s, '%')
	if first < 0 {
		return s
	}
	out := append(make([]byte, 0, len(s)), s[:first]...)
	for i := first; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			high, highOK := hexDigit(s[i+1])
			low, lowOK := hexDigit(s[i+2])
			if highOK && lowOK {
				out = append(out, high<<4|low)
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}

// urlParse is parse(url, default): the parts of a URL in a table that starts as a copy of default.
func urlParse(L *vm.LState) int {
	parsed := L.NewTable()
	if given := L.Get(2); vm.LVAsBool(given) {
		defaults, ok := given.(*vm.LTable)
		if !ok {
			native.TypeError(L, 2, "table")
		}
		for key, value := defaults.Next(vm.LNil); key != vm.LNil; key, value = defaults.Next(key) {
			parsed.RawSet(key, value)
		}
	}
	url := L.Get(1)
	if !vm.LVAsBool(url) || url == vm.LString("") {
		L.Push(vm.LNil)
		L.Push(vm.LString("invalid url"))
		return 2
	}
	text := native.CheckString(L, 1)
	charge(L)(2 * len(text))
	parseURL(L, text, parsed)
	L.Push(parsed)
	return 1
}

// parseURL fills parsed. Parts are cut off in LuaSocket's order: scheme, authority, fragment, query, params, path.
func parseURL(L *vm.LState, url string, parsed *vm.LTable) {
	set := func(name, value string) { parsed.RawSetString(name, vm.LString(value)) }
	if end := schemeLength(url); end > 0 {
		set("scheme", url[:end])
		url = url[end+1:]
	}
	if strings.HasPrefix(url, "//") {
		authority := url[2:]
		if end := strings.IndexByte(authority, '/'); end >= 0 {
			authority = authority[:end]
		}
		set("authority", authority)
		url = url[2+len(authority):]
	}
	for _, part := range []struct{ mark, name string }{{"#", "fragment"}, {"?", "query"}, {";", "params"}} {
		if before, after, found := strings.Cut(url, part.mark); found {
			set(part.name, after)
			url = before
		}
	}
	if url != "" {
		set("path", url)
	}
	if authority := parsed.RawGetString("authority"); vm.LVAsBool(authority) {
		parseAuthority(L, authority, parsed)
	}
}

// schemeLength is the length of a scheme that a colon follows, or 0.
func schemeLength(url string) int {
	for i := 0; i < len(url); i++ {
		c := url[i]
		switch {
		case c == ':':
			return i
		case isURLPlain(c) && c != '_':
		case i > 0 && (c == '+' || c == '-' || c == '.'):
		default:
			return 0
		}
	}
	return 0
}

// parseAuthority splits user information, port and host. Authority and user information may come from the default
// table and so be of any type.
func parseAuthority(L *vm.LState, value vm.LValue, parsed *vm.LTable) {
	set := func(name, value string) { parsed.RawSetString(name, vm.LString(value)) }
	authority := partText(L, value)
	if userinfo, rest, found := strings.Cut(authority, "@"); found {
		set("userinfo", userinfo)
		authority = rest
	}
	if colon := strings.LastIndexByte(authority, ':'); colon >= 0 && strings.IndexByte(authority[colon:], ']') < 0 {
		set("port", authority[colon+1:])
		authority = authority[:colon]
	}
	if authority != "" {
		host := authority
		if len(host) > 2 && host[0] == '[' && host[len(host)-1] == ']' {
			host = host[1 : len(host)-1]
		}
		set("host", host)
	}
	userinfo := parsed.RawGetString("userinfo")
	if !vm.LVAsBool(userinfo) {
		return
	}
	user := partText(L, userinfo)
	if colon := strings.LastIndexByte(user, ':'); colon >= 0 {
		set("password", user[colon+1:])
		user = user[:colon]
	}
	set("user", user)
}

// partText is the text of a default value that LuaSocket hands to string.gsub.
func partText(L *vm.LState, value vm.LValue) string {
	text, ok := asText(value)
	if !ok {
		native.Raise(L, "bad argument #1 to 'gsub' (string expected, got %s)", native.TypeName(L, value))
	}
	return text
}
