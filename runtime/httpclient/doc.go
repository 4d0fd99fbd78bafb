// Package httpclient does with one HTTP request of a script what Dovecot's lib-http does with it: which headers it
// carries, how often it is sent, where a redirect leads, which status and reason a failure has (dovecot.md §5). There is
// no Lua in it; the binding dovecot.http is a thin layer above.
//
// The requests themselves go through an [http.RoundTripper], usually one of package transport; whatever it returns,
// [Client.Do] turns it into a [Response] and never into a Go error: a network failure is a status from 9000 to 9008.
//
// Order of calls: [ParseSettings] or [Defaults], then a [Client] around the settings and a transport; for each request
// [ParseURL], [NewRequest], its setters, and [Client.Do]. A Client may be used by several goroutines, a Request by one.
//
// The package opens no files and no connections, reads no environment, and waits only through its [Clock] and the
// deadlines of contexts.
package httpclient
