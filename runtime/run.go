package runtime

import (
	"context"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/source"
)

// Summary is how the transactions of a source went, together.
type Summary struct {
	Transactions int
	Requests     int
	Errors       int
	// Skipped counts the transactions for which no function was called.
	Skipped int
}

// Run plays all transactions of a source through a program, in their order,
// opening and closing sessions as they come and go; see [Host.RunDrivers],
// which does the same for several.
func (h *Host) Run(ctx context.Context, p *Program, from source.Source) (Summary, error) {
	only := DriverList{Drivers: []*Driver{{Program: p}}}
	return h.RunDrivers(ctx, func(*mail.Transaction) DriverList { return only }, from)
}
