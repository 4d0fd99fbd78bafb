package stdlib

import (
	"strings"

	vm "github.com/yuin/gopher-lua"
)

// headerNames are the header fields that LuaSocket writes in their usual case, whatever the script's; names that are
// not here it writes in lower case.
var headerNames = func() map[string]string {
	names := strings.Fields(`Accept Accept-Charset Accept-Encoding Accept-Language Accept-Ranges Action Age Allow
		Alternate-Recipient Arrival-Date Authorization Bcc Cache-Control Cc Comments Connection Content-Description
		Content-Disposition Content-Encoding Content-ID Content-Language Content-Length Content-Location Content-MD5
		Content-Range Content-Transfer-Encoding Content-Type Cookie DSN-Gateway Date Diagnostic-Code ETag Expect Expires
		Final-Log-ID Final-Recipient From Host If-Match If-Modified-Since If-None-Match If-Range If-Unmodified-Since
		In-Reply-To Keywords Last-Attempt-Date Last-Modified Location MIME-Version Max-Forwards Message-ID
		Original-Envelope-ID Original-Recipient Pragma Proxy-Authenticate Proxy-Authorization Range Received
		Received-From-MTA References Referer Remote-MTA Reply-To Reporting-MTA Resent-Bcc Resent-Cc Resent-Date
		Resent-From Resent-Message-ID Resent-Reply-To Resent-Sender Resent-To Retry-After Return-Path
		SMTP-Remote-Recipient Sender Server Status Subject TE To Trailer Transfer-Encoding Upgrade User-Agent Vary Via
		WWW-Authenticate Warning Will-Retry-Until X-Mailer`)
	known := make(map[string]string, len(names))
	for _, name := range names {
		known[strings.ToLower(name)] = name
	}
	return known
}()

// SocketHeaders is the loader of "socket.headers": the table canonic.
func SocketHeaders(L *vm.LState) int {
	module := L.CreateTable(0, 1)
	canonic := L.CreateTable(0, len(headerNames))
	for name, written := range headerNames {
		canonic.RawSetString(name, vm.LString(written))
	}
	module.RawSetString("canonic", canonic)
	all := luaSocketOf(L)
	L.Push(all.loaded("headers", &all.headers, module))
	return 1
}

// headerName is a field's name as LuaSocket writes it.
func headerName(lower string) string {
	if written, ok := headerNames[lower]; ok {
		return written
	}
	return lower
}
