package dict_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store/dict"
)

func TestPath(t *testing.T) {
	for setting, want := range map[string]string{
		"file:/srv/a@b/dovecot-attributes":              "/srv/a@b/dovecot-attributes",
		"file:/srv/a@b/dovecot-attributes:lock=dotlock": "/srv/a@b/dovecot-attributes",
		"file:/srv/attributes:lock=fcntl":               "!luapush locks with PATH.lock only",
		"file:":                                         "!the path is missing",
		"file:%h/dovecot-attributes":                    "!the variables are not expanded",
		"proxy::attributes":                             "!luapush reads file: dicts",
	} {
		got, err := dict.Path(setting)
		reason, wrong := strings.CutPrefix(want, "!")
		if wrong != (err != nil) || wrong && !strings.Contains(err.Error(), reason) || !wrong && got != want {
			t.Errorf("Path(%q) = %q, %v", setting, got, err)
		}
	}
}

// content makes a dict file.
func content(t *testing.T, text string) dict.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dovecot-attributes")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dict.File{Path: path}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestUpdateKeepsWhatItDoesNotChange(t *testing.T) {
	f := content(t, "priv/a\n1\nshared/b\n\x01t\npriv/c\n3\n")
	err := f.Update(t.Context(),
		dict.Change{Key: "priv/c", Value: mail.Some("x\ny")},
		dict.Change{Key: "priv/a"},
		dict.Change{Key: "priv/none"},
		dict.Change{Key: "priv/d", Value: mail.Some("")})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := read(t, f.Path), "shared/b\n\x01t\npriv/c\nx\x01ny\npriv/d\n\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := os.Lstat(f.Path + ".lock"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the lock stays: %v", err)
	}
	entries, err := f.Read()
	want := []dict.Entry{{"shared/b", "\t"}, {"priv/c", "x\ny"}, {"priv/d", ""}}
	if diff := cmp.Diff(want, entries); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestUpdateThatChangesNothingLeavesTheFileAlone(t *testing.T) {
	f := content(t, "priv/a\n1\n")
	before, err := os.Stat(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Update(t.Context(), dict.Change{Key: "priv/a", Value: mail.Some("1")}, dict.Change{Key: "priv/b"}); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(f.Path)
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the file was replaced (%v)", err)
	}
}

func TestUpdateDoesNotTouchWhatIsNoDictFile(t *testing.T) {
	f := content(t, "priv/a\n1\ntorn")
	err := f.Update(t.Context(), dict.Change{Key: "priv/a", Value: mail.Some("2")})
	if err == nil || !strings.HasPrefix(err.Error(), f.Path+":3: not a Dovecot dict file: ") {
		t.Errorf("got %v", err)
	}
	if got := read(t, f.Path); got != "priv/a\n1\ntorn" {
		t.Errorf("the file is now %q", got)
	}
	if _, err := os.Lstat(f.Path + ".lock"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the lock stays: %v", err)
	}
	if err := f.Update(t.Context(), dict.Change{Key: "a", Value: mail.Some("2")}); err == nil {
		t.Error("a key of no space was written")
	}
}

func TestUpdateMakesTheFileButNotItsFolder(t *testing.T) {
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o750); err != nil {
		t.Fatal(err)
	}
	f := dict.File{Path: filepath.Join(folder, "dovecot-attributes")}
	if entries, err := f.Read(); err != nil || entries != nil {
		t.Errorf("a file that is not there: %v, %v", entries, err)
	}
	if err := f.Update(t.Context(), dict.Change{Key: "priv/a", Value: mail.Some("1")}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(f.Path)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v: it is not that of the folder", info.Mode(), err)
	}
	f.Path = filepath.Join(folder, "none", "dovecot-attributes")
	if err := f.Update(t.Context(), dict.Change{Key: "priv/a", Value: mail.Some("1")}); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), f.Path) {
		t.Errorf("in no folder: %v", err)
	}
}

func TestUpdateKeepsTheMode(t *testing.T) {
	f := content(t, "priv/a\n1\n")
	if err := os.Chmod(f.Path, 0o664); err != nil {
		t.Fatal(err)
	}
	if err := f.Update(t.Context(), dict.Change{Key: "priv/a", Value: mail.Some("2")}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(f.Path); err != nil || info.Mode().Perm() != 0o664 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestReadRefusesAFileThatIsTooLarge(t *testing.T) {
	f := content(t, "")
	if err := os.Truncate(f.Path, dict.MaxSize+1); err != nil {
		t.Fatal(err)
	}
	var e *dict.FormatError
	if _, err := f.Read(); !errors.As(err, &e) || !strings.Contains(err.Error(), "larger than 32 MiB") {
		t.Errorf("got %v", err)
	}
}

func TestUpdateMakesNoFileThatIsTooLarge(t *testing.T) {
	f := content(t, "priv/a\n1\n")
	err := f.Update(t.Context(), dict.Change{Key: "priv/b", Value: mail.Some(strings.Repeat("x", dict.MaxSize))})
	if err == nil || !strings.Contains(err.Error(), "larger than 32 MiB") {
		t.Errorf("got %v", err)
	}
	if err := f.Update(t.Context(), dict.Change{Key: "priv/c", Value: mail.Some("2")}); err != nil {
		t.Error(err)
	}
	if data, err := os.ReadFile(f.Path); err != nil || string(data) != "priv/a\n1\npriv/c\n2\n" {
		t.Errorf("%q, %v", data, err)
	}
}

// BenchmarkUpdate is a change of one entry among fifty, lock, fsync and all.
func BenchmarkUpdate(b *testing.B) {
	f := dict.File{Path: filepath.Join(b.TempDir(), "dovecot-attributes")}
	var changes []dict.Change
	for i := range 50 {
		changes = append(changes, dict.Change{Key: "priv/395d7f304127026bae6d000083ecc375/" + strings.Repeat("k", i+1), Value: mail.Some("user=11@3")})
	}
	if err := f.Update(context.Background(), changes...); err != nil {
		b.Fatal(err)
	}
	values := [2]mail.Text{mail.Some("1"), mail.Some("2")}
	for i := 0; b.Loop(); i++ {
		if err := f.Update(context.Background(), dict.Change{Key: changes[7].Key, Value: values[i%2]}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRead is what a script's metadata_get costs, besides the GUID.
func BenchmarkRead(b *testing.B) {
	f := dict.File{Path: filepath.Join(b.TempDir(), "dovecot-attributes")}
	if err := f.Update(context.Background(), dict.Change{Key: "priv/395d7f304127026bae6d000083ecc375/a", Value: mail.Some("user=11@3")}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := f.Read(); err != nil {
			b.Fatal(err)
		}
	}
}
