package store

import (
	"context"

	"github.com/luapush/luapush/runtime/mail"
)

// ContextStore is a [Store] whose answers may have to be waited for: a lock, a
// server. The view of [ContextStore.ViewContext] gives up when the context
// ends; that of View waits as long as the store's own limits allow.
type ContextStore interface {
	Store
	// ViewContext is View, with every wait of the view ended by the context.
	ViewContext(ctx context.Context, t *mail.Transaction) View
}

// ViewContext gives a view whose waits end with the context, from a store that
// has any, and otherwise the store's view.
func ViewContext(ctx context.Context, s Store, t *mail.Transaction) View {
	if c, ok := s.(ContextStore); ok {
		return c.ViewContext(ctx, t)
	}
	return s.View(t)
}
