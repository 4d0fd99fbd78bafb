package lua

import (
	"cmp"
	"slices"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native/machine"
	"github.com/luapush/luapush/runtime/lua/repair"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

// Coverage counts which lines, branches and functions of source files were
// reached, in all states of the engine it was given to. Scripts cannot see it:
// results, errors, tracebacks and limits are the same with it.
//
// Code that is loaded from a file counts, be it by [Engine.Compile], require,
// dofile or loadfile; the text given to load does not. A file that is loaded
// again goes on counting.
//
// A Coverage, the engine and its states belong to one goroutine at a time. Work
// in parallel takes an engine and a Coverage for each goroutine, and
// [MergeCoverage].
type Coverage struct {
	include func(file string) bool
	hits    machine.Hits
	chunks  []*countedChunk
	known   map[countedSource]*countedChunk
	// size is how many places there are; lost tells that there were too many.
	size int
	lost bool
}

type countedSource struct{ name, text string }

// countedChunk is a file with the places in it, which are counted from the index
// first on.
type countedChunk struct {
	name   string
	first  int
	places []repair.Place
}

// NewCoverage makes one for the files that include wants; nil is all of them.
// The file is named as messages name it.
func NewCoverage(include func(file string) bool) *Coverage {
	if include == nil {
		include = func(string) bool { return true }
	}
	return &Coverage{include: include, known: map[countedSource]*countedChunk{}}
}

// FileCoverage is what was reached of one file. It is plain data.
type FileCoverage struct {
	// Name is the file's, as messages have it.
	Name string `json:"name"`
	// Lines are the executable ones, in order: those on which a statement
	// begins, or the condition of an elseif or until. The other lines of a long
	// statement are not, nor are comments, "else", "end", labels, "do", and
	// declarations without a value. A function's header is, where that makes a
	// value: it is the statement which does so.
	Lines []LineCoverage `json:"lines"`
	// Branches are by line and column.
	Branches []BranchCoverage `json:"branches"`
	// Functions are by line and column; the main chunk is not one of them.
	Functions []FunctionCoverage `json:"functions"`
	// Incomplete tells that there was more to count in the files of the engine
	// than can be counted, which is a quarter of a million places.
	Incomplete bool `json:"incomplete,omitempty"`
}

// LineCoverage is an executable line. Hits is how often the statement on it was
// begun; of several statements, that which was begun most often.
type LineCoverage struct {
	Number int    `json:"line"`
	Hits   uint64 `json:"hits"`
}

// BranchCoverage is one way that the code can take at a place.
type BranchCoverage struct {
	// Line and Column, counted from 1, are the keyword's or the operator's.
	Line   int `json:"line"`
	Column int `json:"column"`
	// Kind and Arm are one of
	//
	//	if      then, else      else is counted without an "else", too
	//	elseif  then
	//	while   body, skipped   skipped: the loop was reached and had no turn
	//	for     body, skipped
	//	repeat  again, done     again: a turn that was not the first
	//	and     right           the right operand was evaluated
	//	or      right
	//
	// An arm that nothing can reach, such as the "else" of a condition that is
	// a constant, is left out.
	Kind string `json:"kind"`
	Arm  string `json:"arm"`
	Hits uint64 `json:"hits"`
}

// FunctionCoverage is a function in the source; Hits are its calls.
type FunctionCoverage struct {
	// Name is what the function is assigned to where it is made, such as
	// "f", "t.f" or "t:f"; "" where it is not.
	Name   string `json:"name"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Hits   uint64 `json:"hits"`
}

// compile makes the function of a chunk, one that counts where it is a file
// that is wanted. A nil Coverage counts nothing.
func (c *Coverage) compile(chunk *syntax.Chunk, source string) (*vm.FunctionProto, error) {
	file, isFile := strings.CutPrefix(chunk.Name, "@")
	if c == nil || !isFile || !c.include(file) {
		return repair.Compile(chunk)
	}
	counted := c.known[countedSource{file, source}]
	if counted == nil {
		if c.size >= repair.MaxPlaces {
			c.lost = true
			return repair.Compile(chunk)
		}
		counted = &countedChunk{name: file, first: c.size}
	}
	proto, err := repair.CompileCounted(chunk, &counter{coverage: c, chunk: counted})
	if err != nil {
		return nil, err
	}
	if n := counted.first + len(counted.places); n > c.size {
		c.known[countedSource{file, source}] = counted
		c.chunks = append(c.chunks, counted)
		c.size = n
		c.hits.Counts = append(c.hits.Counts, make([]uint64, n-len(c.hits.Counts))...)
	}
	return proto, nil
}

// counter is what the compiler asks while it compiles a chunk. In one that it
// compiled before, the places come in the same order.
type counter struct {
	coverage *Coverage
	chunk    *countedChunk
	next     int
}

func (k *counter) Place(p repair.Place) int {
	at := k.chunk.first + k.next
	if at >= repair.MaxPlaces {
		k.coverage.lost = true
		return -1
	}
	if k.next == len(k.chunk.places) {
		k.chunk.places = append(k.chunk.places, p)
	}
	k.next++
	return at
}

// Files gives what was reached so far, by name, with zeros for what was not.
// Only files that were loaded are among them. No state may be running.
func (c *Coverage) Files() []FileCoverage {
	files := make([]FileCoverage, 0, len(c.chunks))
	for _, chunk := range c.chunks {
		files = append(files, c.file(chunk))
	}
	return MergeCoverage(files)
}

// Reset sets all counts to zero; what was loaded goes on counting. No state may
// be running.
func (c *Coverage) Reset() { clear(c.hits.Counts) }

func (c *Coverage) file(chunk *countedChunk) FileCoverage {
	f := FileCoverage{Name: chunk.name, Incomplete: c.lost}
	for i, p := range chunk.places {
		hits := c.hits.Counts[chunk.first+i]
		switch p.Kind {
		case repair.KindLine:
			if p.Same {
				hits = c.hits.Counts[p.Of]
			}
			f.Lines = append(f.Lines, LineCoverage{Number: p.Line, Hits: hits})
		case repair.KindFunction:
			f.Functions = append(f.Functions, FunctionCoverage{Name: p.Name, Line: p.Line, Column: p.Column, Hits: hits})
		default:
			if p.Again {
				hits -= min(hits, c.hits.Counts[p.Of])
			}
			f.Branches = append(f.Branches, BranchCoverage{Line: p.Line, Column: p.Column, Kind: p.Kind, Arm: p.Arm, Hits: hits})
		}
	}
	// Of several statements on a line the one with most hits comes first.
	f.Lines = sorted(f.Lines, func(a, b LineCoverage) int {
		return cmp.Or(compareLines(a, b), cmp.Compare(b.Hits, a.Hits))
	})
	f.Lines = slices.CompactFunc(f.Lines, func(a, b LineCoverage) bool { return a.Number == b.Number })
	f.Branches = sorted(f.Branches, compareBranches)
	f.Functions = sorted(f.Functions, compareFunctions)
	return f
}

// MergeCoverage adds up lists of files that were counted apart, and gives the
// files by name. The lists stay as they are.
func MergeCoverage(lists ...[]FileCoverage) []FileCoverage {
	byName := map[string]*FileCoverage{}
	var merged []FileCoverage
	for _, list := range lists {
		for _, f := range list {
			m, known := byName[f.Name]
			if !known {
				m = &FileCoverage{Name: f.Name}
				byName[f.Name] = m
			}
			m.Incomplete = m.Incomplete || f.Incomplete
			m.Lines = added(m.Lines, f.Lines, compareLines, func(a *LineCoverage, b LineCoverage) { a.Hits += b.Hits })
			m.Branches = added(m.Branches, f.Branches, compareBranches, func(a *BranchCoverage, b BranchCoverage) { a.Hits += b.Hits })
			m.Functions = added(m.Functions, f.Functions, compareFunctions, func(a *FunctionCoverage, b FunctionCoverage) { a.Hits += b.Hits })
		}
	}
	for _, f := range byName {
		merged = append(merged, *f)
	}
	return sorted(merged, func(a, b FileCoverage) int { return strings.Compare(a.Name, b.Name) })
}

// added puts two sorted lists together; what both have is added up.
func added[T any](a, b []T, compare func(a, b T) int, add func(a *T, b T)) []T {
	merged := make([]T, 0, max(len(a), len(b)))
	for len(a) > 0 && len(b) > 0 {
		switch c := compare(a[0], b[0]); {
		case c < 0:
			merged, a = append(merged, a[0]), a[1:]
		case c > 0:
			merged, b = append(merged, b[0]), b[1:]
		default:
			merged = append(merged, a[0])
			add(&merged[len(merged)-1], b[0])
			a, b = a[1:], b[1:]
		}
	}
	return append(append(merged, a...), b...)
}

func sorted[T any](list []T, compare func(a, b T) int) []T {
	slices.SortStableFunc(list, compare)
	return list
}

func compareLines(a, b LineCoverage) int { return cmp.Compare(a.Number, b.Number) }

func compareBranches(a, b BranchCoverage) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
		strings.Compare(a.Kind, b.Kind), cmp.Compare(armOrder(a.Arm), armOrder(b.Arm)))
}

// armOrder puts the arms of a branch into the order of the text.
func armOrder(arm string) int {
	return slices.Index([]string{"then", "else", "body", "skipped", "again", "done", "right"}, arm)
}

func compareFunctions(a, b FunctionCoverage) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.Name, b.Name))
}
