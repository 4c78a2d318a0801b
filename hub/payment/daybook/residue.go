package daybook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/reconcile"
)

// Residue is what is left over of a movement (未了事项): until the facts agree, its
// money was given back, or two persons end it for a reason.
type Residue struct {
	ID        string
	Channel   string
	Kind      string
	Number    string // the channel's
	Class     string // of package reconcile, or Unclear
	Order     string
	Booked    bool
	Stated    bool
	BookedFen int64
	StatedFen int64
	MovedAt   int64 // ms
	FoundDay  Day   // in whose book it was found first
	Day       Day   // in whose book it stands now; 0: in the first that is open
	Carried   bool
	State     string // Left, Done or Settled
	FoundAt   int64
	EndedAt   int64
	By        string
	Second    string
	Why       string // of two persons, or of the hub: Agreed or GivenBack
	Asks      int
	NextAsk   int64
}

// How a residue stands.
const (
	Left    = "open"    // somebody has to do something, or a file has to come
	Done    = "done"    // the facts agree by now, or its money was given back
	Settled = "settled" // two persons ended it
)

// Why the hub ended one by itself.
const (
	Agreed    = "agreed"
	GivenBack = "given-back"
)

// Unclear is the class of a line that only people understand: a dispute between banks.
const Unclear = "adjustment"

// Signed is by how much the statement exceeds our books because of it.
func (r Residue) Signed() int64 {
	d := r.StatedFen - r.BookedFen
	if r.Kind == "refund" {
		d = -d
	}
	return d
}

// Fen is its amount: the channel's word where there is one.
func (r Residue) Fen() int64 {
	if r.Stated {
		return r.StatedFen
	}
	return r.BookedFen
}

// Age is how many days it is old on a day.
func (r Residue) Age(on Day) int {
	return int(max(0, int64(on)-(r.MovedAt+offsetMillis)/dayMillis))
}

// mostAsks is how often the hub asks a channel about what only its file has. After it
// people take it up.
const mostAsks = 6

// Remedy is what comes next on a day.
func (r Residue) Remedy(on Day) reconcile.Remedy {
	for c := range classes {
		if classes[c] != r.Class {
			continue
		}
		class := reconcile.Class(c) // #nosec G115 -- a small index
		if r.Kind == string(payment.Payment) && r.Stated && !r.Booked {
			class = reconcile.Surplus // nobody can decide about what is not booked
		}
		out := class.Remedy(r.Age(on))
		if out.Next == reconcile.AskChannel && r.Asks >= mostAsks {
			out.Next, out.Owner = reconcile.TakeUp, reconcile.Finance
		}
		return out
	}
	return reconcile.Remedy{Next: reconcile.TakeUp, Owner: reconcile.Finance}
}

// classes are the words of package reconcile, by class.
var classes = func() (all []string) {
	for c := reconcile.Matched; c.String() != "unknown"; c++ {
		all = append(all, c.String())
	}
	return all
}()

const residueColumns = `id, channel, kind, number, class, order_number, booked, stated, booked_fen, stated_fen, moved_at, found_day, day, carried, state, found_at, ended_at, by_staff, second, why, asks, next_ask`

func scanResidue(row func(...any) error) (r Residue, err error) {
	err = row(&r.ID, &r.Channel, &r.Kind, &r.Number, &r.Class, &r.Order, &r.Booked, &r.Stated, &r.BookedFen, &r.StatedFen, &r.MovedAt, &r.FoundDay, &r.Day, &r.Carried, &r.State,
		&r.FoundAt, &r.EndedAt, &r.By, &r.Second, &r.Why, &r.Asks, &r.NextAsk)
	return r, err
}

func residues(ctx context.Context, tx *db.Tx, rest string, args ...any) (out []Residue, err error) {
	err = tx.Each(ctx, `SELECT `+residueColumns+` FROM residue `+rest, args, func(row func(...any) error) error {
		r, err := scanResidue(row)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("daybook: residues: %w", err)
	}
	return out, nil
}

// GetResidue returns one. ErrNotFound.
func GetResidue(ctx context.Context, tx *db.Tx, id string) (Residue, error) {
	r, err := scanResidue(tx.QueryRow(ctx, `SELECT `+residueColumns+` FROM residue WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return r, ErrNotFound
	}
	if err != nil {
		return r, fmt.Errorf("daybook: residue: %w", err)
	}
	return r, nil
}

// mostResidues is how many of a day are read: more is no day that people can close by
// looking at each.
const mostResidues = 5000

// ResiduesOf gives those that stand in a day's book, what is open first; first says
// that no open day lies before it.
func ResiduesOf(ctx context.Context, tx *db.Tx, day Day, first bool) ([]Residue, error) {
	carry := int64(-1)
	if first {
		carry = 0
	}
	return residues(ctx, tx, fmt.Sprintf(`WHERE day IN ($1, $2) ORDER BY CASE state WHEN 'open' THEN 0 ELSE 1 END, moved_at, channel, kind, number LIMIT %d`, mostResidues), int64(day), carry)
}

// CountOpen counts what is left over.
func CountOpen(ctx context.Context, tx *db.Tx) (n int, err error) {
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM residue WHERE state = 'open'`).Scan(&n); err != nil {
		return 0, fmt.Errorf("daybook: residues: %w", err)
	}
	return n, nil
}

// Settle ends one by two persons' word. ErrState.
func (r Residue) Settle(ctx context.Context, tx *db.Tx, at int64, by, second, why string) error {
	n, err := tx.Exec(ctx, `UPDATE residue SET state = 'settled', ended_at = $1, by_staff = $2, second = $3, why = $4 WHERE id = $5 AND state = 'open'`, at, by, second, why, r.ID)
	if err != nil {
		return fmt.Errorf("daybook: residue: %w", err)
	}
	if n == 0 {
		return ErrState
	}
	return nil
}

// tooSoon reports whether what is missing waits for a file that has not come.
func (f *facts) tooSoon(x reconcile.Finding) bool {
	return !f.filed && (x.Class == reconcile.Missing || x.Class == reconcile.RefundMissing) && !f.booked[x.Booked-1].carried
}

// found lays what a run excepts out as residues.
func (f *facts) found(res *reconcile.Result) (out []Residue) {
	for _, x := range res.Findings {
		if !x.Class.Excepted() || f.tooSoon(x) {
			continue
		}
		r := Residue{Channel: f.channel, Class: x.Class.String()}
		if x.HasBooked {
			m := f.booked[x.Booked-1]
			r.Kind, r.Number, r.Order, r.MovedAt, r.Booked, r.BookedFen = m.kind, m.number, m.order, m.at, true, m.fen
		}
		if x.HasStated {
			m := f.stated[x.Stated-1]
			r.Kind, r.Number, r.Order, r.MovedAt, r.Stated, r.StatedFen = m.kind, m.number, m.order, m.at, true, m.fen
		}
		out = append(out, r)
	}
	for _, e := range f.unclear {
		out = append(out, Residue{Channel: f.channel, Class: Unclear, Kind: e.Kind, Number: e.Number, Order: e.Order, MovedAt: e.At, Stated: true, StatedFen: e.Fen})
	}
	slices.SortFunc(out, func(a, b Residue) int { return strings.Compare(a.Kind+a.Number, b.Kind+b.Number) })
	return out
}

// keep makes the residues of a book those that a run found: new ones are added, what
// agrees by now is done, and what two persons ended stays ended.
func (f *facts) keep(ctx context.Context, tx *db.Tx, found []Residue, carry int64, at int64) error {
	had, err := residues(ctx, tx, `WHERE channel = $1 AND day IN ($2, $3)`, f.channel, int64(f.day), carry)
	if err != nil {
		return err
	}
	by := map[string]Residue{}
	for _, r := range had {
		by[r.Kind+r.Number] = r
	}
	for _, r := range found {
		old, known := by[r.Kind+r.Number]
		delete(by, r.Kind+r.Number)
		switch {
		case known && (old.State == Settled || old.State == Done && old.Why == GivenBack):
			continue
		case known && old.State == Left && old.Class == r.Class && old.Booked == r.Booked && old.Stated == r.Stated && old.BookedFen == r.BookedFen && old.StatedFen == r.StatedFen && old.Order == r.Order:
			continue
		}
		// One of another day's book comes here when its movement does.
		_, err := tx.Exec(ctx, `INSERT INTO residue (`+residueColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, FALSE, 'open', $13, 0, '', '', '', 0, $13)
			ON CONFLICT (channel, kind, number) DO UPDATE SET class = excluded.class, order_number = excluded.order_number, booked = excluded.booked, stated = excluded.stated,
			booked_fen = excluded.booked_fen, stated_fen = excluded.stated_fen, moved_at = excluded.moved_at, day = CASE WHEN residue.carried AND residue.day = 0 THEN residue.day ELSE excluded.day END,
			state = 'open', ended_at = 0, why = '' WHERE residue.state <> 'settled' AND residue.why <> 'given-back'`,
			newID(), r.Channel, r.Kind, r.Number, r.Class, r.Order, r.Booked, r.Stated, r.BookedFen, r.StatedFen, r.MovedAt, int64(f.day), at)
		if err != nil {
			return fmt.Errorf("daybook: residue: %w", err)
		}
	}
	for _, r := range by {
		if r.State != Left {
			continue
		}
		if _, err := tx.Exec(ctx, `UPDATE residue SET state = 'done', ended_at = $1, why = 'agreed' WHERE id = $2 AND state = 'open'`, at, r.ID); err != nil {
			return fmt.Errorf("daybook: residue: %w", err)
		}
	}
	return nil
}

// giveBacks ends residues whose payment was given back: the refund has a line of its own.
func giveBacks(ctx context.Context, tx *db.Tx, at int64) (int64, error) {
	n, err := tx.Exec(ctx, `UPDATE residue SET state = 'done', ended_at = $1, why = 'given-back' WHERE state = 'open' AND kind = 'payment' AND booked AND stated
		AND EXISTS (SELECT 1 FROM payment_movement m JOIN payment_entry e ON e.movement = m.id AND e.step = 'returned'
		WHERE m.channel = residue.channel AND m.kind = residue.kind AND m.number = residue.number)`, at)
	if err != nil {
		return 0, fmt.Errorf("daybook: residue: %w", err)
	}
	return n, nil
}
