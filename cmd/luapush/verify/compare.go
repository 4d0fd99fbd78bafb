package verify

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Difference is something that Dovecot and luapush did not do alike, or did.
type Difference struct {
	// Step counts from 0; -1 is the metadata at the end.
	Step int
	// Kind is "request", "log" or "metadata".
	Kind string
	// Dovecot and Luapush are what each did; "" where it did nothing of that
	// kind any more.
	Dovecot, Luapush string
	Same             bool
	// Known is why they differ, where that is known.
	Known Known
}

// Agree tells whether both did the same: what has no order may have another one.
func (d *Difference) Agree() bool { return d.Same || d.Known == Order }

// Known is a difference of which spec/divergences.md speaks.
type Known string

const (
	// Numbers says that whole floats are written without .0 in luapush.
	Numbers Known = "one-number-type"
	// Order says that a JSON object has its members in another order. In Dovecot that
	// is another one each time, as pairs and next have none.
	Order Known = "order-of-members"
	// Crashed says that Dovecot's process died, which nobody can want of luapush.
	Crashed Known = "crash"
)

var whole = regexp.MustCompile(`(\d)\.0\b`)

// Compare puts what both did side by side.
func Compare(dovecot, luapush *Result) []Difference {
	var list []Difference
	for n := range dovecot.Steps {
		d, l := &dovecot.Steps[n], &luapush.Steps[n]
		list = append(list, pair(n, "request", texts(d.Requests), texts(l.Requests))...)
		list = append(list, pair(n, "log", d.Lines, l.Lines)...)
	}
	return append(list, metadata(dovecot, luapush)...)
}

func texts(requests []Request) []string {
	list := make([]string, len(requests))
	for i, r := range requests {
		list[i] = r.String()
	}
	return list
}

// pair aligns two lists: what both have in the same order stands side by side,
// and between those, one after the other.
func pair(step int, kind string, a, b []string) []Difference {
	var list []Difference
	add := func(a, b string) { list = append(list, difference(step, kind, a, b)) }
	for _, run := range align(a, b) {
		if run.same {
			add(a[run.a], b[run.b])
			continue
		}
		left, right := a[run.a:run.aEnd], b[run.b:run.bEnd]
		for i := range max(len(left), len(right)) {
			var x, y string
			if i < len(left) {
				x = left[i]
			}
			if i < len(right) {
				y = right[i]
			}
			add(x, y)
		}
	}
	return list
}

func difference(step int, kind, a, b string) Difference {
	d := Difference{Step: step, Kind: kind, Dovecot: a, Luapush: b, Same: a == b}
	switch {
	case d.Same:
	case b == "" && strings.HasPrefix(a, Crash):
		d.Known = Crashed
	case a != "" && b != "" && unordered(a) == unordered(b):
		d.Known = Order
	case unnumbered(a) == unnumbered(b):
		d.Known = Numbers
	}
	return d
}

// unordered writes the JSON that a text ends in with its members sorted.
func unordered(s string) string {
	head, body, found := strings.Cut(s, "\n\n")
	var v any
	if !found || json.Unmarshal([]byte(body), &v) != nil {
		return s
	}
	sorted, err := json.Marshal(v)
	if err != nil {
		return s
	}
	return head + "\n\n" + string(sorted)
}

var length = regexp.MustCompile(`(?mi)^Content-Length: \d+$`)

// unnumbered takes away what floats do to a text, and to its length.
func unnumbered(s string) string {
	without := whole.ReplaceAllString(s, "$1")
	return length.ReplaceAllString(without, "Content-Length: N")
}

// run is a stretch of two lists: one pair that is the same, or two stretches
// without a common line.
type run struct {
	same             bool
	a, aEnd, b, bEnd int
}

// maxAligned bounds the table of align; longer lists are compared place by
// place.
const maxAligned = 2000

// align finds a longest common subsequence.
func align(a, b []string) []run {
	if len(a) > maxAligned || len(b) > maxAligned {
		return byPlace(a, b)
	}
	// longest[i][j] is that of a[i:] and b[j:].
	longest := make([][]int32, len(a)+1)
	for i := range longest {
		longest[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			}
		}
	}
	var runs []run
	for i, j := 0, 0; i < len(a) || j < len(b); {
		if i < len(a) && j < len(b) && a[i] == b[j] {
			runs = append(runs, run{true, i, i + 1, j, j + 1})
			i, j = i+1, j+1
			continue
		}
		r := run{a: i, b: j}
		for (i < len(a) || j < len(b)) && !(i < len(a) && j < len(b) && a[i] == b[j]) {
			if j == len(b) || i < len(a) && longest[i+1][j] >= longest[i][j+1] {
				i++
			} else {
				j++
			}
		}
		r.aEnd, r.bEnd = i, j
		runs = append(runs, r)
	}
	return runs
}

func byPlace(a, b []string) []run {
	var runs []run
	n := min(len(a), len(b))
	for i := range n {
		runs = append(runs, run{same: a[i] == b[i], a: i, aEnd: i + 1, b: i, bEnd: i + 1})
	}
	if len(a) != len(b) {
		runs = append(runs, run{a: n, aEnd: len(a), b: n, bEnd: len(b)})
	}
	return runs
}

// metadata compares what is left of the entries that either changed.
func metadata(dovecot, luapush *Result) []Difference {
	keys := map[MetadataKey]bool{}
	for k := range dovecot.Changes {
		keys[k] = true
	}
	for k := range luapush.Changes {
		keys[k] = true
	}
	sorted := slices.SortedFunc(maps.Keys(keys), func(a, b MetadataKey) int { return strings.Compare(a.String(), b.String()) })
	var list []Difference
	for _, k := range sorted {
		left, there := dovecot.Left[k]
		// What luapush did not change is as it was, and Dovecot changed it.
		ours := "as it was"
		if v, changed := luapush.Changes[k]; changed {
			ours = entry(v)
		}
		theirs := entry(nil)
		if there {
			theirs = entry(&left)
		}
		list = append(list, difference(-1, "metadata", k.String()+" "+theirs, k.String()+" "+ours))
	}
	return list
}

func entry(v *string) string {
	if v == nil {
		return "is gone"
	}
	return "= " + *v
}
