package hub

import (
	"context"
	"io"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/daybook"
	"zhunkao/hub/payment/statement"
)

// bookKeeper keeps the books of days: it fetches statements, reconciles, and asks the
// channels about what only their files have.
func (h *Hub) bookKeeper() *daybook.Keeper {
	return &daybook.Keeper{Books: h.books(), Log: h.log, Channels: h.teller.Configured(),
		Statement: func(ctx context.Context, name string, day time.Time, to io.Writer) error {
			return h.teller.Channel(name).Statement(ctx, day, to)
		},
		Ask: func(ctx context.Context, o payment.Order) error {
			_, err := h.teller.AskNow(ctx, o)
			return err
		},
		Query: func(ctx context.Context, name, asked string, opened time.Time, fen int64) (channel.Word, error) {
			return h.teller.Channel(name).Query(ctx, channel.Ask{Order: asked, Opened: opened, Fen: fen, Until: opened, Way: channel.Scan})
		},
		Book: func(ctx context.Context, tx *db.Tx, m payment.Movement) error {
			_, err := h.flow.BookMovement(ctx, tx, m, flow.Hub())
			return err
		},
		Taken: func(ctx context.Context, tx *db.Tx, f daybook.File) error {
			return h.flow.TakeStatement(ctx, tx, f, flow.Hub())
		},
		Refused: func(ctx context.Context, tx *db.Tx, name string, day daybook.Day, fault statement.Fault) error {
			return h.flow.RefuseStatement(ctx, tx, name, day, fault, flow.Hub())
		}}
}

// books are the books of days, as pages and workers share them.
func (h *Hub) books() *daybook.Books {
	return &daybook.Books{DB: h.db, Keys: h.keys, Now: func() int64 { return h.Now().UnixMilli() }}
}
