package coverage

import (
	"regexp"
	"strings"

	testhost "github.com/luapush/luapush/cmd/luapush/testkit/host"
)

// facts are what a script's text tells of what it depends on.
type facts struct {
	// words are the names in it, those in strings among them.
	words map[string]bool
	// settings and keys are the plugin settings and the metadata entries that
	// it reads by name.
	settings, keys []string
}

var (
	wordPattern    = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)
	settingPattern = regexp.MustCompile(`plugin_getenv\s*\(?\s*(?:"([^"\n]+)"|'([^'\n]+)')`)
	entryPattern   = regexp.MustCompile(`metadata_get\s*\(?\s*(?:"([^"\n]+)"|'([^'\n]+)')`)
)

// readFacts finds the facts of texts.
func readFacts(texts ...string) facts {
	f := facts{words: map[string]bool{}}
	for _, text := range texts {
		text = withoutComments(text)
		for _, w := range wordPattern.FindAllString(text, -1) {
			f.words[w] = true
		}
		f.settings = appendNames(f.settings, settingPattern, text)
		f.keys = appendNames(f.keys, entryPattern, text)
	}
	return f
}

func appendNames(list []string, pattern *regexp.Regexp, text string) []string {
next:
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		name := m[1] + m[2]
		for _, known := range list {
			if known == name {
				continue next
			}
		}
		list = append(list, name)
	}
	return list
}

func (f *facts) any(words []string) bool {
	for _, w := range words {
		if f.words[w] {
			return true
		}
	}
	return false
}

// facts reads the script's text, once for each host.
func (h *host) facts(r *handler) *facts {
	if r.facts == nil {
		var made facts
		if text, err := testhost.Source(r.script); err == nil {
			made = readFacts(string(text))
		}
		r.facts = &made
	}
	return r.facts
}

// withoutComments puts a blank in the place of each comment.
func withoutComments(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "--"):
			b.WriteByte(' ')
			i += 2
			if n := longBracket(s[i:]); n > 0 {
				i += n
			} else if end := strings.IndexByte(s[i:], '\n'); end >= 0 {
				i += end
			} else {
				i = len(s)
			}
		case s[i] == '"' || s[i] == '\'':
			n := quoted(s[i:])
			b.WriteString(s[i : i+n])
			i += n
		case s[i] == '[':
			n := max(1, longBracket(s[i:]))
			b.WriteString(s[i : i+n])
			i += n
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return b.String()
}

// quoted is the length of the string that s begins with.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0], '\n':
			return i + 1
		}
	}
	return len(s)
}

// longBracket is the length of the long bracket that s begins with, or 0.
func longBracket(s string) int {
	if s == "" || s[0] != '[' {
		return 0
	}
	level := 1
	for level < len(s) && s[level] == '=' {
		level++
	}
	if level == len(s) || s[level] != '[' {
		return 0
	}
	closing := "]" + s[1:level] + "]"
	end := strings.Index(s[level+1:], closing)
	if end < 0 {
		return len(s)
	}
	return level + 1 + end + len(closing)
}
