package dict_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store/dict"
)

// writerVariable makes the test program one of several writers of a file; it
// is the path.
const writerVariable = "LUAPUSH_DICT_WRITER"

func TestMain(m *testing.M) {
	if path := os.Getenv(writerVariable); path != "" {
		if err := write(path, os.Args[len(os.Args)-2], os.Args[len(os.Args)-1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// write adds entries one by one, and counts in an entry that all writers share.
func write(path, name, count string) error {
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	f := dict.File{Path: path, LockTimeout: time.Minute, StaleAfter: 30 * time.Second}
	for i := range n {
		key := fmt.Sprintf("priv/%s/%d", name, i)
		if err := f.Update(context.Background(), dict.Change{Key: key, Value: mail.Some(name)}); err != nil {
			return err
		}
	}
	return nil
}
