package host

import (
	"os"
	"path/filepath"
)

// Through gives the path of a folder by which filepath.WalkDir goes through it
// even where it is a link, which WalkDir itself does not follow.
func Through(folder string) string {
	if info, err := os.Lstat(folder); err == nil && info.Mode()&os.ModeSymlink != 0 {
		return folder + string(filepath.Separator)
	}
	return folder
}
