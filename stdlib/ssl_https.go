package stdlib

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"strings"
	"syscall"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/transport"
)

var sslTCP = &vm.LFunction{IsG: true, GFunction: socketAbsent("tcp").fn}

var sslHTTPS = shared(function{"request", httpsRequest})

// SSLHTTPS is the loader of "ssl.https", LuaSec 1.2.0: socket.http over TLS. Unless told otherwise it verifies no
// certificate.
func SSLHTTPS(L *vm.LState) int {
	module := fill(L.CreateTable(0, 7), sslHTTPS)
	module.RawSetString("tcp", sslTCP)
	module.RawSetString("_VERSION", vm.LString("1.2.0"))
	module.RawSetString("_COPYRIGHT", vm.LString("LuaSec 1.2.0 - Copyright (C) 2009-2022 PUC-Rio"))
	module.RawSetString("PORT", vm.LNumber(443))
	module.RawSetString("TIMEOUT", vm.LNumber(httpTimeout))
	luaSocketOf(L).https = module
	L.Push(module)
	return 1
}

// httpsRequest is request(url, body) and request{…}. As in LuaSec, the table is changed: it gets a field create, with
// which it cannot be used for a second request.
func httpsRequest(L *vm.LState) int {
	settings := httpSettings{secure: true}
	if url, ok := L.Get(1).(vm.LString); ok {
		request, target := genericForm(L, httpsURL(L, url), L.Get(2))
		if vm.LVAsBool(moduleField(L, luaSocketOf(L).http, "PROXY", vm.LNil)) {
			return failure(L, "proxy not supported")
		}
		return requestText(L, request, target, settings)
	}
	request := requestArgument(L)
	request.RawSetString("url", httpsURL(L, field(L, request, "url")))
	switch {
	case vm.LVAsBool(field(L, request, "proxy")) || vm.LVAsBool(moduleField(L, luaSocketOf(L).http, "PROXY", vm.LNil)):
		return failure(L, "proxy not supported")
	case vm.LVAsBool(field(L, request, "redirect")):
		return failure(L, "redirect not supported")
	case vm.LVAsBool(field(L, request, "create")):
		return failure(L, "create function not permitted")
	}
	request.RawSetString("create", sslTCP)
	return requestTable(L, request, settings)
}

// httpsURL gives a URL the port of the module unless it has one.
func httpsURL(L *vm.LState, url vm.LValue) vm.LValue {
	text, ok := asText(url)
	if !ok || text == "" {
		native.Raise(L, "attempt to index a nil value (local 'parsed')")
	}
	parsed := L.NewTable()
	parsed.RawSetString("port", moduleField(L, luaSocketOf(L).https, "PORT", vm.LNumber(443)))
	parseURL(L, text, parsed)
	return buildURL(L, parsed)
}

// tls reads LuaSec's parameters out of a request: verify, cafile, capath, certificate, key, protocol.
func (x *httpExchange) tls(r *httpReady) transport.TLS {
	options := transport.TLS{
		SkipVerify: !x.verifies(r),
		CAFile:     r.text("cafile"), CADir: r.text("capath"), CertFile: r.text("certificate"), KeyFile: r.text("key"),
	}
	switch r.text("protocol") {
	case "tlsv1":
		options.MinVersion = tls.VersionTLS10
	case "tlsv1_1":
		options.MinVersion = tls.VersionTLS11
	case "tlsv1_3":
		options.MinVersion = tls.VersionTLS13
	}
	if options.SkipVerify {
		options.CAFile, options.CADir = "", ""
	} else if options.CAFile == "" && options.CADir == "" {
		x.note("the request to " + r.url() + " verifies the certificate and names neither cafile nor capath: LuaSec knows no authority then and every request fails; luapush takes the system's")
	}
	return options
}

// verifies tells whether verify is, or contains, "peer".
func (x *httpExchange) verifies(r *httpReady) bool {
	switch verify := r.parts.RawGetString("verify").(type) {
	case vm.LString:
		return verify == "peer"
	case *vm.LTable:
		for i := 1; i <= verify.Len(); i++ {
			if verify.RawGetInt(i) == vm.LString("peer") {
				return true
			}
		}
	}
	return false
}

// handshakeWords is LuaSec's text for a TLS handshake that failed.
func handshakeWords(err error) string {
	var (
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		name    x509.HostnameError
		number  syscall.Errno
	)
	switch {
	case errors.As(err, &unknown), errors.As(err, &invalid), errors.As(err, &name):
		return "certificate verify failed"
	case errors.As(err, &record):
		return "wrong version number"
	case errors.As(err, &alert):
		return strings.TrimPrefix(alert.Error(), "tls: ")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "unexpected eof while reading"
	case errors.As(err, &number):
		return socketWords(err)
	}
	return err.Error()
}
