package difftest_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/luapush/luapush/runtime/lua/difftest"
)

var (
	count = flag.Int("programs", 200, "how many random programs to compare with lua5.4")
	seed  = flag.Uint64("seed", 0, "seed of the first one; 0 takes the time")
)

func TestRandomPrograms(t *testing.T) {
	difftest.Need(t)
	first := *seed
	if first == 0 {
		first = uint64(time.Now().UnixNano())
	}
	t.Logf("%d programs from seed %d", *count, first)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	found, err := difftest.Compare(ctx, first, *count, difftest.Ours)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range found {
		t.Error(d)
	}
}

// The comparison must notice what it is for: a player that is wrong in one word.
func TestCompareFindsAndShrinks(t *testing.T) {
	difftest.Need(t)
	wrong := func(name, text string) string {
		return strings.ReplaceAll(difftest.Ours(name, text), "close", "clos")
	}
	found, err := difftest.Compare(t.Context(), 1, 60, wrong)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("no divergence found")
	}
	small, whole := len(found[0].Text), len(difftest.Generate(found[0].Seed).Text())
	if small >= whole {
		t.Errorf("the program was not made smaller: %d of %d bytes", small, whole)
	}
}

const regress = "../testdata/regress"

// TestRegress plays every frozen program; the file beside it has what lua5.4
// printed.
func TestRegress(t *testing.T) {
	for _, file := range regressFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, want := read(t, file), read(t, strings.TrimSuffix(file, ".lua")+".out")
			var out strings.Builder
			for chunk := range strings.SplitSeq(text, "\n---\n") {
				out.WriteString(difftest.Ours("=x", chunk))
				out.WriteString("---\n")
			}
			if got := out.String(); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestRegressIsLua54 makes sure that the frozen outputs are lua5.4's.
// With -update it writes them.
func TestRegressIsLua54(t *testing.T) {
	difftest.Need(t)
	for _, file := range regressFiles(t) {
		var sources []difftest.Source
		for chunk := range strings.SplitSeq(read(t, file), "\n---\n") {
			sources = append(sources, difftest.Source{Name: "=x", Text: chunk})
		}
		answers, err := difftest.Theirs(t.Context(), sources)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(answers, "---\n") + "---\n"
		frozen := strings.TrimSuffix(file, ".lua") + ".out"
		if *update {
			if err := os.WriteFile(frozen, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want := read(t, frozen); got != want {
			t.Errorf("%s: lua5.4 prints\n%s\nfrozen is\n%s", file, got, want)
		}
	}
}

var update = flag.Bool("update", false, "write the frozen outputs anew from lua5.4")

func regressFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(regress, "*.lua"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no frozen programs: %v", err)
	}
	return files
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
