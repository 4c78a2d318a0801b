package progress

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

// Rebuilt is what a count from the first entry found.
type Rebuilt struct {
	Entries uint64 // entries read: the counters are those of the journal up to here
	Rows    int    // counters that are not zero
	Differ  int    // counters that stood otherwise before
}

// Rebuild counts the journal from its first entry and puts the result in the
// place of the counters that stand. Pages show the old ones until the new ones
// are whole; a follower may run meanwhile, and goes on from here after it.
func Rebuild(ctx context.Context, d *db.DB) (Rebuilt, error) {
	fresh, at, err := recount(ctx, d)
	if err != nil {
		return Rebuilt{}, fmt.Errorf("progress: rebuild: %w", err)
	}
	var out Rebuilt
	err = d.Write(ctx, func(tx *db.Tx) error {
		out = Rebuilt{Entries: at}
		// The position first: it is what a follower also wants, so the two wait
		// for each other here.
		if _, err := tx.Exec(ctx, `UPDATE progress_position SET number = number WHERE id = 1`); err != nil {
			return err
		}
		stood, err := Position(ctx, tx)
		if err != nil {
			return err
		}
		now := counts{}
		for k, f := range fresh {
			now[k] = f
		}
		if stood > at { // what was counted since the count began is counted here too
			if err := between(ctx, tx, at, stood, now); err != nil {
				return err
			}
			out.Entries = stood
		}
		if out.Differ, err = differing(ctx, tx, now, stood >= at); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM progress`); err != nil {
			return err
		}
		if err := now.write(ctx, tx); err != nil {
			return err
		}
		out.Rows = len(now.rows())
		return move(ctx, tx, stood, out.Entries)
	})
	if err != nil {
		return Rebuilt{}, fmt.Errorf("progress: rebuild: %w", err)
	}
	return out, nil
}

// recount counts all that is sealed, in short transactions, and gives the last
// number.
func recount(ctx context.Context, d *db.DB) (counts, uint64, error) {
	out, at := counts{}, uint64(0)
	for {
		n := 0
		err := d.Read(ctx, func(tx *db.Tx) error {
			entries, err := journal.After(ctx, tx, at, batch)
			if err != nil {
				return err
			}
			n = len(entries)
			return out.fold(ctx, tx, entries, &at)
		})
		if err != nil || n < batch {
			return out, at, err
		}
	}
}

// between counts the entries in (from, to].
func between(ctx context.Context, tx *db.Tx, from, to uint64, into counts) error {
	for from < to {
		entries, err := journal.After(ctx, tx, from, int(min(batch, to-from)))
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			return fmt.Errorf("entry %d is gone", from+1)
		}
		if err := into.fold(ctx, tx, entries, &from); err != nil {
			return err
		}
	}
	return nil
}

func (c counts) fold(ctx context.Context, tx *db.Tx, entries []journal.Sealed, at *uint64) error {
	for _, e := range entries {
		some, err := changes(ctx, tx, e.Entry)
		if err != nil {
			return err
		}
		for _, x := range some {
			c.add(x)
		}
		*at = e.Number
	}
	return nil
}

// differing counts the counters that do not stand as they should. Where the old
// ones are behind anyway, nothing is compared.
func differing(ctx context.Context, tx *db.Tx, want counts, comparable bool) (n int, err error) {
	if !comparable {
		return 0, nil
	}
	left := counts{}
	for k, f := range want {
		if f != (Figures{}) {
			left[k] = f
		}
	}
	err = tx.Each(ctx, `SELECT campaign, above, place, level, hour, registered, confirmed, paid, begun FROM progress`, nil, func(scan func(...any) error) error {
		var k key
		var f Figures
		if err := scan(&k.campaign, &k.above, &k.place, &k.level, &k.hour, &f.Registered, &f.Confirmed, &f.Paid, &f.Begun); err != nil {
			return err
		}
		if f != left[k] {
			n++
		}
		delete(left, k)
		return nil
	})
	return n + len(left), err
}
