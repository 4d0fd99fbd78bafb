package watch

import (
	"bytes"
	"io"
	"testing"
)

func TestKeyboardWithoutTerminal(t *testing.T) {
	in, out := io.Pipe()
	k, err := OpenKeyboard(in)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _ = out.Write([]byte("aq")) // the reader is closed below, whatever comes of it
	}()
	for _, want := range []byte("aq") {
		if got := <-k.Keys(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if k.Terminal() {
		t.Error("a pipe is no terminal")
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if _, open := <-k.Keys(); open {
		t.Error("a key after the end")
	}
	for range 2 {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestKeyboardCloses: a key that nobody takes does not keep the reader.
func TestKeyboardCloses(t *testing.T) {
	k, err := OpenKeyboard(bytes.NewReader([]byte("abc")))
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Close(); err != nil {
		t.Error(err)
	}
	for range k.Keys() { // it is closed in the end
	}
}

func TestLines(t *testing.T) {
	var b bytes.Buffer
	w := NewLines(&b)
	for _, text := range []string{"a\n", "b\r\n", "\n", "c"} {
		if n, err := io.WriteString(w, text); n != len(text) || err != nil {
			t.Errorf("%d %v", n, err)
		}
	}
	if got := b.String(); got != "a\r\nb\r\n\r\nc" {
		t.Errorf("%q", got)
	}
}
