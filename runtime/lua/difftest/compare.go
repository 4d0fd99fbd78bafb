package difftest

import (
	"context"
	"fmt"
	"regexp"
	"strings"
)

// Play runs a program and gives what it printed, and behind it, where an error
// ended the program, a line "error: " and the error, or where it does not load
// "syntax: " and the message. Tables, functions and threads are printed by the
// name of their type. Ours is one.
type Play func(name, text string) string

// Divergence is a program that printed different things, made as small as it
// would go.
type Divergence struct {
	Seed   uint64 // of the whole program, for Generate
	Text   string
	Ours   string
	Theirs string
}

// String shows the program without its prelude, and both outputs.
func (d Divergence) String() string {
	return fmt.Sprintf("seed %d\n%s--- ours\n%s--- theirs\n%s", d.Seed, strings.TrimPrefix(d.Text, Prelude), d.Ours, d.Theirs)
}

// batch is how many programs one lua5.4 process runs.
const batch = 200

// huge finds integers that only 64 bits hold, which is a named divergence: there
// is no integer subtype here. The generator keeps numbers small where it can.
var huge = regexp.MustCompile(`[0-9]{16}`)

// shrinkTries bounds the making smaller; each try is a process.
const shrinkTries = 400

// Compare plays the programs of n seeds, from the first on, on both sides, and
// gives the divergences; after the third it stops. Programs that lua5.4 does
// not survive itself are left out.
func Compare(ctx context.Context, first uint64, n int, play Play) ([]Divergence, error) {
	var found []Divergence
	for done := 0; done < n; done += batch {
		programs := make([]*Program, min(batch, n-done))
		sources := make([]Source, len(programs))
		for i := range programs {
			programs[i] = Generate(first + uint64(done+i))
			sources[i] = Source{Name: "=x", Text: programs[i].Text()}
		}
		theirs, err := Theirs(ctx, sources)
		if err != nil {
			return found, err
		}
		for i, s := range sources {
			if theirs[i] == Crashed || play(s.Name, s.Text) == theirs[i] || huge.MatchString(theirs[i]) {
				continue
			}
			found = append(found, shrunk(ctx, programs[i], play))
			if len(found) == 3 {
				return found, nil
			}
		}
	}
	return found, nil
}

func shrunk(ctx context.Context, p *Program, play Play) Divergence {
	var d Divergence
	look := func(text string) bool {
		theirs, err := Theirs(ctx, []Source{{Name: "=x", Text: text}})
		if err != nil || theirs[0] == Crashed {
			return false
		}
		ours := play("=x", text)
		// A smaller program must not differ for another reason: because it
		// gives a library function what no generated program gives it.
		if ours == theirs[0] || huge.MatchString(theirs[0]) || d.Text != "" && failed(theirs[0]) && !failed(d.Theirs) {
			return false
		}
		d = Divergence{Seed: p.Seed, Text: text, Ours: ours, Theirs: theirs[0]}
		return true
	}
	if look(p.Text()) {
		p.Shrink(shrinkTries, look)
	}
	return d
}

func failed(output string) bool {
	return strings.HasPrefix(output, "error: ") || strings.Contains(output, "\nerror: ")
}
