package host

import (
	"errors"
	"io"
	"os"
)

// maxSource is how much of a source file is read to show its lines.
const maxSource = 16 << 20

// Source reads a source file whose lines are to be shown. A chunk of load may be
// named after anything: what is no regular file, such as a device without end, is
// an error, and a very long file is cut.
func Source(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSource))
}
