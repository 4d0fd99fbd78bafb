// Package source is where transactions come from, and who is told how they
// went.
//
// [NewReader] reads documents from a file or a pipe. A spool folder and others
// are further implementations of [Source]. The package knows nothing of
// scripts.
//
// Order of calls: [Source.Next] until it gives io.EOF; [Source.Settle] once for
// each delivery, in any order; [Source.Close].
package source

import (
	"context"

	"github.com/luapush/luapush/runtime/mail"
)

// Source yields transactions. It is used from one goroutine, but for Settle,
// which any may call.
type Source interface {
	// Next waits for the next transaction; io.EOF says that there are no more.
	Next(ctx context.Context) (*Delivery, error)
	// Settle tells how the transaction went.
	Settle(d *Delivery, o Outcome) error
	// Close gives up what has not been settled.
	Close() error
}

// Delivery is a transaction handed over to be played.
type Delivery struct {
	Transaction *mail.Transaction
	// Last says that no more transactions of the same session are to be
	// expected, so that the session can be ended after this one.
	Last bool
}

// Outcome is how a transaction went.
type Outcome int

const (
	// Done is played, whatever the script made of it.
	Done Outcome = iota
	// FailedForNow is worth another try.
	FailedForNow
	// FailedForGood is not.
	FailedForGood
)
