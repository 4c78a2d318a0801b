package campaign

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// ErrBusy says that another rehearsal is under way: one at a time.
var ErrBusy = errors.New("campaign: another rehearsal is running")

const (
	// batch is how many applications are read in one transaction.
	batch = 512
	// kept is how many effects are written in one transaction.
	kept = 2048
	// lead is the one rehearsal among all hubs on a database.
	lead = "rehearsal"
)

// Walk is a rehearsal under way. Begin makes one; after it Run, then Finish in
// a transaction, or Stop; and Close in any case.
type Walk struct {
	Rehearsal // as it stands

	db         *db.DB
	candidates *candidate.Store
	lead       *db.Lead
	old, now   *rules.Checker // old is nil when no version is in force
	places     map[string]rules.Place
	on         time.Time
	byDivision map[string]*Totals
	said       time.Time // real time it last said how far it is
}

// Begin prepares the rehearsal of a draft on the day of now. note, if given, is
// asked in the transaction that says it has begun. ErrNoDraft, ErrOvertaken,
// ErrBusy.
func Begin(ctx context.Context, d *db.DB, candidates *candidate.Store, digest []byte, by string, now time.Time,
	note ...func(*db.Tx, Rehearsal) error) (w *Walk, err error) {
	l, err := d.TryLead(ctx, lead)
	if err != nil {
		return nil, fmt.Errorf("campaign: rehearse: %w", err)
	}
	if l == nil {
		return nil, ErrBusy
	}
	begun := &Walk{db: d, candidates: candidates, lead: l, on: now, byDivision: map[string]*Totals{}}
	w = begun
	defer func() {
		if err != nil { // w is nil by now: the lead must go back all the same
			err = errors.Join(err, begun.Close(ctx))
		}
	}()
	if err := w.clear(ctx); err != nil {
		return nil, err
	}
	if err := d.Read(ctx, func(tx *db.Tx) error { return w.prepare(ctx, tx, digest) }); err != nil {
		return nil, err
	}
	w.By, w.State, w.Began = by, Running, now.UnixMilli()
	w.Day = now.In(window.Zone()).Format(time.DateOnly)
	err = d.Write(ctx, func(tx *db.Tx) error {
		// Rows are never taken away and only who holds the lead adds one, so that
		// the newest has the highest number: clocks may be set back.
		var before int64
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM campaign_rehearsal`).Scan(&before); err != nil {
			return err
		}
		w.ID = fmt.Sprintf("h%012d", before+1)
		_, err := tx.Exec(ctx, `INSERT INTO campaign_rehearsal (`+rehearsalColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, 0, 0, 0, 0, 0)`, w.ID, w.Digest, w.Campaign, int64(w.Version), int64(w.Against),
			w.againstDigest, w.Rehearsal.places, w.saved, w.Day, string(w.State), w.By, w.Began)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO campaign_progress (rehearsal, done, total, stop, beat) VALUES ($1, 0, $2, FALSE, $3)`,
			w.ID, w.Applications, time.Now().UnixMilli()); err != nil {
			return err
		}
		for _, f := range note {
			if err := f(tx, w.Rehearsal); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("campaign: rehearse: %w", err)
	}
	return w, nil
}

// prepare reads, in one snapshot, what the rehearsal is made of. What is saved
// from here on counts as saved since.
func (w *Walk) prepare(ctx context.Context, tx *db.Tx, digest []byte) error {
	draft, err := GetDraft(ctx, tx, digest)
	if err != nil {
		return err
	}
	c, err := rules.Decode(draft.Bundle)
	if err != nil {
		return fmt.Errorf("campaign: %w", err)
	}
	if w.now, err = c.Checker(); err != nil {
		return fmt.Errorf("campaign: %w", err)
	}
	w.Digest, w.Campaign, w.Version, w.againstDigest = draft.Digest, draft.Campaign, draft.Version, []byte{}
	inForce, err := Latest(ctx, tx, draft.Campaign)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if err == nil {
		if inForce.Version >= draft.Version {
			return ErrOvertaken
		}
		if w.old, err = checkerOf(inForce); err != nil {
			return err
		}
		w.Against, w.againstDigest = inForce.Version, inForce.Digest
	}
	if w.places, err = Places(ctx, tx, c.Province); err != nil {
		return err
	}
	w.Rehearsal.places = digestOf(w.places)
	extent, err := candidate.Measure(ctx, tx, draft.Campaign)
	w.saved, w.Applications = extent.Saved, extent.Applications
	return err
}

func checkerOf(v Version) (*rules.Checker, error) {
	c, err := v.Decode()
	if err != nil {
		return nil, fmt.Errorf("campaign: version in force: %w", err)
	}
	k, err := c.Checker()
	if err != nil {
		return nil, fmt.Errorf("campaign: version in force: %w", err)
	}
	return k, nil
}

// part is what came of one batch.
type part struct {
	totals  map[string]*Totals // by division
	n       int64
	effects []Effect
}

// Run walks over every application of the campaign, on all cores, in batches
// that each have a short transaction of their own. progress, if not nil, is
// told now and then how many of how many are done, always from one goroutine.
// It ends early, with ctx's error, when ctx ends.
func (w *Walk) Run(ctx context.Context, progress func(done, of int64)) error {
	if progress == nil {
		progress = func(int64, int64) {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	workers := runtime.GOMAXPROCS(0)
	batches, parts := make(chan []candidate.Sealed, workers), make(chan part, workers)
	var all sync.WaitGroup
	all.Go(func() {
		defer close(batches)
		if err := w.read(ctx, batches); err != nil {
			cancel(err)
		}
	})
	for range workers {
		all.Go(func() {
			for b := range batches {
				select {
				case parts <- w.judge(b):
				case <-ctx.Done():
				}
			}
		})
	}
	go func() { all.Wait(); close(parts) }()
	err := w.collect(ctx, parts, progress)
	if err != nil {
		cancel(err)
	}
	for range parts { // until all have ended
	}
	if err == nil {
		err = context.Cause(ctx)
	}
	return err
}

// read sends batch after batch.
func (w *Walk) read(ctx context.Context, to chan<- []candidate.Sealed) error {
	for after := ""; ; {
		var b []candidate.Sealed
		err := w.db.Read(ctx, func(tx *db.Tx) (err error) {
			b, err = w.candidates.After(ctx, tx, w.Campaign, after, batch)
			return err
		})
		if err != nil {
			return err
		}
		if len(b) == 0 {
			return nil
		}
		after = b[len(b)-1].ID
		select {
		case to <- b:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// judge is the work itself: open, check twice, compare.
func (w *Walk) judge(b []candidate.Sealed) part {
	p := part{totals: map[string]*Totals{}, n: int64(len(b))}
	for _, x := range b {
		e, hurt := w.effect(x)
		totalsOf(p.totals, x.Division).note(e.Kinds)
		if hurt {
			e.Application, e.Point, e.Division = x.ID, x.Point, x.Division
			p.effects = append(p.effects, e)
		}
	}
	return p
}

func (w *Walk) effect(x candidate.Sealed) (Effect, bool) {
	app, err := w.candidates.Open(x)
	if err != nil {
		// One damaged row must not keep the province from a new version: it is
		// counted and named, and those who sign see it.
		return Effect{Kinds: Unreadable, OldFee: NoFee, NewFee: NoFee}, true
	}
	place := w.places[x.Point] // the zero Place is one that nobody knows
	now := w.now.Check(app, place, w.on)
	if w.old == nil {
		return Compare(rules.Assessment{Fee: now.Fee, FeeKnown: now.FeeKnown}, now)
	}
	return Compare(w.old.Check(app, place, w.on), now)
}

func totalsOf(m map[string]*Totals, division string) *Totals {
	t := m[division]
	if t == nil {
		t = &Totals{}
		m[division] = t
	}
	return t
}

// collect adds up what the workers found and writes it down.
func (w *Walk) collect(ctx context.Context, parts <-chan part, progress func(done, of int64)) error {
	of, done := w.Applications, int64(0)
	var waiting []Effect
	progress(0, of)
	for p := range parts {
		for division, t := range p.totals {
			totalsOf(w.byDivision, division).add(*t)
		}
		waiting = append(waiting, p.effects...)
		if len(waiting) >= kept {
			if err := w.keep(ctx, waiting); err != nil {
				return err
			}
			waiting = waiting[:0]
		}
		done += p.n
		progress(done, max(done, of)) // people go on registering meanwhile
		if err := w.say(ctx, done, max(done, of)); err != nil {
			return err
		}
	}
	return w.keep(ctx, waiting)
}

// keep writes some effects in a transaction of their own.
func (w *Walk) keep(ctx context.Context, some []Effect) error {
	if len(some) == 0 {
		return nil
	}
	rows := make([][]any, len(some))
	for i, e := range some {
		rows[i] = []any{w.ID, e.Application, e.Division, e.Point, int64(e.Kinds), e.OldFee, e.NewFee, strings.Join(e.Codes, codeBreak)}
	}
	err := w.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Many(ctx, rows, func(values string) string {
			return `INSERT INTO campaign_effect (rehearsal, application, division, point, kinds, old_fee, new_fee, codes) VALUES ` + values
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("campaign: rehearsal %s: %w", w.ID, err)
	}
	return nil
}

const codeBreak = "\n"

func splitCodes(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, codeBreak)
}

// Finish writes what came of the walk; at is in ms since 1970. Earlier
// rehearsals of the draft keep their numbers and lose their lists.
func (w *Walk) Finish(ctx context.Context, tx *db.Tx, at int64) error {
	w.Totals, w.State, w.Ended = Totals{}, Done, at
	rows := make([][]any, 0, len(w.byDivision))
	for _, division := range slices.Sorted(maps.Keys(w.byDivision)) {
		t := *w.byDivision[division]
		w.Totals.add(t)
		rows = append(rows, []any{w.ID, division, t.Applications, t.Invalid, t.Valid, t.Choice, t.Fee, t.Unreadable})
	}
	if len(rows) > 0 {
		if _, err := tx.Many(ctx, rows, func(values string) string {
			return `INSERT INTO campaign_rehearsal_division (rehearsal, division, applications, invalid, valid, choice, fee, unreadable) VALUES ` + values
		}); err != nil {
			return fmt.Errorf("campaign: rehearsal %s: %w", w.ID, err)
		}
	}
	t := w.Totals
	_, err := tx.Exec(ctx, `UPDATE campaign_rehearsal SET state = $1, ended_at = $2, applications = $3, invalid = $4, valid = $5,
		choice = $6, fee = $7, unreadable = $8 WHERE id = $9`, string(w.State), w.Ended, t.Applications, t.Invalid, t.Valid, t.Choice, t.Fee, t.Unreadable, w.ID)
	if err != nil {
		return fmt.Errorf("campaign: rehearsal %s: %w", w.ID, err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM campaign_progress WHERE rehearsal = $1`, w.ID); err != nil {
		return fmt.Errorf("campaign: rehearsal %s: %w", w.ID, err)
	}
	return nil
}

// Close ends the walk: one that is not finished is stopped and leaves no list.
// It does its work also when ctx has ended, for a short time.
func (w *Walk) Close(ctx context.Context) error {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	var err error
	if w.State == Running {
		err = w.clear(ctx)
	}
	return errors.Join(err, w.lead.Release(ctx))
}

// clear stops every rehearsal that stands as running: whoever holds the lead
// knows that nobody runs them. It also takes away lists that nobody asks for
// any more: those of rehearsals that were stopped, or done again.
func (w *Walk) clear(ctx context.Context) error {
	err := w.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE campaign_rehearsal SET state = $1 WHERE state = $2`, string(Stopped), string(Running)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM campaign_progress`)
		return err
	})
	if err != nil {
		return fmt.Errorf("campaign: rehearsal: %w", err)
	}
	if w.State == Running {
		w.State = Stopped
	}
	for {
		var n int64
		err := w.db.Write(ctx, func(tx *db.Tx) (err error) {
			n, err = tx.Exec(ctx, `DELETE FROM campaign_effect WHERE (rehearsal, application) IN (
				SELECT e.rehearsal, e.application FROM campaign_effect e JOIN campaign_rehearsal r ON r.id = e.rehearsal
				WHERE r.state = $1 OR EXISTS (SELECT 1 FROM campaign_rehearsal n
					WHERE n.digest = r.digest AND n.state = $2 AND n.id > r.id) LIMIT $3)`, string(Stopped), string(Done), kept)
			return err
		})
		if err != nil {
			return fmt.Errorf("campaign: rehearsal: %w", err)
		}
		if n < kept {
			return nil
		}
	}
}
