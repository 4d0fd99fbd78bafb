package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// scriptPath is what stands in front of package.path: the script's own folder
// and then --lua-path. With --strict it is nothing, as in Dovecot.
func (f *hostFlags) scriptPath(script string) (string, error) {
	if f.Strict {
		if len(f.LuaPath) > 0 {
			return "", &usageError{text: "--lua-path: --strict looks only where Dovecot does; leave one of them out"}
		}
		return "", nil
	}
	var templates []string
	// A folder of such a name cannot be written as a template.
	if own := filepath.Dir(script); !strings.ContainsAny(own, "?;") {
		templates = append(templates, inFolder(own)...)
	}
	further, err := luaPath(f.LuaPath)
	return strings.Join(append(templates, further...), ";"), err
}

// luaPath gives the templates of --lua-path.
func luaPath(list []string) ([]string, error) {
	var templates []string
	for _, item := range list {
		for part := range strings.SplitSeq(item, ";") {
			switch {
			case part == "":
			case strings.Contains(part, "?"):
				templates = append(templates, part)
			default:
				if err := folder("--lua-path", part); err != nil {
					return nil, err
				}
				templates = append(templates, inFolder(part)...)
			}
		}
	}
	return templates, nil
}

func inFolder(dir string) []string {
	return []string{filepath.Join(dir, "?.lua"), filepath.Join(dir, "?", "init.lua")}
}

// folder refuses what is not a folder.
func folder(flag, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%s: %w", flag, fileError(path, err))
	}
	if !info.IsDir() {
		return fmt.Errorf("%s: %s: is not a folder; give one", flag, path)
	}
	return nil
}
