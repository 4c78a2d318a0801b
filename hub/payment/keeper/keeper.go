package keeper

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
)

// Options of New.
type Options struct {
	DB      *db.DB
	Flow    *flow.Flow
	Journal *journal.Sealer // wakes the keeper
	Log     *slog.Logger    // nil discards
}

// Keeper keeps orders up with the journal.
type Keeper struct {
	o     Options
	rules map[string]*flow.Rules // of one goroutine: that of Run, or of who calls CatchUp
}

// New makes a keeper; Run starts it.
func New(o Options) (*Keeper, error) {
	if o.DB == nil || o.Flow == nil {
		return nil, errors.New("keeper: needs database and flow")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Keeper{o: o, rules: map[string]*flow.Rules{}}, nil
}

const (
	batch = 64  // entries followed in one transaction: others wait to write for no longer
	some  = 200 // applications looked at together, of a campaign
)

// Run keeps orders until ctx ends: the journal goes before what is walked through.
func (k *Keeper) Run(ctx context.Context) error {
	return journal.Following{DB: k.o.DB, Sealer: k.o.Journal, Log: k.o.Log, Worker: "orders", Again: "orders will be tried again", Retry: k.Again,
		CatchUp: func(ctx context.Context) (bool, error) {
			if err := k.CatchUp(ctx); err != nil {
				return false, err
			}
			return k.Walk(ctx)
		}}.Run(ctx)
}

// CatchUp follows every sealed entry that was not followed.
func (k *Keeper) CatchUp(ctx context.Context) error {
	for {
		n, err := k.step(ctx)
		if err != nil {
			return fmt.Errorf("keeper: follow: %w", err)
		}
		if n < batch {
			return nil
		}
	}
}

// step follows the next entries.
func (k *Keeper) step(ctx context.Context) (int, error) {
	var at uint64
	var entries []journal.Sealed
	err := k.o.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if at, err = Position(ctx, tx); err != nil {
			return err
		}
		entries, err = journal.After(ctx, tx, at, batch)
		return err
	})
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	to := entries[len(entries)-1].Number
	touched, campaigns := touchedBy(entries)
	err = k.keep(ctx, touched, func(tx *db.Tx) error {
		for _, c := range campaigns {
			if err := beginWalk(ctx, tx, c); err != nil {
				return err
			}
		}
		if len(touched) == 0 && len(campaigns) == 0 {
			tx.Quietly() // the position is kept by nobody
		}
		return move(ctx, tx, at, to)
	})
	return len(entries), err
}

// keep keeps the orders of some applications, and then moves on, in one transaction. If
// that fails, each is tried alone, and one that fails by itself is set aside: it must
// not keep the others waiting.
func (k *Keeper) keep(ctx context.Context, all []touch, then func(tx *db.Tx) error) error {
	err := k.o.DB.Write(ctx, func(tx *db.Tx) error {
		if err := k.together(ctx, tx, all); err != nil {
			return err
		}
		return then(tx)
	})
	if err == nil || len(all) == 0 || ctx.Err() != nil {
		return err
	}
	for _, t := range all {
		if err := k.alone(ctx, t); err != nil {
			return err
		}
	}
	return k.o.DB.Write(ctx, then)
}

// together keeps the orders of some applications, those of a campaign in one go.
func (k *Keeper) together(ctx context.Context, tx *db.Tx, all []touch) error {
	of := map[string][]flow.Keeping{}
	var order []string
	for _, t := range all {
		if of[t.campaign] == nil {
			order = append(order, t.campaign)
		}
		of[t.campaign] = append(of[t.campaign], flow.Keeping{Application: t.application, Since: t.since})
	}
	for _, campaign := range order {
		rules, err := k.rulesOf(ctx, tx, campaign)
		if err != nil {
			return err
		}
		if err := k.o.Flow.KeepOrders(ctx, tx, rules, of[campaign], flow.Hub()); err != nil {
			return err
		}
	}
	return nil
}

// one keeps the order of one application.
func (k *Keeper) one(ctx context.Context, tx *db.Tx, t touch) error {
	rules, err := k.rulesOf(ctx, tx, t.campaign)
	if err != nil {
		return err
	}
	_, err = k.o.Flow.KeepOrder(ctx, tx, rules, t.application, t.since, flow.Hub())
	return err
}

// alone keeps it in a transaction of its own, or sets it aside.
func (k *Keeper) alone(ctx context.Context, t touch) error {
	err := k.o.DB.Write(ctx, func(tx *db.Tx) error { return k.one(ctx, tx, t) })
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	k.o.Log.Warn("an order could not be kept; it is set aside and tried again", "worker", "orders", "applications", 1, "error", err.Error())
	return k.o.DB.Write(ctx, func(tx *db.Tx) error { return putAside(ctx, tx, t, k.o.Flow.Now().UnixMilli(), err.Error()) })
}

// rulesOf keeps the rules of a campaign made ready; flow asks whether they are the
// newest. Of an unknown one there are none: then the application is asked for them.
func (k *Keeper) rulesOf(ctx context.Context, tx *db.Tx, campaign string) (*flow.Rules, error) {
	if campaign == "" {
		return nil, nil
	}
	kept, err := k.o.Flow.KeepRules(ctx, tx, campaign, k.rules[campaign])
	if err != nil {
		return nil, err
	}
	k.rules[campaign] = kept
	return kept, nil
}
