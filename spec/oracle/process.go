package oracle

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// watchdog is what ends Dovecot when this process cannot: its standard input
// ends with this process, whatever the cause. It leads the process group that all
// of Dovecot's processes stay in, and does not heed what it tells them.
const watchdog = `trap "" TERM INT HUP
read line
kill -TERM 0; sleep 1
kill -TERM 0; sleep 1
kill -KILL 0`

// process is Dovecot's master in the foreground, and the watchdog.
type process struct {
	group int
	hold  io.Closer     // the watchdog's standard input
	done  chan struct{} // closed when the master has ended
	idle  chan struct{} // closed when the watchdog has ended
}

// run starts a program whose outputs go to a file.
func run(path, output string, args ...string) (*process, error) {
	out, err := os.Create(output)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	dog := exec.Command("/bin/sh", "-c", watchdog)
	joinGroup(dog, 0)
	dog.Dir = "/"
	hold, err := dog.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := dog.Start(); err != nil {
		return nil, fmt.Errorf("watchdog: %w", err)
	}
	p := &process{group: dog.Process.Pid, hold: hold, done: make(chan struct{}), idle: make(chan struct{})}
	go func() {
		_ = dog.Wait() // it was killed
		close(p.idle)
	}()
	master := exec.Command(path, args...)
	joinGroup(master, p.group)
	master.Stdout, master.Stderr = out, out
	master.Dir = "/"
	if err := master.Start(); err != nil {
		close(p.done)
		p.stop()
		return nil, err
	}
	go func() {
		_ = master.Wait() // how it ended is in its log
		close(p.done)
	}()
	return p, nil
}

// stop ends the whole group: asked first, so that sessions end as they do in
// production, then killed. The master alone would take a second to notice that
// its processes have ended. They are asked again and again: a process that has
// just been made cannot hear yet.
func (p *process) stop() {
	again := time.NewTicker(askTime)
	defer again.Stop()
	for deadline := time.Now().Add(stopTime); p.running() && time.Now().Before(deadline); {
		signalGroup(p.group, terminate)
		select {
		case <-p.done:
		case <-again.C:
		}
	}
	// The watchdog, and what has lost its master or does not listen.
	signalGroup(p.group, kill)
	<-p.done
	<-p.idle
	_ = p.hold.Close() // its reader is gone
	for deadline := time.Now().Add(stopTime); groupAlive(p.group) && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
}

func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}
