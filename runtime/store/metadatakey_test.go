package store_test

import (
	"errors"
	"testing"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store"
)

func TestSplitKey(t *testing.T) {
	for key, want := range map[string][2]string{
		"/private/a/b": {store.PrivateSpace, "a/b"}, "/shared/": {store.SharedSpace, ""}, "/Private/a": {}, "/private": {}, "": {},
	} {
		if space, name := store.SplitKey(key); space != want[0] || name != want[1] {
			t.Errorf("SplitKey(%q) = %q, %q", key, space, name)
		}
	}
}

func TestCheckEntry(t *testing.T) {
	for _, c := range []struct{ key, value, want string }{
		{"/private/a", "", ""},
		{"/shared/\xff", "\xff\t\r\n\x01", ""},
		{"/other/a", "", "Invalid key prefix, must be /private/ or /shared/"},
		{"/private/", "", store.InternalErrorText},
		{"/private/a\x00", "", store.InternalErrorText},
		{"/private/a", "\x00", "Attribute string value has NULs"},
	} {
		err := store.CheckEntry(c.key, mail.Some(c.value))
		var refusal *store.Error
		if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &refusal) || refusal.Text != c.want) {
			t.Errorf("CheckEntry(%q, %q): %v", c.key, c.value, err)
		}
	}
	if err := store.NoMailbox("Trash", "hint"); !errors.Is(err, store.ErrNotFound) || err.Error() != "Mailbox doesn't exist: Trash" {
		t.Error(err)
	}
}
