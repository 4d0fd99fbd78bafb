package stdlib

import "strings"

// emptySegment stands for the nothing between two slashes while dots are removed, as LuaSocket does it: such a segment
// can be taken away by ".." like any other, and bytes of this value in the input get lost.
const emptySegment = "\x01"

// removeDots resolves "." and ".." in a path. LuaSocket rewrites the text until nothing changes; this gives the same
// result in one pass over the segments, since the rewriting takes quadratic time.
func removeDots(path string) string {
	segments := strings.Split(path, "/")
	last := len(segments) - 1
	kept := segments[:0:0]
	for i, segment := range segments {
		inner := i > 0 && i < last
		if inner && segment == "." {
			continue
		}
		if inner && segment == "" {
			segment = emptySegment
		}
		kept = append(kept, segment)
	}
	kept = removeParents(kept)
	return strings.ReplaceAll(removeDotsAtEnd(strings.Join(kept, "/")), emptySegment, "")
}

// removeParents takes away, leftmost first, each segment that ".." and something else follow, together with the "..".
// A ".." counts as such a segment, too.
func removeParents(segments []string) []string {
	var done []string
	rest := segments
	for len(rest) > 0 {
		if len(rest) > 2 && rest[0] != "" && rest[1] == ".." && rest[2] != "" {
			rest = rest[2:]
			// What now stands here may complete a match that begins one segment earlier.
			if len(done) > 0 {
				// The memory in front of rest holds the segments just taken away.
				rest = prepend(done[len(done)-1], rest, segments)
				done = done[:len(done)-1]
			}
			continue
		}
		done = append(done, rest[0])
		rest = rest[1:]
	}
	return done
}

// prepend puts a segment in front of rest, which is a tail of segments that was shortened by at least two.
func prepend(segment string, rest, segments []string) []string {
	at := len(segments) - len(rest) - 1
	segments[at] = segment
	return segments[at:]
}

// removeDotsAtEnd handles what the last segments leave, and a ".." at the very beginning.
func removeDotsAtEnd(path string) string {
	if trimmed := strings.TrimRight(path, "/"); strings.HasSuffix(trimmed, "/..") {
		before := strings.TrimSuffix(trimmed, "/..")
		if start := strings.LastIndexByte(before, '/') + 1; start < len(before) {
			path = before[:start]
		}
	}
	if strings.HasSuffix(path, "/..") {
		path = strings.TrimSuffix(path, "..")
	}
	if strings.HasSuffix(path, "/.") {
		path = strings.TrimSuffix(path, ".")
	}
	if strings.HasPrefix(path, "/../") {
		path = path[3:]
	}
	return path
}
