package answer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Rule says how the requests to some place are answered.
type Rule struct {
	// Method is "" for any.
	Method string
	// URL is that of the request; "*" in it stands for any text. Without a "?"
	// it stands for the URL with any query.
	URL     string
	Answers []Answer

	// seen counts the requests, spent those of the answer at next.
	seen, spent, next int
}

// ParseKey reads what a rule is for: "POST http://…", "http://…" or "*".
func ParseKey(key string) (method, url string, err error) {
	method, url, found := strings.Cut(strings.TrimSpace(key), " ")
	if !found {
		method, url = "", method
	}
	url = strings.TrimSpace(url)
	if method == "*" {
		method = ""
	}
	url = canonical(url)
	switch {
	case url == "":
		return "", "", fmt.Errorf("a rule for %q: give the URL, as in \"POST http://hook.example/\", or \"*\"", key)
	case !strings.Contains(url, "*") && !strings.Contains(url, "://"):
		return "", "", fmt.Errorf("a rule for %q can never match: the URL has no scheme; write http://… or https://…", key)
	case strings.ToUpper(method) != method:
		return "", "", fmt.Errorf("a rule for %q can never match: write the method as it is sent, %s", key, strings.ToUpper(method))
	}
	return method, url, nil
}

// canonical is a URL as clients write it: the scheme and the host in lower case,
// with a path, without the port that the scheme has anyway and without a fragment.
func canonical(url string) string {
	url, _, _ = strings.Cut(url, "#")
	scheme, rest, found := strings.Cut(url, "://")
	if !found {
		return url
	}
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	scheme, host, path := strings.ToLower(scheme), rest[:end], rest[end:]
	user := host[:strings.LastIndexByte(host, '@')+1]
	host = strings.ToLower(host[len(user):])
	if !strings.Contains(host, "*") {
		switch scheme {
		case "http":
			host = strings.TrimSuffix(host, ":80")
		case "https":
			host = strings.TrimSuffix(host, ":443")
		}
		if !strings.HasPrefix(path, "/") {
			path = "/" + path
		}
	}
	return scheme + "://" + user + host + path
}

// String is the rule's key.
func (r *Rule) String() string {
	if r.Method == "" {
		return r.URL
	}
	return r.Method + " " + r.URL
}

// Rules answer by the rule that fits best: one without a "*" before one with,
// then one that names more of the URL, then one that names the method.
type Rules struct{ list []*Rule }

// NewRules puts rules in their order.
func NewRules(list []*Rule) *Rules {
	slices.SortStableFunc(list, func(a, b *Rule) int {
		if c := cmp.Compare(strings.Count(a.URL, "*"), strings.Count(b.URL, "*")); c != 0 && (!wild(a.URL) || !wild(b.URL)) {
			return c
		}
		if c := cmp.Compare(len(b.URL), len(a.URL)); c != 0 {
			return c
		}
		if c := cmp.Compare(len(b.Method), len(a.Method)); c != 0 {
			return c
		}
		return cmp.Compare(a.String(), b.String())
	})
	return &Rules{list}
}

func wild(url string) bool { return strings.Contains(url, "*") }

// Find gives the answer to a request, and counts it; nil when no rule fits, or
// the one that does has no answer left.
func (r *Rules) Find(request *Request) *Answer {
	for _, rule := range r.list {
		if rule.matches(request) {
			return rule.answer(request)
		}
	}
	return nil
}

func (r *Rule) matches(request *Request) bool {
	return (r.Method == "" || r.Method == request.Method) && r.matchesURL(request.URL)
}

func (r *Rule) matchesURL(url string) bool {
	url = canonical(url)
	if !strings.Contains(r.URL, "?") {
		url, _, _ = strings.Cut(url, "?")
	}
	return glob(r.URL, url) || glob(r.URL, strings.TrimSuffix(url, "/")) && !strings.HasSuffix(r.URL, "/") && strings.Count(url, "/") == 3
}

// glob matches a text against a pattern whose "*" stands for any text.
func glob(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	if !strings.HasPrefix(text, parts[0]) {
		return false
	}
	text = text[len(parts[0]):]
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return strings.HasSuffix(text, last)
}

func (r *Rule) answer(request *Request) *Answer {
	for r.next < len(r.Answers) {
		a := &r.Answers[r.next]
		last := r.next == len(r.Answers)-1
		times := a.Times
		if times == 0 && !last {
			times = 1
		}
		if times > 0 && r.spent >= times {
			r.next, r.spent = r.next+1, 0
			continue
		}
		r.spent++
		r.seen++
		request.Number = r.seen
		return a
	}
	return nil
}

// Nearest says which rule came nearest to a request that none answers.
func (r *Rules) Nearest(request *Request) string {
	var best *Rule
	least := 1 << 30
	for _, rule := range r.list {
		if rule.matches(request) {
			return fmt.Sprintf("%s has no answer left after %d", rule, rule.seen)
		}
		d := distance(rule.URL, request.URL)
		if rule.Method != "" && rule.Method != request.Method {
			d += 2
		}
		if d < least {
			best, least = rule, d
		}
	}
	if best == nil {
		return ""
	}
	var parts []string
	if best.Method != "" && best.Method != request.Method {
		parts = append(parts, fmt.Sprintf("the method, %s instead of %s", request.Method, best.Method))
	}
	if !best.matchesURL(request.URL) {
		parts = append(parts, "the URL")
	}
	return fmt.Sprintf("%s differs in %s", best, strings.Join(parts, " and "))
}

// distance is how many characters of a and b are not in what they have in
// common at both ends.
func distance(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	a, b = a[n:], b[n:]
	m := 0
	for m < len(a) && m < len(b) && a[len(a)-1-m] == b[len(b)-1-m] {
		m++
	}
	return len(a) + len(b) - 2*m
}
