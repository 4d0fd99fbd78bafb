package source_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/luapush/luapush/runtime/source"
)

func document(session string) string {
	return fmt.Sprintf(`{"version":1,"user":{"username":"a@b","session_id":%q},"events":[],"success":true}`+"\n", session)
}

// ends reads everything and gives the sessions, with "." after the last of
// each.
func ends(t *testing.T, in string) string {
	t.Helper()
	s := source.NewReader(strings.NewReader(in), "test")
	var got []string
	for {
		d, err := s.Next(context.Background())
		if errors.Is(err, io.EOF) {
			return strings.Join(got, " ")
		}
		if err != nil {
			return strings.Join(append(got, err.Error()), " ")
		}
		word := d.Transaction.User.SessionID.Value
		if d.Last {
			word += "."
		}
		got = append(got, word)
	}
}

func TestSessionsEndWithTheirLastTransaction(t *testing.T) {
	var in strings.Builder
	for _, id := range strings.Fields("a a b a c b d") {
		in.WriteString(document(id))
	}
	in.WriteString(document(""))
	in.WriteString(document(""))
	if got, want := ends(t, in.String()), "a a b a. c. b. d. . ."; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSessionsEndWhenTheyDoNotShowUpInTheWindow(t *testing.T) {
	in := document("a") + strings.Repeat(document("b"), source.Window) + document("a")
	got := strings.Fields(ends(t, in))
	if got[0] != "a." || got[len(got)-1] != "a." {
		t.Errorf("got %v", got)
	}
}

func TestWhatComesBeforeAnErrorIsYielded(t *testing.T) {
	got := ends(t, document("a")+document("b")+`{"version":1,`)
	if !strings.HasPrefix(got, "a. b. test:3: ") {
		t.Errorf("got %s", got)
	}
}

func TestNextEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := source.NewReader(strings.NewReader(document("a")), "test").Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error { c.closed = true; return nil }

func TestCloseClosesWhatIsRead(t *testing.T) {
	c := &closer{Reader: strings.NewReader(document("a"))}
	if err := source.NewReader(c, "test").Close(); err != nil || !c.closed {
		t.Errorf("got %v, closed %v", err, c.closed)
	}
	if err := source.NewReader(strings.NewReader(""), "test").Close(); err != nil {
		t.Error(err)
	}
}
