package hub

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
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

// days adds to the operator's socket:
//
//	POST /day/verify {"Day": "2019-09-06"} → daybook.Verified
//	POST /statement {"Channel", "Day", "Name", "Bytes"} → daybook.Taken
func (h *Hub) days(mux *http.ServeMux) {
	mux.HandleFunc("POST /day/verify", h.answer(func(r *http.Request) (any, error) {
		var ask struct{ Day string }
		err := json.NewDecoder(r.Body).Decode(&ask)
		day, ok := daybook.ParseDay(ask.Day)
		if err != nil || !ok {
			return nil, errAsk
		}
		var v daybook.Verified
		err = h.db.Read(r.Context(), func(tx *db.Tx) (err error) { v, err = h.books().Verify(r.Context(), tx, day); return err })
		if errors.Is(err, daybook.ErrNotFound) {
			err = nil // it is open: nothing to hold against anything
		}
		return v, err
	}))
	mux.HandleFunc("POST /statement", h.answerTo(2*daybook.MaxFile, func(r *http.Request) (any, error) {
		var d daybook.Delivery
		if err := json.NewDecoder(r.Body).Decode(&d); err != nil {
			return nil, errAsk
		}
		return BringStatement(r.Context(), h.books(), h.flow, d)
	}))
}

// BringStatement takes a file that an operator brings, journals what became of it, and
// runs the open days. A refused file is no error: its summary says why.
func BringStatement(ctx context.Context, books *daybook.Books, f *flow.Flow, d daybook.Delivery) (daybook.Taken, error) {
	d.Source, d.By = daybook.Brought, ""
	out, err := books.Take(ctx, d, func(ctx context.Context, tx *db.Tx, file daybook.File) error {
		return f.TakeStatement(ctx, tx, file, flow.Operator())
	})
	if errors.Is(err, daybook.ErrRefused) {
		return out, books.DB.Write(ctx, func(tx *db.Tx) error {
			return f.RefuseStatement(ctx, tx, d.Channel, d.Day, out.Summary.Faults[0], flow.Operator())
		})
	}
	if err == nil {
		_, err = books.RunAll(ctx)
	}
	return out, err
}
