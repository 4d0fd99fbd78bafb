// Package transport holds the ways an HTTP request of a script can leave luapush, each of them an [http.RoundTripper]:
//
//   - [Live] goes to the network, over one pool of kept-alive connections that all sessions share;
//   - [Dry] goes nowhere and answers 200 OK at once;
//   - [Failing] goes nowhere and fails in a chosen way, with the error that the live way would have given.
//
// [Parse] makes one of them from the word of the command line. They differ only in what they do with a request; what a
// failure is called, when it is tried again and where a redirect leads is decided by package httpclient.
//
// What a single request asks of its connection travels in the request's context: [WithOptions] before the request, and
// an [Exchange] in [WithExchange] that the transport fills in while it works. Both may be left out.
//
// net/http reads answers by other rules than Dovecot does. Where an Exchange asks for it, the bytes of an answer are read
// here first, head by headReader and chunks by chunkReader, and net/http gets a plain answer with the same body; it still
// pools the connections, and [Exchange.Answer] tells what the head was.
//
// The package follows no redirects, keeps no cookies, decodes no bodies, reads no proxy from the environment and speaks
// HTTP/1.1 only, as Dovecot does (dovecot.md §5). It retries nothing.
//
// Order of calls: make one transport for the process, give it to every client, and call Close when the last session has
// ended. All methods are safe from any goroutine.
package transport
