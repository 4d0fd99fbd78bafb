package stdlib

import (
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua/library"
	"github.com/luapush/luapush/runtime/lua/native"
)

// absentModules are well-known modules that luapush does not have, with what it has instead.
var absentModules = []struct{ name, instead string }{
	{"ssl", "for https use ssl.https or dovecot.http.client"},
	{"socket.core", "use socket.http or dovecot.http.client; a script's own sockets are not available"},
	{"socket.smtp", "a handler cannot send mail; post to a service that does with socket.http"},
	{"socket.ftp", "use socket.http or dovecot.http.client"},
	{"socket.unix", "a script's own sockets are not available; use socket.http or dovecot.http.client over TCP"},
	{"copas", "calls of a handler run one after the other; use socket.http or dovecot.http.client"},
	{"http.request", "use socket.http, ssl.https or dovecot.http.client"},
	{"http.client", "use socket.http, ssl.https or dovecot.http.client"},
	{"requests", "use socket.http, ssl.https or dovecot.http.client"},
	{"lua-requests", "use socket.http, ssl.https or dovecot.http.client"},
	{"resty.http", "resty modules need nginx; use socket.http, ssl.https or dovecot.http.client"},
	{"resty.redis", "resty modules need nginx; put an HTTP service in front of the database, and use socket.http"},
	{"cURL", "use socket.http, ssl.https or dovecot.http.client"},
	{"cURL.safe", "use socket.http, ssl.https or dovecot.http.client"},
	{"lcurl", "use socket.http, ssl.https or dovecot.http.client"},
	{"curl", "use socket.http, ssl.https or dovecot.http.client"},
	{"redis", "put an HTTP service in front of the database, and use socket.http or dovecot.http.client"},
	{"luasql.mysql", "put an HTTP service in front of the database, and use socket.http or dovecot.http.client"},
	{"luasql.postgres", "put an HTTP service in front of the database, and use socket.http or dovecot.http.client"},
	{"luasql.sqlite3", "put an HTTP service in front of the database, and use socket.http or dovecot.http.client"},
	{"luasql.odbc", "put an HTTP service in front of the database, and use socket.http or dovecot.http.client"},
	{"DBI", "put an HTTP service in front of the database, and use socket.http or dovecot.http.client"},
	{"lsqlite3", "put an HTTP service in front of the database, and use socket.http or dovecot.http.client"},
	{"mosquitto", "use socket.http to a bridge; a script's own sockets are not available"}, //nolint:misspell // its name
	{"mqtt", "use socket.http to a bridge; a script's own sockets are not available"},
	{"lpeg", "use Lua's own patterns; the JSON modules of luapush work without it"},
	{"re", "use Lua's own patterns"},
	{"rex_pcre", "use Lua's own patterns"},
	{"posix", "use os, io and lfs"},
	{"posix.unistd", "use os, io and lfs"},
	{"syslog", "use dovecot.i_info, i_warning and i_error"},
	{"logging", "use dovecot.i_info, i_warning and i_error"},
	{"openssl", "use mime or dovecot.base64 for Base64; crypto has digests and ciphers, and only luapush has it"},
	{"md5", "crypto.md5 is there, which only luapush has"},
	{"sha1", "a copy of the pure-Lua module in the script's package.path works"},
	{"sha2", "a copy of the pure-Lua module in the script's package.path works"},
	{"iconv", "Dovecot gives texts as UTF-8 already; see utf8"},
	{"lunajson", "use cjson, json, dkjson, JSON or rapidjson"},
	{"yajl", "use cjson, json, dkjson, JSON or rapidjson"},
	{"cmsgpack", "use cjson and send JSON"},
}

// absent makes the loaders of absentModules. A module of that name which is installed as a Lua file is loaded; otherwise
// the error of require is that of PUC Lua with one line more. That is done by a loader in package.preload and not by a
// searcher, so package.searchers stays as scripts know it.
func absent() []runtime.Module {
	list := make([]runtime.Module, len(absentModules))
	for i, m := range absentModules {
		list[i] = runtime.Module{Name: m.name, Open: func(L *vm.LState) int { return loadElsewhere(L, m.name, m.instead) }}
	}
	return list
}

// loadElsewhere asks the searchers behind the first, package.preload, as require would have done.
func loadElsewhere(L *vm.LState, name, instead string) int {
	// require was called by the script; it and this loader are natives.
	where := native.Position(L, 2)
	hint := "\n\tluapush does not have it: " + instead
	said := []string{"no field package.preload['" + name + "']"}
	loaded, _ := library.Loaded(L).RawGetString("package").(*vm.LTable)
	if loaded != nil {
		searchers, _ := field(L, loaded, "searchers").(*vm.LTable)
		for n := 2; searchers != nil; n++ {
			searcher := searchers.RawGetInt(n)
			if searcher == vm.LNil {
				break
			}
			results, raised := native.PCall(L, nil, searcher, vm.LString(name))
			if raised != nil {
				// Such as that of a C library, which is found but cannot be loaded.
				if text, ok := raised.(vm.LString); ok {
					raised = text + vm.LString(hint)
				}
				native.RaiseValue(L, raised)
			}
			results = append(results, vm.LNil, vm.LNil)
			if fn, ok := results[0].(*vm.LFunction); ok {
				return returns(L, native.Call1(L, fn, vm.LString(name), results[1]))
			}
			if text, ok := asText(results[0]); ok {
				said = append(said, text)
			}
		}
	}
	native.RaiseValue(L, vm.LString(where+"module '"+name+"' not found:\n\t"+strings.Join(said, "\n\t")+hint))
	return 0
}
