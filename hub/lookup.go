package hub

import (
	"context"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/exchange/parcel"
)

// Filling the lookup of candidates: how many go into one transaction, how long
// others have the database before the next, and how long to wait after a fault
// or while another hub does it.
const (
	lookupSome  = 100
	lookupPause = 5 * time.Millisecond
	lookupAgain = 30 * time.Second
)

// fillLookup puts what an older hub saved into the lookup of candidates, a
// little at a time, so that nobody waits; of several hubs one does it. It then
// has nothing to do: what is saved is put there with it.
func (h *Hub) fillLookup(ctx context.Context) error {
	for {
		done, err := h.fillOnce(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			h.log.Warn("lookup of candidates: filling stopped, will go on", "error", err.Error())
		}
		if done {
			<-ctx.Done()
			return nil
		}
		if !waits(ctx, lookupAgain) {
			return nil
		}
	}
}

// fillOnce fills until nothing is left; done is false when another hub has it
// in hand.
func (h *Hub) fillOnce(ctx context.Context) (done bool, err error) {
	lead, err := h.db.TryLead(ctx, "lookup")
	if err != nil || lead == nil {
		return false, err
	}
	defer func() {
		if e := lead.Release(context.WithoutCancel(ctx)); e != nil && err == nil {
			err = e
		}
	}()
	filled, closed := 0, 0
	for {
		var step candidate.Indexing
		err := h.db.Write(ctx, func(tx *db.Tx) (err error) {
			step, err = h.flow.Candidates.IndexSome(ctx, tx, lookupSome)
			return err
		})
		if err != nil {
			return false, err
		}
		filled, closed = filled+step.Done, closed+step.Closed
		if step.Done == 0 {
			if filled > 0 {
				h.log.Info("lookup of candidates is filled", "applications", filled, "unreadable", closed)
			}
			return true, nil
		}
		if !waits(ctx, lookupPause) {
			return false, ctx.Err()
		}
	}
}

// packer packs the data of candidates that offices ask for.
func (h *Hub) packer() *parcel.Packer {
	return &parcel.Packer{DB: h.db, Keys: h.keys, Candidates: h.flow.Candidates, Now: h.flow.Now, Log: h.log}
}

// waits lets a time pass; false when ctx ends first.
func waits(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
