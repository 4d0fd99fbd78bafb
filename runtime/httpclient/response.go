package httpclient

import (
	"net/http"
)

// The statuses of failures (dovecot.md §5.4). A script sees them like the status of an answer.
const (
	StatusAborted         = 9000
	StatusInvalidURL      = 9001
	StatusLookupFailed    = 9002
	StatusConnectFailed   = 9003
	StatusInvalidRedirect = 9004
	StatusConnectionLost  = 9005
	StatusBrokenPayload   = 9006
	StatusBadResponse     = 9007
	StatusTimedOut        = 9008
)

// Response is the outcome of a request, be it an answer or a failure. It is not changed once it is returned.
type Response struct {
	// Status is the answer's status code, or one of the Status constants for a failure.
	Status int
	// Reason is the answer's reason phrase, with a remark when there were retries, or the text of the failure.
	Reason string
	// Payload is the body, and what there was of it when it broke off.
	Payload string
	// PayloadError is why the body is not whole, or nil. A script does not see it; Dovecot logs it.
	PayloadError error
	// Attempts counts the tries, without redirects: 1 and one more for each retry.
	Attempts int
	// Connects counts the connects that failed in the last try.
	Connects int
	// Redirects counts the redirects that were followed.
	Redirects int
	// URL is where the last try went.
	URL *URL
	// Dry is true when the transport made the outcome up and nothing went over the network.
	Dry bool

	headers http.Header
}

// Header returns the first value of a header of the answer, the name in any case; "" if there is none. A chunked
// answer shows its Transfer-Encoding.
func (r *Response) Header(name string) string { return r.headers.Get(name) }

// Headers returns all headers of the answer, with canonical names. It must not be changed.
func (r *Response) Headers() http.Header { return r.headers }

// Failed tells a failure from an answer.
func (r *Response) Failed() bool { return r.Status >= StatusAborted }
