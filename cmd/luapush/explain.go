package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/luapush/luapush/cmd/luapush/check"
)

// explainCommand is "luapush explain".
type explainCommand struct {
	Rule string `arg:"" optional:"" help:"The rule's id, as luapush check prints it; without one, all rules are listed."`
}

// Run prints a rule's page.
func (e *explainCommand) Run(a *application) error {
	if e.Rule == "" {
		table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
		for _, r := range check.Rules() {
			fmt.Fprintf(table, "%s\t%s\t%s\n", r.ID, r.Severity, r.Title)
		}
		return table.Flush()
	}
	rule, ok := check.FindRule(e.Rule)
	if !ok {
		hint := check.SuggestRule(e.Rule)
		if hint == "" {
			hint = `"luapush explain" lists the rules`
		}
		return fmt.Errorf("there is no rule %s; %s", e.Rule, hint)
	}
	_, err := a.out.WriteString(rule.Page())
	return err
}
