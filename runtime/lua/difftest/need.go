package difftest

import (
	"os"
	"os/exec"
	"testing"
)

// Need ends a test early on a machine without the reference program: there it
// is skipped, and says so; in CI it fails, which has to install it.
func Need(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath(Reference); err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed, and CI must have it", Reference)
	}
	t.Skipf("SKIPPED: %s is not installed (Debian package %s), so nothing was compared with it", Reference, Reference)
}
