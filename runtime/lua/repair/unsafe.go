package repair

import "unsafe"

// unsafeString makes a string of bytes that nobody will change, as
// strings.Builder does.
func unsafeString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
