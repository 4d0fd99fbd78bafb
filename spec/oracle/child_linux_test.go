package oracle_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/luapush/luapush/spec/oracle"
	"github.com/luapush/luapush/spec/oracle/oracletest"
)

// childVariable makes the test program start a Dovecot, say where, and wait for
// its end: "wait" until it is killed, "deliver" for one delivery.
const childVariable = "LUAPUSH_ORACLE_CHILD"

func child() int {
	i, err := oracle.Start(context.Background(), oracle.Options{Handler: handler})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(i.Dir())
	if os.Getenv(childVariable) == "wait" {
		_, _ = io.Copy(io.Discard, os.Stdin)
		return 0
	}
	if _, err = i.Send(oracle.Envelope{To: []string{user}, Session: "ONE"}, mail("x")); err == nil {
		fmt.Println(said(i.Log(), "ONE"))
	}
	if err := errors.Join(err, i.Stop()); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// processes gives the command lines of the processes that have a file below dir
// open, or are named after it.
func processes(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() || strings.Trim(e.Name(), "0123456789") != "" || e.Name() == fmt.Sprint(os.Getpid()) {
			continue
		}
		line, err := os.ReadFile("/proc/" + e.Name() + "/cmdline")
		if err != nil {
			continue
		}
		uses := strings.Contains(string(line), dir)
		fds, _ := filepath.Glob("/proc/" + e.Name() + "/fd/*")
		for _, fd := range fds {
			to, err := os.Readlink(fd)
			uses = uses || err == nil && strings.HasPrefix(to, dir)
		}
		if uses {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}

func TestTheDeathOfThisProcessEndsDovecot(t *testing.T) {
	oracletest.Need(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"=wait")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dir, err := bufio.NewReader(out).ReadString('\n')
	dir = strings.TrimSpace(dir)
	if err != nil || !filepath.IsAbs(dir) {
		t.Fatalf("the child says %q, %v", dir, err)
	}
	if len(processes(t, dir)) == 0 {
		t.Error("no process of the child's instance is found while it runs")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	deadline := time.Now().Add(5 * time.Second)
	for left := processes(t, dir); len(left) > 0; left = processes(t, dir) {
		if time.Now().After(deadline) {
			t.Fatalf("left: %v", left)
		}
		time.Sleep(10 * time.Millisecond)
	}
	// What it left in the file system goes with the next start, a minute later.
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(dir, old, old); err != nil {
		t.Fatal(err)
	}
	oracletest.Start(t, oracle.Options{})
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the directory is still there: %v", err)
	}
}

func TestAnOrdinaryUserCanStartOne(t *testing.T) {
	oracletest.Need(t)
	if os.Geteuid() != 0 {
		t.Log("this is what all the other tests do")
		return
	}
	// The test program stands where only its owner may go.
	dir, err := os.MkdirTemp("", "luapush-user-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "child")
	if err := os.WriteFile(path, program, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=/nonexistent", childVariable + "=deliver"}
	nobody := syscall.Credential{Uid: 65534, Gid: 65534}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &nobody}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Info new x|") {
		t.Errorf("got %v:\n%s", err, out)
	}
}
