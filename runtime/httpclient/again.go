package httpclient

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// again decides whether a failed attempt is followed by another, and waits for it (dovecot.md §5.5).
func (f *flight) again(t *fault) bool {
	s := &f.client.Settings
	switch {
	case f.ctx.Err() != nil:
		return false
	case t.unconnected:
		if uint32(f.connects) >= s.MaxConnectAttempts {
			return false
		}
		f.sleep(f.backoff, t.madeUp)
		f.backoff = min(2*f.backoff, s.backoffLimit())
		return true
	case t.lost && s.AutoRetry && f.attemptsLeft():
		f.retries++
		if t.fresh {
			f.sleep(s.backoffTime(), t.madeUp)
		}
		return true
	}
	return false
}

// attemptsLeft tells whether the request may be sent once more.
func (f *flight) attemptsLeft() bool {
	return uint32(f.retries)+1 < f.client.Settings.attempts(f.method)
}

// asked decides whether the answer itself asks for another attempt, and waits for it: 408 at once, 503 when its
// Retry-After is near enough. The setting that turns retries off does not apply here.
func (f *flight) asked(r *Response) bool {
	if !f.attemptsLeft() || f.ctx.Err() != nil {
		return false
	}
	switch r.Status {
	case http.StatusRequestTimeout:
		f.exchange.Abandon() // the server is about to close it, even when it does not say so
	case http.StatusServiceUnavailable:
		at, ok := retryAfter(r)
		if !ok {
			return false
		}
		// Both are whole seconds, as in Dovecot: a moment of this same second is not past.
		now := f.client.Clock.now()
		if wait := at.Sub(now.Truncate(time.Second)); wait < 0 || wait > f.client.Settings.retryDelay(f.method) {
			return false
		}
		if wait := at.Sub(now); wait > 0 {
			f.sleep(wait, false)
		}
	default:
		return false
	}
	f.retries++
	return true
}

// retryAfter reads when an answer wants to be asked again. A number of seconds counts from the answer's own Date and
// says nothing without it.
func retryAfter(r *Response) (time.Time, bool) {
	text := r.Header("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 32); err == nil {
		date, err := http.ParseTime(r.Header("Date"))
		return date.Add(time.Duration(seconds) * time.Second), err == nil
	}
	at, err := http.ParseTime(text)
	return at, err == nil
}

// follow goes after a redirect: it is true when the request is to be sent to its new place. A redirect that is refused
// sets the fault.
func (f *flight) follow(r *Response, refused **fault) bool {
	if !f.client.Settings.AutoRedirect || r.Status/100 != 3 || r.Status == http.StatusNotModified {
		return false
	}
	locations := r.headers.Values("Location")
	if len(locations) == 0 {
		return false
	}
	u, err := parseLocation(locations[len(locations)-1])
	switch limit := f.client.Settings.MaxRedirects; {
	case err != nil:
		*refused = &fault{status: StatusInvalidRedirect, reason: "Invalid redirect location: " + err.Error()}
		return false
	case limit == 0:
		*refused = &fault{status: StatusInvalidRedirect, reason: "Redirect refused"}
		return false
	case uint32(f.redirects) >= limit:
		*refused = &fault{
			status: StatusInvalidRedirect,
			reason: "Redirected more than " + strconv.FormatUint(uint64(limit), 10) + " times",
		}
		return false
	}
	f.redirects++
	f.url = u
	if r.Status == http.StatusSeeOther && !strings.EqualFold(f.method, http.MethodHead) {
		f.method, f.payload, f.hasPayload = http.MethodGet, "", false
	}
	return true
}
