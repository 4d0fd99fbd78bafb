package check

import (
	"slices"
	"strings"

	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/lua/syntax"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/spelling"
)

// isEntryPoint tells whether Dovecot calls a global function of that name.
func isEntryPoint(name string) bool {
	return slices.Contains(entryPoints, name) || slices.Contains(eventFunctions(), name)
}

func eventFunctions() []string {
	var list []string
	for _, name := range mail.EventNames() {
		list = append(list, name.HandlerFunction())
	}
	return list
}

// entry gives the function of the script that stands under an entry point's
// name; nil without one.
func (a *analysis) entry(name string) *function {
	if g := a.globals[name]; g != nil && g.value.kind == isFunction {
		return g.value.fn
	}
	return nil
}

// seedEntryPoints tells the functions that Dovecot calls what they get.
func (a *analysis) seedEntryPoints() {
	context := unknown
	if begin := a.entry(beginFunction); begin != nil {
		a.callOwn(begin, one(objectOf("mail_user")))
		context = results{list: begin.results, open: begin.open, pending: !begin.seen}.at(0)
	} else if g := a.globals[beginFunction]; g != nil && g.value.kind == none {
		context = value{}
	}
	for i, name := range mail.EventNames() {
		if f := a.entry(name.HandlerFunction()); f != nil {
			a.callOwn(f, results{list: []value{context, {kind: isNotification, events: 1 << i}}})
		}
	}
	if f := a.entry(endFunction); f != nil {
		a.callOwn(f, results{list: []value{context, {kind: isBoolean}}})
	}
	for _, name := range []string{"mail_user_created", "mail_user_deinit_pre", "mail_user_deinit"} {
		if f := a.entry(name); f != nil {
			a.callOwn(f, one(objectOf("mail_user")))
		}
	}
	if f := a.entry("script_init"); f != nil {
		a.callOwn(f, one(unknown))
	}
}

// testModule is the module that makes a script a test of handlers, which
// Dovecot never sees.
const testModule = "luapush.test"

// checkHandlers reports functions that Dovecot does not call, and those that it
// misses.
func (a *analysis) checkHandlers() {
	misspelt := a.checkHandlerNames()
	local := a.checkLocalHandlers()
	if a.dynamic || misspelt || local {
		return
	}
	var handlers []string
	for _, name := range eventFunctions() {
		if a.globals[name] != nil {
			handlers = append(handlers, name)
		}
	}
	top := syntax.Pos{Line: 1, Column: 1}
	if len(handlers) == 0 {
		if a.globals["mail_user_created"] == nil && !returnsValue(a.chunk.Main.Body) && !a.modules[testModule] {
			a.report("handler-none", top, "define one, such as "+mail.MessageNew.HandlerFunction()+"(ctx, event)",
				"the script handles no event, so Dovecot calls nothing of it")
		}
		return
	}
	at := a.globals[handlers[0]].at
	if a.globals[beginFunction] == nil {
		a.report("handler-missing", at, "define function "+beginFunction+"(user), which returns the context of the event functions",
			"there is no %s: Dovecot logs an error and skips the script in each transaction", beginFunction)
	}
	if a.globals[endFunction] == nil {
		a.report("handler-missing", at, "define function "+endFunction+"(ctx, success)",
			"there is no %s: Dovecot logs an error after each transaction", endFunction)
	}
}

// returnsValue tells that a chunk is a module: it returns something.
func returnsValue(b *syntax.Block) bool {
	if len(b.Stmts) == 0 {
		return false
	}
	r, ok := b.Stmts[len(b.Stmts)-1].(*syntax.Return)
	return ok && len(r.Values) > 0
}

func (a *analysis) checkHandlerNames() (misspelt bool) {
	for _, name := range a.definedNames() {
		g := a.globals[name]
		if isEntryPoint(name) || len(g.readers) > 0 || g.value.kind != isFunction && !strings.HasPrefix(name, entryPrefix) {
			continue
		}
		right, hint := rightName(name)
		if right == "" && hint == "" {
			continue
		}
		misspelt = true
		if right != "" {
			hint = "did you mean " + right + "?"
		}
		a.report("handler-name", g.at, hint, "Dovecot calls no function %s", name)
	}
	return misspelt
}

// rightName gives the entry point that a name is a misspelling of, or else a
// hint; neither for a name that has nothing to do with Dovecot.
func rightName(name string) (right, hint string) {
	events := make([]string, 0, 12)
	for _, f := range eventFunctions() {
		events = append(events, strings.TrimPrefix(f, eventPrefix))
	}
	if rest, ok := strings.CutPrefix(name, eventPrefix); ok {
		if e := mail.SuggestEventName(rest); e != "" {
			return e.HandlerFunction(), ""
		}
		if e := meantEvent(rest); e != "" {
			return e.HandlerFunction(), ""
		}
		return "", "the events are " + list(events)
	}
	all := append(eventFunctions(), entryPoints...)
	if rest, ok := strings.CutPrefix(name, entryPrefix); ok {
		if i := slices.Index(events, rest); i >= 0 {
			return eventPrefix + rest, ""
		}
		if right := spelling.Nearest(name, all); right != "" {
			return right, ""
		}
		return "", "the functions are " + beginFunction + ", " + endFunction + " and " + eventPrefix + "… with " + list(events)
	}
	for _, known := range all {
		limit := 2
		if len(known) > 24 {
			limit = 4
		}
		if d := spelling.Distance(spelling.Fold(name), spelling.Fold(known)); d <= limit {
			return known, ""
		}
	}
	return "", ""
}

// meantEvent gives the event that other systems, and RFC 5423 drafts, call by
// another name.
func meantEvent(s string) mail.EventName {
	switch s {
	case "message_create", "message_created", "message_save", "message_saved", "message_deliver", "message_delivered",
		"message_received", "message_receive", "new_message", "new_mail", "mail_new", "message":
		return mail.MessageNew
	case "message_copy", "message_copied", "message_move", "message_moved":
		return mail.MessageAppend
	case "message_delete", "message_deleted", "message_remove", "message_removed":
		return mail.MessageExpunge
	case "message_seen", "message_flag_seen":
		return mail.MessageRead
	case "flags_change", "flags_changed", "flags_add", "flags_added", "keywords_set", "flag_add":
		return mail.FlagsSet
	case "flags_remove", "flags_removed", "flags_unset", "keywords_clear", "message_unread":
		return mail.FlagsClear
	case "mailbox_remove", "mailbox_removed":
		return mail.MailboxDelete
	case "mailbox_move", "mailbox_moved":
		return mail.MailboxRename
	}
	return ""
}

// checkLocalHandlers reports entry points that are local functions.
func (a *analysis) checkLocalHandlers() (found bool) {
	report := func(l *syntax.Local) {
		if !isEntryPoint(l.Name) || a.globals[l.Name] != nil {
			return
		}
		found = true
		a.report("handler-local", l.Pos, "write \"function "+l.Name+"\", without local",
			"%s is local, and Dovecot looks for functions among the globals only", l.Name)
	}
	walkBlock(a.chunk.Main.Body, func(s syntax.Stmt) bool {
		switch s := s.(type) {
		case *syntax.LocalFunction:
			report(s.Name)
		case *syntax.LocalStmt:
			for _, l := range s.Names {
				if a.locals[l].kind == isFunction {
					report(l)
				}
			}
		}
		return true
	})
	return found
}

// integerResult bounds the releases that want an integer of script_init
// (dovecot.md §1.2).
var integerResult = dovecot.At(2, 3, 15)

// checkScriptInit reports what script_init gets and returns.
func (a *analysis) checkScriptInit() {
	f := a.entry("script_init")
	if f == nil {
		return
	}
	a.checkSettingsParameter(f.syntax)
	var wants []dovecot.Release
	for _, r := range a.releases {
		if !r.AtLeast(2, 4) {
			wants = append(wants, r)
		}
	}
	if len(wants) == 0 {
		a.checkInitFailure(f.syntax)
		return
	}
	const hint = "write \"return 0\""
	const failure = "Dovecot 2.3 fails with \"script_init() returned non-number\" and does not load the script"
	if !ends(f.syntax.Body) {
		a.report("script-init-result", f.syntax.End, hint+" before this end", "script_init ends without a result: %s", failure)
	}
	walkBlock(f.syntax.Body, func(s syntax.Stmt) bool {
		r, ok := s.(*syntax.Return)
		if !ok {
			return true
		}
		if len(r.Values) == 0 {
			a.report("script-init-result", r.Pos, hint, "script_init returns nothing: %s", failure)
			return true
		}
		switch e := syntax.Bare(r.Values[0]).(type) {
		case *syntax.Nil, *syntax.True, *syntax.False, *syntax.String, *syntax.Table, *syntax.FunctionExpr:
			a.report("script-init-result", r.Values[0].Position(), hint, "script_init returns something that is no number: %s", failure)
		case *syntax.Number:
			strict := slices.ContainsFunc(wants, func(r dovecot.Release) bool { return r.NotBefore(integerResult) })
			if !e.IsInt && strict {
				a.report("script-init-result", e.Pos, hint, "script_init returns a float: %s", failure)
			}
		}
		return true
	})
}

// checkInitFailure reports results that 2.4 does not look at.
func (a *analysis) checkInitFailure(fn *syntax.Function) {
	walkBlock(fn.Body, func(s syntax.Stmt) bool {
		if r, ok := s.(*syntax.Return); ok && len(r.Values) > 0 {
			if n, ok := syntax.Bare(r.Values[0]).(*syntax.Number); ok && n.Value != 0 {
				a.reportAs("script-init-result", Warning, n.Pos, "call error(\"why\") to fail",
					"Dovecot 2.4 does not look at what script_init returns: the script is used all the same")
			}
		}
		return true
	})
}

// checkSettingsParameter reports settings taken from script_init's argument,
// which 2.3 does not give.
func (a *analysis) checkSettingsParameter(fn *syntax.Function) {
	old := slices.IndexFunc(a.releases, func(r dovecot.Release) bool { return !r.AtLeast(2, 4) })
	if old < 0 || len(fn.Params) == 0 {
		return
	}
	settings := fn.Params[0]
	if len(a.conds[localVariable(settings)]) > 0 || settings.Assigned {
		return
	}
	walkExprs(fn.Body, func(e syntax.Expr) bool {
		index, ok := e.(*syntax.Index)
		if !ok {
			return true
		}
		if n, ok := index.Object.(*syntax.Name); ok && n.Local == settings {
			a.report("script-init-settings", n.Pos, "on 2.3 take settings from user:plugin_getenv in begin_txn",
				"Dovecot %s calls script_init without arguments: %s is nil, and indexing it is an error", a.releases[old], settings.Name)
			return false
		}
		return true
	})
}
