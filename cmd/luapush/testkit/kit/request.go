package kit

import (
	"net/url"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/cmd/luapush/testkit/answer"
	"github.com/luapush/luapush/cmd/luapush/testkit/value"
	"github.com/luapush/luapush/runtime/trace"
)

// requestTable is a request as a test sees it: besides what was sent, the body
// read as JSON or as a form where it is one, and the URL's query.
func requestTable(x *trace.HTTP) *vm.LTable {
	headers := table()
	for _, h := range x.Headers {
		headers.RawSetString(h.Name, vm.LString(h.Value))
	}
	t := table("method", x.Method, "url", x.URL, "headers", headers, "body", x.Body,
		"status", x.Status, "reason", x.Reason, "attempts", x.Attempts, "script", x.Script, "line", x.Line)
	addBody(t, x.Body, x.URL)
	return t
}

func addBody(t *vm.LTable, body, address string) {
	switch text := strings.TrimSpace(body); {
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		if tree, err := value.FromJSON(text); err == nil {
			t.RawSetString("json", tree)
		}
	case strings.Contains(text, "=") && !strings.ContainsAny(text, "\n <>"):
		if form := values(text); form != nil {
			t.RawSetString("form", form)
		}
	}
	if _, query, ok := strings.Cut(address, "?"); ok {
		query, _, _ = strings.Cut(query, "#")
		if q := values(query); q != nil {
			t.RawSetString("query", q)
		}
	}
}

// values reads a form; a name that is given more than once has a list.
func values(text string) *vm.LTable {
	parsed, err := url.ParseQuery(text)
	if err != nil {
		return nil
	}
	t := table()
	for name, list := range parsed {
		if len(list) == 1 {
			t.RawSetString(name, vm.LString(list[0]))
			continue
		}
		all := table()
		for _, v := range list {
			all.Append(vm.LString(v))
		}
		t.RawSetString(name, all)
	}
	return t
}

// answerTable is a request as an answer function sees it.
func answerTable(r *answer.Request) *vm.LTable {
	headers := table()
	for name, list := range r.Header {
		switch name {
		case "Date", "Connection", "User-Agent":
			// They are the client's own.
		default:
			headers.RawSetString(name, vm.LString(strings.Join(list, ", ")))
		}
	}
	t := table("method", r.Method, "url", r.URL, "headers", headers, "body", r.Body, "number", r.Number)
	addBody(t, r.Body, r.URL)
	return t
}

// requestFields are what an expected request may have.
var requestFields = []string{"method", "url", "headers", "body", "json", "form", "query", "status", "attempts", "reason", "count"}
