package stdlib

// Entry describes a module for people.
type Entry struct {
	// Name is what a script requires.
	Name string
	// Doc is one sentence.
	Doc string
	// Library is what the module behaves like, with its version.
	Library string
	// Debian and LuaRocks name the package that provides the module where Dovecot runs; "" is none.
	Debian, LuaRocks string
}

// Catalog describes the modules in the order of Modules, without those that only say that they are not there.
func Catalog() []Entry {
	const luapushOnly = "; only luapush has it, a Dovecot installation does not."
	const luaSocket, luaSec = "LuaSocket 3.1.0", "LuaSec 1.2.0"
	return []Entry{
		{"socket", "The time, sleeping, and protected calls; sockets of the script's own are not available.", luaSocket, "lua-socket", "luasocket"},
		{"socket.url", "Takes URLs apart, puts them together, and escapes text for them.", luaSocket, "lua-socket", "luasocket"},
		{"socket.http", "Sends HTTP requests; a failure is nil and a message.", luaSocket, "lua-socket", "luasocket"},
		{"socket.headers", "The usual case of header names.", luaSocket, "lua-socket", "luasocket"},
		{"ssl.https", "Sends HTTPS requests, without a look at the certificate unless verify is \"peer\".", luaSec, "lua-sec", "luasec"},
		{"ltn12", "Sources, sinks, filters and pumps for bodies of requests.", luaSocket, "lua-socket", "luasocket"},
		{"mime", "Base64, quoted-printable, line wrapping and line ends, whole or as filters.", luaSocket, "lua-socket", "luasocket"},
		{"cjson", "JSON; raises an error for what is wrong, and an empty table is {}.", "lua-cjson 2.1.0", "lua-cjson", "lua-cjson"},
		{"cjson.safe", "The same as cjson, but gives nil and a message instead of raising.", "lua-cjson 2.1.0", "lua-cjson", "lua-cjson"},
		{"json", "JSON; lenient when it reads, and configurable.", "lua-json 1.3.4", "lua-json", "luajson"},
		{"json.encode", "The writing half of json.", "lua-json 1.3.4", "lua-json", "luajson"},
		{"json.decode", "The reading half of json.", "lua-json 1.3.4", "lua-json", "luajson"},
		{"json.util", "The null, the arrays and the helpers of json.", "lua-json 1.3.4", "lua-json", "luajson"},
		{"dkjson", "JSON; gives nil, position and message for what is wrong, and an empty table is [].", "dkjson 2.6", "lua-dkjson", "dkjson"},
		{"JSON", "JSON by methods, JSON:encode(value); an empty table is [].", "json-lua 20141223.14", "", "json-lua"},
		{"rapidjson", "JSON; gives nil and a message for what is wrong, and marks objects and arrays.", "lua-rapidjson 0.7.1", "", "rapidjson"},
		{"base64", "Base64.", "lbase64 1.5", "", "base64"},
		{"lfs", "Attributes of files and the names in folders; only reads.", "LuaFileSystem 1.8.0", "lua-filesystem", "luafilesystem"},
		{"inspect", "Shows any value as text, for debugging.", "inspect.lua 3.1.0", "lua-inspect", "inspect"},
		{"crypto", "MD5, SHA-256 and AES" + luapushOnly, gopherLibs, "", ""},
		{"hex", "Hexadecimal digits" + luapushOnly, gopherLibs, "", ""},
		{"http", "Sends HTTP requests: http.get(url, options) and its like" + luapushOnly, "gluahttp 25003d9", "", ""},
		{"humanize", "Sizes and times in words" + luapushOnly, gopherLibs, "", ""},
		{"regexp", "Go's regular expressions" + luapushOnly, gopherLibs, "", ""},
		{"strings", "Splits, trims and compares strings" + luapushOnly, gopherLibs, "", ""},
		{"time", "The time, sleeping, and texts of times in Go's layouts" + luapushOnly, gopherLibs, "", ""},
		{"yaml", "YAML; gives nil and a message for what is wrong" + luapushOnly, gopherLibs, "", ""},
		{"luapush", "Messages with their header, MIME parts and text" + luapushOnly, "luapush itself", "", ""},
	}
}
