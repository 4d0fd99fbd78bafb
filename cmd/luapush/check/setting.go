package check

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/luapush/luapush/bindings"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/httpclient"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

// noteHostCall looks at the arguments of those functions of Dovecot's API for
// which more can be said than their types.
func (a *analysis) noteHostCall(f value, args results, given []syntax.Expr, at syntax.Pos) {
	switch {
	case f.is2("dovecot", "restrict_global_variables"):
		a.restricted = true
	case f.is2("dovecot.http", "client") && len(given) == 1:
		a.checkClient(args.at(0), given[0], at)
	case strings.HasPrefix(f.member, "metadata_"):
		for i, e := range given {
			if i > 0 && f.member == "metadata_set" {
				break
			}
			a.checkKey(args.at(i), e)
		}
	}
}

// checkKey reports metadata keys that Dovecot refuses, and those that IMAP does
// not find.
func (a *analysis) checkKey(v value, e syntax.Expr) {
	if v.kind != isString || v.text == "" && !v.exact || v.maybeNil || v.unsure {
		return
	}
	known := false
	for _, p := range []string{"/private/", "/shared/"} {
		known = known || strings.HasPrefix(v.text, p) || !v.exact && strings.HasPrefix(p, v.text)
	}
	if !known {
		hint := "write \"/private/" + strings.TrimPrefix(v.text, "/") + "…\" or \"/shared/…\""
		if strings.EqualFold(v.text[:min(len(v.text), 9)], "/private/") || strings.EqualFold(v.text[:min(len(v.text), 8)], "/shared/") {
			hint = "write it in small letters"
		}
		a.report("metadata-key", start(e), hint, "Dovecot raises \"Invalid key prefix, must be /private/ or /shared/\" for %s", strconv.Quote(v.text))
		return
	}
	if lower := strings.ToLower(v.text); lower != v.text {
		a.report("metadata-capitals", start(e), "write "+strconv.Quote(lower),
			"IMAP and doveadm turn metadata names into small letters: they never see %s", strconv.Quote(v.text))
	}
}

// setting is an entry of the table given to dovecot.http.client.
type setting struct {
	name  string
	at    syntax.Pos
	value value
	expr  syntax.Expr
}

// checkClient looks at the settings of an HTTP client.
func (a *analysis) checkClient(v value, given syntax.Expr, at syntax.Pos) {
	if v.kind != isTable || v.table.find().open || v.table.find().named || v.unsure {
		return
	}
	var settings []setting
	if constructor, ok := syntax.Bare(given).(*syntax.Table); ok {
		for _, f := range constructor.Fields {
			key, constant := f.Key.(*syntax.String)
			if !constant {
				return
			}
			settings = append(settings, setting{key.Value, key.Pos, v.table.find().fields[key.Value], f.Value})
		}
	} else {
		for _, name := range v.table.find().order {
			settings = append(settings, setting{name, start(given), v.table.find().fields[name], given})
		}
	}
	timeout := false
	for _, s := range settings {
		if strings.Contains(s.name, "timeout") {
			timeout = true // if it is not a setting, that is said below
		}
		a.checkSetting(s)
	}
	if !timeout {
		name := `request_timeout_msecs = 2000`
		if !a.oldest().before24() {
			name = `request_timeout = "2s"`
		}
		a.report("http-timeout", at, "write "+name, "a request without a timeout of its own waits up to 60 seconds, and the delivery of the mail waits with it")
	}
}

// release adds to dovecot.Release what is asked here.
type release struct{ dovecot.Release }

func (r release) before24() bool { return !r.AtLeast(2, 4) }

// oldest gives the first of the releases.
func (a *analysis) oldest() release {
	oldest := a.releases[0]
	for _, r := range a.releases {
		if oldest.NotBefore(r) {
			oldest = r
		}
	}
	return release{oldest}
}

func (a *analysis) checkSetting(s setting) {
	if s.value.kind == isNil {
		// nil makes no entry; but where the name is none, say so.
		if !knownSetting(s.name) {
			a.report("http-setting", s.at, a.settingHint(s.name), "%s is no setting of dovecot.http.client", s.name)
		}
		return
	}
	for _, r := range a.releases {
		options := bindings.HTTPSettings(r)
		i := slices.IndexFunc(options, func(o httpclient.Option) bool { return o.Name == s.name })
		if i < 0 {
			severity, consequence := a.severity("http-setting"), "2.3 ignores it, 2.4 raises an error"
			if has(dovecot.Latest24, s.name) {
				consequence = "it is one of 2.4, which --dovecot 2.4 checks for, and 2.3 ignores it"
			}
			if r.AtLeast(2, 4) {
				severity, consequence = Error, "Dovecot "+r.String()+" raises an error"
			}
			a.reportAs("http-setting", severity, s.at, a.settingHintFor(s, r), "%s is no setting of Dovecot %s's dovecot.http.client: %s", s.name, r, consequence)
			return
		}
		if reason := refusal(r, s); reason != "" {
			hint := "its type is " + options[i].Type + ": " + options[i].Doc
			if r.AtLeast(2, 4) && options[i].Type == "time" {
				hint = "times need a unit: \"2s\", \"500ms\""
			}
			a.reportAs("http-setting", Error, s.at, hint, "Dovecot %s raises %q", r, reason)
			return
		}
		if options[i].Type == "event" && !r.AtLeast(2, 4) {
			a.reportAs("http-setting", Error, s.at, "leave it out, or use Dovecot 2.4", "%s crashes Dovecot %s", s.name, r)
			return
		}
	}
}

// knownSetting tells whether any release has a setting.
func knownSetting(name string) bool {
	for _, r := range []dovecot.Release{dovecot.Default, dovecot.Latest24} {
		if has(r, name) {
			return true
		}
	}
	return false
}

func has(r dovecot.Release, name string) bool {
	return slices.ContainsFunc(bindings.HTTPSettings(r), func(o httpclient.Option) bool { return o.Name == name })
}

// refusal gives the error that a release raises for a constant value; "" where
// it takes it or the value is not known.
func refusal(r dovecot.Release, s setting) string {
	var v httpclient.Value
	switch e := syntax.Bare(s.expr).(type) {
	case *syntax.String:
		v = httpclient.StringValue(e.Value)
	case *syntax.Number:
		v = httpclient.NumberValue(e.Value, strconv.FormatFloat(e.Value, 'f', -1, 64))
	case *syntax.True, *syntax.False:
		_, yes := e.(*syntax.True)
		v = httpclient.BooleanValue(yes)
	default:
		return ""
	}
	entries := []httpclient.Entry{{Key: s.name, Value: v}}
	if _, err := httpclient.ParseSettings(r, httpclient.Defaults(r), entries); err != nil {
		return err.Error()
	}
	return ""
}

func (a *analysis) settingHint(name string) string {
	return a.settingHintFor(setting{name: name}, a.oldest().Release)
}

// settingHintFor names the setting of a release that another one was meant to
// be.
func (a *analysis) settingHintFor(s setting, r dovecot.Release) string {
	var names []string
	for _, o := range bindings.HTTPSettings(r) {
		names = append(names, o.Name)
	}
	if right := renamed(s, r, names); right != "" {
		return "write " + right
	}
	if strings.HasPrefix(s.name, "http_client_") {
		if rest := strings.TrimPrefix(s.name, "http_client_"); slices.Contains(names, rest) {
			return "write " + rest
		}
	}
	return suggestionOrAll(s.name, "the settings are", names)
}

var unit = regexp.MustCompile(`_(msecs|secs)$`)

// renamed gives what a setting of the other generation, or what people take for
// one, is called (dovecot.md §5.1).
func renamed(s setting, r dovecot.Release, names []string) string {
	new24 := r.AtLeast(2, 4)
	var candidates []string
	switch {
	case s.name == "debug" && new24:
		return "event:set_forced_debug() on an event given as event_parent, and leave debug out"
	case s.name == "timeout", s.name == "timeout_msecs", s.name == "timeout_ms":
		candidates = []string{"request_timeout_msecs", "request_timeout"}
	case new24 && strings.HasPrefix(s.name, "no_auto_"):
		return strings.TrimPrefix(s.name, "no_") + ` = "no"`
	case new24:
		base := unit.ReplaceAllString(s.name, "")
		candidates = []string{base, "request_" + base}
	default:
		base := strings.TrimPrefix(s.name, "request_")
		candidates = []string{s.name + "_msecs", s.name + "_secs", base}
		if strings.HasPrefix(s.name, "auto_") {
			candidates = append(candidates, "no_"+s.name)
		}
	}
	for _, c := range candidates {
		if slices.Contains(names, c) {
			return c + example(s, c)
		}
	}
	return ""
}

// example gives the value in the setting's unit, where it is known.
func example(s setting, name string) string {
	n, isNumber := syntax.Bare(s.expr).(*syntax.Number)
	switch {
	case !isNumber:
		return ""
	case strings.HasSuffix(name, "_msecs"), strings.HasSuffix(name, "_secs"):
		return " = " + trimFloat(n.Value)
	case strings.HasSuffix(s.name, "_secs"):
		return ` = "` + trimFloat(n.Value) + ` secs"`
	case strings.HasSuffix(s.name, "_msecs"), s.name == "timeout":
		return ` = "` + trimFloat(n.Value) + ` ms"`
	case n.Value >= 0:
		return " = " + trimFloat(n.Value)
	}
	return ""
}

// before2316 ran the main chunk before the dovecot table was there.
var tableFirst = dovecot.At(2, 3, 16)

// checkMainChunk reports a use of dovecot while the script is loaded.
func (a *analysis) checkMainChunk(n *syntax.Name) {
	if a.current == nil || a.current.syntax != a.chunk.Main || a.guard > 0 {
		return
	}
	for _, r := range a.releases {
		if !r.NotBefore(tableFirst) {
			a.report("main-chunk", n.Pos, "do it in script_init", "Dovecot %s has no dovecot table yet when it loads a script: it came with 2.3.16", r)
			return
		}
	}
}
