package fleet

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
)

// SetState changes what a box is allowed, in the causing transaction, and has
// memory follow when that stands. Allowed are active ⇄ frozen and both →
// revoked; the way back from revoked is a new enrolment. A box that is in the
// state already is left alone: changed is false. Errors: ErrNotFound, ErrState.
func (f *Fleet) SetState(ctx context.Context, tx *db.Tx, id string, to State, reason string) (b Box, changed bool, err error) {
	if b, err = Get(ctx, tx, id); err != nil {
		return Box{}, false, err
	}
	if b.State == to {
		return b, false, nil
	}
	if b.State == Revoked {
		return Box{}, false, fmt.Errorf("%w: revoked; enrol the box again", ErrState)
	}
	// A decision is later than the one before, though the clock was set back:
	// else memory, and other hubs, would take it for an older look.
	b.State, b.StateReason, b.StateAt = to, reason, max(f.opts.Now().UnixMilli(), b.StateAt+1)
	_, err = tx.Exec(ctx, `UPDATE box SET state = $1, state_reason = $2, state_at = $3 WHERE id = $4`,
		string(to), reason, b.StateAt, id)
	if err != nil {
		return Box{}, false, fmt.Errorf("fleet: box %s: set state: %w", id, err)
	}
	f.follow(tx, b)
	return b, true, nil
}

// Enrol is the package's Enrol, with memory following when it stands.
func (f *Fleet) Enrol(ctx context.Context, tx *db.Tx, r Request) (Box, bool, error) {
	b, fresh, err := Enrol(ctx, tx, r, f.opts.Now())
	if err == nil && fresh {
		f.follow(tx, b)
	}
	return b, fresh, err
}

func (f *Fleet) follow(tx *db.Tx, b Box) {
	tx.OnCommit(func() {
		if err := f.take(b); err != nil {
			f.opts.Log.Error("fleet: memory does not follow", "worker", "fleet", "box", b.ID, "error", err.Error())
		}
	})
}

// Issue is the package's Issue with the fleet's clock.
func (f *Fleet) Issue(ctx context.Context, tx *db.Tx, point, box, by string) (string, Ticket, error) {
	return Issue(ctx, tx, point, box, by, f.opts.Now())
}

// Gaps gives the runs of sequences that are missing below the highest that the
// hub holds: held is the end of the unbroken run, beyond what it holds after
// that, ascending.
func Gaps(held uint64, beyond []uint64) []Gap {
	var out []Gap
	next := held + 1
	for _, s := range beyond {
		if s > next {
			out = append(out, Gap{From: next, To: s - 1})
		}
		next = s + 1
	}
	return out
}
