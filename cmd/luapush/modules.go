package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/luapush/luapush/stdlib"
)

// modulesCommand is "luapush modules".
type modulesCommand struct {
	Format string `default:"text" enum:"text,json" placeholder:"text|json" help:"How to show them: text for people, json for programs (one object a line)."`
}

// moduleLine is a module in the JSON form.
type moduleLine struct {
	Module   string `json:"module"`
	Doc      string `json:"doc"`
	Library  string `json:"library"`
	Debian   string `json:"debian,omitempty"`
	LuaRocks string `json:"luarocks,omitempty"`
}

// Run lists the modules that a script may require.
func (m *modulesCommand) Run(a *application) error {
	if m.Format == "json" {
		lines := json.NewEncoder(a.out)
		lines.SetEscapeHTML(false)
		for _, e := range stdlib.Catalog() {
			if err := lines.Encode(moduleLine{e.Name, e.Doc, e.Library, e.Debian, e.LuaRocks}); err != nil {
				return err
			}
		}
		return nil
	}
	fmt.Fprint(a.out, "Modules that come with luapush, and the packages that provide them where Dovecot runs:\n\n")
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "MODULE\tLIKE\tDEBIAN\tLUAROCKS\tWHAT IT DOES")
	for _, e := range stdlib.Catalog() {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", e.Name, e.Library, orDash(e.Debian), orDash(e.LuaRocks), e.Doc)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprint(a.out, "\nOther modules are loaded when they are Lua files in package.path; C libraries are not.\n")
	return nil
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
