package verify

import "testing"

// TestMeant takes URLs of the recorder out of what Dovecot says of them.
func TestMeant(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Failed to parse url http://127.0.0.1:4711/~luapush/http/x/%u: Expecting", "Failed to parse url http://x/%u: Expecting"},
		{"url http://login:secret@127.0.0.1:4711/~luapush/https/x:8443/a b", "url https://login:secret@x:8443/a b"},
		{"'http://[::1]:4711/~luapush/http/[::2]/'", "'http://[::2]/'"},
		{"http://127.0.0.1:4711/luapush/http/x/", "http://127.0.0.1:4711/luapush/http/x/"},
		{"nothing of this", "nothing of this"},
	} {
		if got := meant(c.text); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.text, got, c.want)
		}
	}
}
