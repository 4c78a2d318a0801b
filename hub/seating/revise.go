package seating

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
)

// ErrStale says that exception seats were given in the version that a revision corrects
// since it was begun: its list may lack whoever got them, and it would take them away. It is
// taken back and begun anew.
var ErrStale = errors.New("seating: exception seats were given since the revision was begun")

// ErrBase says that a revision cannot be computed from the version that it corrects.
var ErrBase = errors.New("seating: the version before contradicts itself")

// Compute computes a revision (更正版) from its frozen list and the version that it
// corrects, and writes it down; nobody but who compares it reads it. Then does, in the
// transaction that makes it whole, what belongs to that. It can be cut off anywhere and
// run again.
func Compute(ctx context.Context, d *db.DB, version string, then func(*db.Tx, Version) error) error {
	x, err := readRevision(ctx, d, version)
	if err != nil {
		return err
	}
	began := time.Now()
	r, err := arrangement.Revise(x.input, x.seed, x.before())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBase, err)
	}
	f := Sum(x.input, &r.Result)
	f.Took = time.Since(began).Milliseconds()
	f.Kept = r.Kept()
	for _, c := range r.Changes {
		switch {
		case c.Now.Room == 0:
			f.Gone++
		case c.Was.Room == 0:
			f.Fresh++
		default:
			f.Moved++
		}
	}
	tree := r.Tree()
	if err := write(ctx, d, x.version, &r.Result, tree, x.whose); err != nil {
		return err
	}
	for more := true; more; { // what a run that was cut off had written
		if err := d.Write(ctx, func(tx *db.Tx) (err error) { more, err = unchange(ctx, tx, version); return err }); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(r.Changes, Batch) {
		if err := d.Write(ctx, func(tx *db.Tx) error { return putChanges(ctx, tx, x.version.ID, some, x.whose) }); err != nil {
			return err
		}
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		if err := putProblems(ctx, tx, version, r.Problems, x.whose); err != nil {
			return err
		}
		text, err := written(ctx, tx, version, f)
		if err != nil {
			return err
		}
		if err := changed(tx.Exec(ctx, `UPDATE seating_version SET state = 'computed', root = $2, rooms = $3, figures = $4 WHERE id = $1 AND state = 'numbering'`,
			version, tree.Root[:], f.Rooms+f.Closed, text)); err != nil {
			return err
		}
		stands, err := Get(ctx, tx, version)
		if err != nil || then == nil {
			return err
		}
		return then(tx, stands)
	})
}

// revision is what one is computed from.
type revision struct {
	version Version
	input   *arrangement.Input
	seed    arrangement.Seed
	rooms   []Room // of the version that it corrects, as they are
	seats   []Seat
	whose   map[arrangement.Token]string // of the new list, and of who sits now
}

func readRevision(ctx context.Context, d *db.DB, version string) (x revision, err error) {
	err = d.Read(ctx, func(tx *db.Tx) (err error) {
		if x.version, err = Get(ctx, tx, version); err != nil {
			return err
		}
		if x.version.Base == "" {
			return ErrState
		}
		if x.seed, err = Seed(ctx, tx, x.version); err != nil {
			return err
		}
		if x.input, x.whose, err = Input(ctx, tx, version); err != nil {
			return err
		}
		if x.rooms, err = Rooms(ctx, tx, x.version.Base, ""); err != nil {
			return err
		}
		x.seats, err = allSeats(ctx, tx, x.version.Base)
		return err
	})
	for _, s := range x.seats {
		x.whose[s.Token] = s.Application
	}
	if err == nil && x.input.Digest() != x.version.Digest {
		err = fmt.Errorf("seating: revision: the list is not the one whose digest was published")
	}
	return x, err
}

// before is the version that is corrected as it stands.
func (x revision) before() *arrangement.Result {
	r := &arrangement.Result{Rooms: make([]arrangement.Room, len(x.rooms)), Seats: make([]arrangement.Seat, len(x.seats))}
	for i := range x.rooms {
		r.Rooms[i] = x.rooms[i].Room
	}
	for i := range x.seats {
		r.Seats[i] = Arranged(x.seats[i])
	}
	return r
}

func additions(ctx context.Context, tx *db.Tx, version string) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM seating_addition WHERE version = $1`, version).Scan(&n)
	return n, wrap("additions", err)
}

func allSeats(ctx context.Context, tx *db.Tx, version string) (out []Seat, err error) {
	err = tx.Each(ctx, `SELECT `+seatColumns+seatTables+` WHERE s.version = $1 AND `+seated, []any{version}, func(row func(...any) error) error {
		s, err := scanSeat(row)
		out = append(out, s)
		return err
	})
	return out, wrap("seats", err)
}

// unchange takes some changes back, and says whether more may be left. ErrState.
func unchange(ctx context.Context, tx *db.Tx, version string) (more bool, err error) {
	if err := in(ctx, tx, version, Numbering); err != nil {
		return false, err
	}
	n, err := tx.Exec(ctx, `DELETE FROM seating_change WHERE version = $1 AND application IN (SELECT application FROM seating_change WHERE version = $1 ORDER BY application LIMIT $2)`, version, unlisted)
	return n == unlisted, wrap("changes", err)
}

func putChanges(ctx context.Context, tx *db.Tx, version string, some []arrangement.Change, whose map[arrangement.Token]string) error {
	if err := in(ctx, tx, version, Numbering); err != nil {
		return err
	}
	rows := make([][]any, len(some))
	for i := range some {
		rows[i] = []any{version, whose[some[i].Token], string(some[i].Why)}
	}
	_, err := tx.Many(ctx, rows, func(values string) string {
		return `INSERT INTO seating_change (version, application, why) VALUES ` + values
	})
	return wrap("changes", err)
}

// PublishRevision puts a computed revision in the place of the version that it corrects:
// two persons compared them. Rooms that are still open are where they were; new ones have
// no site yet. ErrState, ErrStale.
func PublishRevision(ctx context.Context, tx *db.Tx, v Version, who Who) error {
	if err := changed(tx.Exec(ctx, `UPDATE seating_version SET state = 'replaced', ended_at = $2 WHERE id = $1 AND state = 'published'`, v.Base, who.At)); err != nil {
		return err
	}
	added, err := additions(ctx, tx, v.Base)
	if err != nil {
		return err
	}
	if added != v.Added {
		return ErrStale
	}
	if err := changed(tx.Exec(ctx, `UPDATE seating_version SET state = 'published', published_at = $2, numbered_by = $3, numbered_second = $4, numbered_at = $2 WHERE id = $1 AND state = 'computed'`,
		v.ID, who.At, who.By, who.Second)); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE seating_room SET site = COALESCE((SELECT b.site FROM seating_room b WHERE b.version = $2 AND b.area = seating_room.area AND b.number = seating_room.number), '') WHERE version = $1 AND seats > 0`, v.ID, v.Base)
	return wrap("publish", err)
}

// Stale reports whether a computed revision lacks exception seats that were given since.
func Stale(ctx context.Context, tx *db.Tx, v Version) (bool, error) {
	if v.State != Computed {
		return false, nil
	}
	added, err := additions(ctx, tx, v.Base)
	return added != v.Added, err
}

// Change is somebody who does not keep her seat in a revision (更正), and why.
type Change struct {
	Application string
	Why         arrangement.Why
	Was, Now    Seat // Room is 0: none. Only area, room, seat and number are filled in.
}

// Changes gives the next so many who do not keep their seats in a revision that is
// computed or published, by application: of one reason, or of all if it is "".
func Changes(ctx context.Context, tx *db.Tx, v Version, why arrangement.Why, after string, limit int) (out []Change, err error) {
	if v.State != Computed && !v.State.Seated() {
		return nil, ErrNotFound
	}
	err = tx.Each(ctx, `SELECT c.application, c.why, COALESCE(o.area, ''), COALESCE(o.room, 0), COALESCE(o.seat, 0), COALESCE(o.number, ''), COALESCE(n.area, ''), COALESCE(n.room, 0), COALESCE(n.seat, 0), COALESCE(n.number, '')
		FROM seating_change c LEFT JOIN seating_seat o ON o.version = $2 AND o.application = c.application LEFT JOIN seating_seat n ON n.version = c.version AND n.application = c.application
		WHERE c.version = $1 AND ($3 = '' OR c.why = $3) AND c.application > $4 ORDER BY c.application LIMIT $5`, []any{v.ID, v.Base, string(why), after, limit}, func(row func(...any) error) error {
		var c Change
		err := row(&c.Application, &c.Why, &c.Was.Area, &c.Was.Room, &c.Was.Seat, &c.Was.Number, &c.Now.Area, &c.Now.Room, &c.Now.Seat, &c.Now.Number)
		out = append(out, c)
		return err
	})
	return out, wrap("changes", err)
}

// ChangeCounts says how many do not keep their seats, by reason.
func ChangeCounts(ctx context.Context, tx *db.Tx, version string) (map[arrangement.Why]int, error) {
	out := map[arrangement.Why]int{}
	err := tx.Each(ctx, `SELECT why, COUNT(*) FROM seating_change WHERE version = $1 GROUP BY why`, []any{version}, func(row func(...any) error) error {
		var why arrangement.Why
		var n int
		err := row(&why, &n)
		out[why] = n
		return err
	})
	return out, wrap("changes", err)
}
