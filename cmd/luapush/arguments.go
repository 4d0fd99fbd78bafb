package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

// customary takes what people try first with any command: nothing, "help" and
// "--version".
func customary(args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case args[0] == "help":
		return append(args[1:len(args):len(args)], "--help")
	case args[0] == "--version":
		return append([]string{"version"}, args[1:]...)
	}
	return args
}

// flagsFirst puts a verb's flags in front of its arguments, so that flags may
// stand between them: kong takes no argument after a flag that follows one. Where
// a flag is not known or has no value, everything stays for kong to complain of.
func flagsFirst(node *kong.Node, args []string) []string {
	at := 0
	for at < len(args) {
		child := childOf(node, args[at])
		if child == nil {
			break
		}
		node = child
		at++
	}
	var flags, rest []string
	for i := at; i < len(args); i++ {
		switch arg := args[i]; {
		case arg == "--":
			rest = append(rest, args[i+1:]...)
			i = len(args)
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			rest = append(rest, arg)
		default:
			n := flagLength(node, args[i:])
			if n == 0 {
				return args
			}
			flags = append(flags, args[i:i+n]...)
			i += n - 1
		}
	}
	if len(node.Positional) == 0 {
		return args
	}
	return append(append(append(args[:at:at], flags...), "--"), rest...)
}

func childOf(node *kong.Node, name string) *kong.Node {
	for _, child := range node.Children {
		if child.Name == name {
			return child
		}
	}
	return nil
}

// flagLength is how many arguments a flag at their beginning takes, with its
// value; 0 for one that is not known or has none.
func flagLength(node *kong.Node, args []string) int {
	name, _, hasValue := strings.Cut(args[0], "=")
	if strings.HasPrefix(name, "--") {
		flag := flagOf(node, func(f *kong.Flag) bool { return "--"+f.Name == name })
		return valueLength(flag, hasValue, args)
	}
	// Short flags may stand together, the last one with its value.
	letters := []rune(args[0][1:])
	for i, letter := range letters {
		flag := flagOf(node, func(f *kong.Flag) bool { return f.Short == letter })
		if flag == nil || !flag.IsBool() {
			return valueLength(flag, i+1 < len(letters), args)
		}
	}
	return 1
}

func flagOf(node *kong.Node, is func(*kong.Flag) bool) *kong.Flag {
	for _, group := range node.AllFlags(false) {
		for _, f := range group {
			if is(f) {
				return f
			}
		}
	}
	return nil
}

func valueLength(flag *kong.Flag, hasValue bool, args []string) int {
	switch {
	case flag == nil:
		return 0
	case flag.IsBool() || hasValue:
		return 1
	case len(args) > 1 && (args[1] == "-" || !strings.HasPrefix(args[1], "-")):
		return 2
	}
	return 0
}

// kongs are the complaints of kong that speak of its inside, with what they mean.
// The parts are the flag and what was given.
var kongs = []struct {
	pattern *regexp.Regexp
	text    string
}{
	{regexp.MustCompile(`^(--[\w-]+): (?:missing value, .*|expected \S+ value but got "(?:EOL" \(<EOL>|--" \(long flag)\))`), "$1: the value is missing; write %[1]s"},
	{regexp.MustCompile(`^(--[\w-]+): expected \S+ value but got "(-.*)" \(.*$`), "$1: the value is missing; write %[1]s, also for a value that begins with -"},
	{regexp.MustCompile(`^(--[\w-]+): expected duration but got ("[^"]*").*$`), "$1: $2 is no time; give one such as 500ms or 30s"},
	{regexp.MustCompile(`^(--[\w-]+): expected a valid 32 bit uint but got (.*)$`), "$1: $2 is not a number from 0 to 4294967295"},
	{regexp.MustCompile(`^(--[\w-]+): expected a valid \d+ bit uint but got (.*)$`), "$1: $2 is not a whole number from 0 on"},
	{regexp.MustCompile(`^(--[\w-]+): expected a valid \d+ bit int but got (.*)$`), "$1: $2 is not a whole number"},
	{regexp.MustCompile(`^(--[\w-]+): bool value must be .* but got (.*)$`), "$1: it takes no value; leave out $2"},
	{regexp.MustCompile(`^\[(<\w+>)\] must be`), "$1 must be"},
}

// plainly says in the user's words what kong complains of.
func plainly(text string, node *kong.Node) string {
	for _, k := range kongs {
		match := k.pattern.FindStringSubmatch(text)
		if match == nil {
			continue
		}
		said := k.pattern.ReplaceAllString(text, k.text)
		if strings.Contains(said, "%[1]s") {
			said = strings.ReplaceAll(said, "%[1]s", usageOf(match[1], node))
		}
		return said
	}
	return text
}

// usageOf is a flag with what stands for its value, such as --set=NAME=VALUE.
func usageOf(name string, node *kong.Node) string {
	if node != nil {
		if f := flagOf(node, func(f *kong.Flag) bool { return "--"+f.Name == name }); f != nil && f.PlaceHolder != "" {
			return fmt.Sprintf("%s=%s", name, f.PlaceHolder)
		}
	}
	return name + "=VALUE"
}
