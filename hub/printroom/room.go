package printroom

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/exampapers"
	"zhunkao/hw/printer"
)

// user is what printers are told as the sender of our jobs.
const user = "zhunkao"

// timing has the times that tests shorten.
type timing struct {
	look     time.Duration // between two looks for work
	quiet    time.Duration // for how long a hub that says nothing is believed to live
	beat     time.Duration // between two signs of life, and two looks whether somebody wants no more
	again    time.Duration // before a part that did not come out is tried again; grows up to most
	most     time.Duration
	patience time.Duration // how long a printer may need a person before the print is held
	parting  time.Duration // a hub that ends waits so long for a document that is on its way
	limit    time.Duration // of a job at the printer, waiting for paper included; then it is cancelled
}

func usualTiming() timing {
	return timing{look: 2 * time.Second, quiet: time.Minute, beat: time.Second, again: 2 * time.Second, most: 15 * time.Second, patience: 30 * time.Minute, parting: 20 * time.Second, limit: 3 * time.Hour}
}

// Options is what a Room needs. All of it but Log is required.
type Options struct {
	DB   *db.DB
	Keys exampapers.Keys
	Now  func() time.Time // the hub's civil clock
	// Ended is called in the transaction in which a print ends by itself.
	Ended func(context.Context, *db.Tx, Print) error
	Log   *slog.Logger // default slog.Default()
}

// Room sends what is asked for to the printers. Any number may run on one database.
type Room struct {
	Options
	times timing

	mu   sync.Mutex // guards devs
	devs map[string]*printer.Printer
}

// New makes a Room.
func New(o Options) *Room {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Room{Options: o, times: usualTiming(), devs: map[string]*printer.Printer{}}
}

// Run sends prints until ctx ends, one at a time to each printer. A document that is on
// its way then is cancelled; a job that the printer has whole is left to it, for the next
// Room to ask about. What fails is tried again or held; it never ends the hub.
func (r *Room) Run(ctx context.Context) error {
	var hands sync.WaitGroup
	defer hands.Wait()
	t := time.NewTicker(r.times.look)
	defer t.Stop()
	for {
		h, err := r.claim(ctx)
		if err != nil && ctx.Err() == nil {
			r.Log.Warn("prints: will try again", "worker", "printroom", "error", err.Error())
		}
		if h != nil {
			hands.Go(func() { h.see(ctx) })
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// claim takes the oldest print that waits and whose printer is free; nil if there is none.
// What a hub had that says nothing any more waits again.
func (r *Room) claim(ctx context.Context) (*hand, error) {
	silent := time.Now().Add(-r.times.quiet).UnixMilli()
	const free = `state = 'queued' AND NOT EXISTS (SELECT 1 FROM exam_print o WHERE o.printer = exam_print.printer AND o.state = 'printing' AND o.beat >= $1)`
	some := false
	if err := r.DB.Ask(ctx, func(tx *db.Tx) error {
		var n int
		err := tx.QueryRow(ctx, `SELECT count(*) FROM exam_print WHERE `+free+` OR state = 'printing' AND beat < $1`, silent).Scan(&n)
		some = n > 0
		return err
	}); err != nil || !some {
		return nil, err
	}
	var h *hand
	err := r.DB.Write(ctx, func(tx *db.Tx) error {
		h = nil
		if _, err := tx.Exec(ctx, `UPDATE exam_print SET state = 'queued' WHERE state = 'printing' AND beat < $1`, silent); err != nil {
			return err
		}
		var id string
		err := tx.QueryRow(ctx, `SELECT id FROM exam_print WHERE `+free+` ORDER BY asked_at, id LIMIT 1`, silent).Scan(&id)
		if errors.Is(err, db.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		beat := time.Now().UnixMilli()
		n, err := tx.Exec(ctx, `UPDATE exam_print SET state = 'printing', beat = $1 WHERE id = $2 AND state = 'queued'`, beat, id)
		if err == nil && n == 1 {
			h = &hand{Room: r, id: id, beat: beat}
		}
		return err
	})
	if db.Unique(err) { // another hub was faster at this printer
		return nil, nil
	}
	return h, wrap("claim", err)
}

// dev is the driver of a printer. It lives as long as the Room: it remembers which jobs
// were given up and are to be cancelled yet.
func (r *Room) dev(p Printer) (*printer.Printer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if d := r.devs[p.ID]; d != nil {
		return d, nil
	}
	d, err := printer.New(printer.Options{URI: p.Address, User: user, Format: printer.FormatPDF, Pin: p.pin, Limit: r.times.limit, Log: slog.New(slog.DiscardHandler), Pinned: func(pin []byte) error {
		return r.DB.Write(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec(context.Background(), `UPDATE office_printer SET pin = $1 WHERE id = $2`, pin, p.ID)
			return err
		})
	}})
	if err == nil {
		r.devs[p.ID] = d
	}
	return d, err
}
