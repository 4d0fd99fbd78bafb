package mail_test

import (
	"testing"

	"github.com/luapush/luapush/runtime/mail"
)

func TestEncodeMailboxName(t *testing.T) {
	for in, want := range map[string]string{
		"INBOX": "INBOX", "Entwürfe": "Entw&APw-rfe", "a&b": "a&-b", "a\nb": "a&AAo-b", "a\x01b": "a&AAE-b",
		"&ANw-bung": "&-ANw-bung", "日本語": "&ZeVnLIqe-", "😀": "&2D3eAA-", "": "", "aü": "a&APw-", "\xff": "&,,0-",
	} {
		if got := mail.EncodeMailboxName(in); got != want {
			t.Errorf("EncodeMailboxName(%q) = %q, want %q", in, got, want)
		}
	}
}
