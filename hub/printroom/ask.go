package printroom

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/exampapers"
)

// Asked is what a person asks for.
type Asked struct {
	Batch   exampapers.Batch
	Printer Printer
	Look    bool // the cover first; the rest when somebody has looked at it
	By      string
	At      int64 // ms, civil clock
}

// Ask sends a batch to a printer: what of it is not on paper yet. Who may is judged
// before. ErrState: it is on its way, is printed whole, or its file is not there. ErrUnsure: a
// part of an earlier print is to be settled first. exampapers.ErrVoid.
func Ask(ctx context.Context, tx *db.Tx, a Asked) (Print, error) {
	if err := exampapers.MayFetch(ctx, tx, a.Batch.ID); err != nil {
		return Print{}, err
	}
	earlier, err := OfBatch(ctx, tx, a.Batch.ID)
	if err != nil {
		return Print{}, err
	}
	there := map[int]bool{}
	for _, p := range earlier {
		if p.State.Open() {
			return Print{}, ErrState
		}
		for _, x := range p.Parts {
			there[x.N] = there[x.N] || x.State == Printed
			if x.State == Unsure {
				return Print{}, ErrUnsure
			}
		}
	}
	sections, err := exampapers.Sections(ctx, tx, a.Batch.ID)
	if err != nil {
		return Print{}, err
	}
	out := Print{ID: newID(), Batch: a.Batch.ID, Campaign: a.Batch.Campaign, Division: a.Batch.Division, Printer: a.Printer.ID, Name: a.Printer.Name, State: Queued, Look: a.Look && !there[0], AskedBy: a.By, AskedAt: a.At}
	for _, s := range sections {
		if !there[s.N] {
			out.Parts = append(out.Parts, Part{N: s.N, Pages: s.Pages, State: Waiting})
		}
	}
	if len(out.Parts) == 0 {
		return Print{}, ErrState
	}
	if _, err := tx.Exec(ctx, `INSERT INTO exam_print (`+printColumns+`, beat) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0)`,
		out.ID, out.Batch, out.Campaign, out.Division, out.Printer, out.Name, string(out.State), out.Why, out.Look, out.Stop, out.AskedBy, out.AskedAt, out.EndedAt); err != nil {
		if db.Unique(err) { // another sent it just now
			return Print{}, ErrState
		}
		return Print{}, fmt.Errorf("printroom: ask: %w", err)
	}
	for _, x := range out.Parts {
		if _, err := tx.Exec(ctx, `INSERT INTO exam_print_part (print, n, pages, state, sign, job, done) VALUES ($1, $2, $3, $4, '', 0, 0)`, out.ID, x.N, x.Pages, string(x.State)); err != nil {
			return Print{}, fmt.Errorf("printroom: ask: %w", err)
		}
	}
	return out, nil
}

// take is Get of a print that nobody else changes meanwhile.
func take(ctx context.Context, tx *db.Tx, id string) (Print, error) {
	if _, err := tx.Exec(ctx, `UPDATE exam_print SET stop = stop WHERE id = $1`, id); err != nil {
		return Print{}, wrap("take", err)
	}
	return Get(ctx, tx, id)
}

// Stop wants no more of a print: what is at the printer is cancelled there, and what was
// not sent is dropped. ended says that it is over already. ErrNotFound, ErrState.
func Stop(ctx context.Context, tx *db.Tx, id string, at int64) (out Print, ended bool, err error) {
	if out, err = take(ctx, tx, id); err != nil {
		return out, false, err
	}
	switch {
	case out.State == Printing:
		_, err = tx.Exec(ctx, `UPDATE exam_print SET stop = $1 WHERE id = $2`, true, id)
		return out, false, wrap("stop", err)
	case !out.State.Open():
		return out, false, ErrState
	case out.Count(Sending)+out.Count(Sent) > 0: // a hub that ended left it to the printer
		_, err = tx.Exec(ctx, `UPDATE exam_print SET stop = $1, state = 'queued' WHERE id = $2`, true, id)
		return out, false, wrap("stop", err)
	}
	out.Why = WhyStopped
	return out, true, end(ctx, tx, &out, at)
}

// end is the end of a print: done if all of it is printed.
func end(ctx context.Context, tx *db.Tx, p *Print, at int64) error {
	if _, err := tx.Exec(ctx, `UPDATE exam_print_part SET state = 'dropped' WHERE print = $1 AND state = 'waiting'`, p.ID); err != nil {
		return wrap("end", err)
	}
	var err error
	if p.Parts, err = parts(ctx, tx, p.ID); err != nil {
		return err
	}
	p.State, p.EndedAt = Ended, at
	if p.Count(Printed) == len(p.Parts) {
		p.State, p.Why = Done, ""
	}
	_, err = tx.Exec(ctx, `UPDATE exam_print SET state = $1, why = $2, ended_at = $3 WHERE id = $4`, string(p.State), p.Why, at, p.ID)
	return wrap("end", err)
}

// Continue goes on with a print that was held. ErrNotFound, ErrState; ErrUnsure: a part is
// to be settled first.
func Continue(ctx context.Context, tx *db.Tx, id string) (Print, error) {
	p, err := take(ctx, tx, id)
	switch {
	case err != nil:
		return p, err
	case p.State != Held:
		return p, ErrState
	case p.Count(Unsure) > 0:
		return p, ErrUnsure
	}
	_, err = tx.Exec(ctx, `UPDATE exam_print SET state = 'queued', why = '' WHERE id = $1`, id)
	return p, wrap("continue", err)
}

// Settle is a person's word about a part of which nobody knows: it lies there whole, or it
// does not and what came out of it is destroyed. A print that was held for it goes on, or
// is over; of one that has ended the part is dropped, for another print to send. ended
// says that it is over with this. ErrNotFound, ErrState.
func Settle(ctx context.Context, tx *db.Tx, id string, n int, there bool, at int64) (out Print, ended bool, err error) {
	if out, err = take(ctx, tx, id); err != nil {
		return out, false, err
	}
	to := Printed
	switch {
	case out.State == Printing || out.State == Queued:
		return out, false, ErrState
	case !there && out.State.Open():
		to = Waiting
	case !there:
		to = Dropped
	}
	moved, err := tx.Exec(ctx, `UPDATE exam_print_part SET state = $1, done = 0 WHERE print = $2 AND n = $3 AND state = 'unsure'`, string(to), id, n)
	if err != nil {
		return out, false, wrap("settle", err)
	}
	if moved == 0 {
		return out, false, ErrState
	}
	if out.Parts, err = parts(ctx, tx, id); err != nil || out.State != Held || out.Count(Unsure) > 0 {
		return out, false, err
	}
	if out.Count(Waiting) == 0 {
		return out, true, end(ctx, tx, &out, at)
	}
	if out.Why != WhyUnsure { // it is held for something else as well
		return out, false, nil
	}
	_, err = tx.Exec(ctx, `UPDATE exam_print SET state = 'queued', why = '' WHERE id = $1`, id)
	return out, false, wrap("settle", err)
}

func wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("printroom: %s: %w", what, err)
	}
	return nil
}
