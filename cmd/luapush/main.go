// Command luapush runs Lua scripts for mail events as Dovecot does.
//
// main hands in what belongs to the process: arguments, files, terminal,
// signals. Everything else is a function of those, so that the whole command
// runs inside a test. A verb has its file; the exit codes are in exit.go.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// patience is how long a verb has to end after an interrupt.
const patience = 10 * time.Second

func main() { os.Exit(int(start())) }

func start() ExitCode {
	// net/http has remarks for a log of its own, which would fall between the
	// lines of the trace.
	log.SetOutput(io.Discard)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() {
		// Who interrupts twice does not want to wait, and who interrupts once not for
		// long: what reads a huge file does not look up.
		stop()
		time.AfterFunc(patience, func() {
			fmt.Fprintln(os.Stderr, "luapush: interrupted")
			os.Exit(int(CouldNotRun))
		})
	})
	return Main(ctx, os.Args[1:], Environment{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Terminal: isTerminal(os.Stdout),
	})
}

// isTerminal tells whether a file is a terminal, for colours.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
