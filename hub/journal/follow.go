package journal

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"zhunkao/hub/db"
)

// Following is a worker that keeps something up with the journal. Of all hubs on a
// database one does; the others stand by. A fault is logged and tried again.
type Following struct {
	DB     *db.DB
	Sealer *Sealer // wakes it
	Log    *slog.Logger
	Worker string // of the lead, and in the log
	Again  string // what the log says of a fault

	// CatchUp follows every sealed entry that was not followed. more says that something
	// else waits: it is called again at once, once the lead was looked at.
	CatchUp func(ctx context.Context) (more bool, err error)
	// Retry looks at what is aside; nil where nothing ever is.
	Retry func(ctx context.Context) error
}

const (
	followLook  = time.Second      // how often a hub that does not lead tries to
	followPause = 2 * time.Second  // after a fault
	followLast  = 5 * time.Second  // to give the lead back when ctx has ended
	followMost  = 30 * time.Second // longest pause between two tries
	followRetry = 10 * time.Second // how often what is aside is looked for
)

// Run follows until ctx ends; nil then.
func (f Following) Run(ctx context.Context) error {
	wait := followPause
	for {
		began := time.Now()
		err := f.lead(ctx)
		if ctx.Err() != nil {
			return nil
		}
		next := followLook
		if err != nil {
			if time.Since(began) > followMost {
				wait = followPause
			}
			next, wait = wait, min(2*wait, followMost)
			f.Log.Warn(f.Again, "worker", f.Worker, "error", err.Error())
		}
		timer := time.NewTimer(next)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}

// lead follows for as long as this hub leads; nil when another does.
func (f Following) lead(ctx context.Context) (err error) {
	lead, err := f.DB.TryLead(ctx, f.Worker)
	if err != nil || lead == nil {
		return err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), followLast)
		defer cancel()
		err = errors.Join(err, lead.Release(end))
	}()
	held, again := time.NewTicker(followLook), time.NewTicker(followRetry)
	defer held.Stop()
	defer again.Stop()
	for {
		moved := f.Sealer.Changed() // before looking: what comes meanwhile wakes it again
		more, err := f.CatchUp(ctx)
		if err != nil {
			return err
		}
		if more { // the journal goes before, and the lead is looked at
			select {
			case <-ctx.Done():
				return nil
			case <-held.C:
				if err := lead.Held(ctx); err != nil {
					return err
				}
			default:
			}
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-moved:
		case <-again.C:
			if f.Retry == nil {
				continue
			}
			if err := f.Retry(ctx); err != nil {
				return err
			}
		case <-held.C:
			if err := lead.Held(ctx); err != nil {
				return err
			}
		}
	}
}
