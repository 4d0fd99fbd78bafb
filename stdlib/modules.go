package stdlib

import (
	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/stdlib/luapush"
)

// Modules are all modules of the package, for runtime.Options, and after them the loaders that say what luapush has
// instead of modules it has not.
func Modules() []runtime.Module {
	return append(own(), absent()...)
}

// own are the modules that are there, which Catalog describes.
func own() []runtime.Module {
	return []runtime.Module{
		{Name: "socket", Open: Socket},
		{Name: "socket.url", Open: SocketURL},
		{Name: "socket.http", Open: SocketHTTP},
		{Name: "socket.headers", Open: SocketHeaders},
		{Name: "ssl.https", Open: SSLHTTPS},
		{Name: "ltn12", Open: LTN12},
		{Name: "mime", Open: MIME},
		{Name: "cjson", Open: CJSON},
		{Name: "cjson.safe", Open: CJSONSafe},
		{Name: "json", Open: JSON},
		{Name: "json.encode", Open: JSONEncode},
		{Name: "json.decode", Open: JSONDecode},
		{Name: "json.util", Open: JSONUtil},
		{Name: "dkjson", Open: DKJSON},
		{Name: "JSON", Open: JSONLua},
		{Name: "rapidjson", Open: RapidJSON},
		{Name: "base64", Open: Base64},
		{Name: "lfs", Open: LFS},
		{Name: "inspect", Open: Inspect},
		{Name: "crypto", Open: Crypto},
		{Name: "hex", Open: Hex},
		{Name: "http", Open: HTTP},
		{Name: "humanize", Open: Humanize},
		{Name: "regexp", Open: Regexp},
		{Name: "strings", Open: Strings},
		{Name: "time", Open: Time},
		{Name: "yaml", Open: YAML},
		{Name: luapush.Name, Open: luapush.Open},
	}
}
