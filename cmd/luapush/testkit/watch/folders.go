package watch

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/luapush/luapush/cmd/luapush/testkit/host"
)

// maxFolders bounds how many folders are watched.
const maxFolders = 4000

// folders are those to watch: the roots with what is below them, and those of
// everything that was used. A folder is watched and not a file, since editors
// put a new file in the old one's place.
func (l *loop) folders() []string {
	set := map[string]bool{}
	add := func(folder string) {
		if len(set) < maxFolders {
			set[folder] = true
		}
	}
	for _, f := range l.files {
		add(filepath.Dir(f.Path))
		for _, path := range f.Uses {
			add(filepath.Dir(path))
		}
	}
	roots := l.Roots
	if len(roots) == 0 {
		roots = []string{"."}
	}
	for _, root := range roots {
		root = filepath.Clean(root)
		if info, err := os.Stat(root); err != nil || !info.IsDir() {
			add(filepath.Dir(root))
			continue
		}
		root = host.Through(root)
		// A folder that cannot be read has nothing to watch.
		_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil //nolint:nilerr // see above
			case !d.IsDir():
				return nil
			case path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
				return filepath.SkipDir
			case len(set) >= maxFolders:
				return filepath.SkipAll
			}
			add(filepath.Clean(path))
			return nil
		})
	}
	return slices.Sorted(maps.Keys(set))
}
