package daybook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/payment/reconcile"
)

// Moved is a movement of a day as it goes to the treasury.
type Moved struct {
	Channel  string
	Kind     string
	Number   string
	Order    string
	At       int64
	Booked   bool
	Stated   bool
	Fen      int64  // as the channel states it; as booked where it does not
	Class    string // of package reconcile
	Carried  bool   // it counted on an earlier day
	Level    string // of the order, "" for nobody's
	Division string
	Point    string
}

// MovedOn lists the movements of a day, by channel and time: of a closed day those that
// it was closed with.
func MovedOn(ctx context.Context, tx *db.Tx, day Day) (out []Moved, err error) {
	closed, err := isClosed(ctx, tx, day)
	if err != nil {
		return nil, err
	}
	for _, channel := range Channels() {
		var f *facts
		if closed {
			f, err = sealedFacts(ctx, tx, channel, day)
		} else {
			f, _, err = open(ctx, tx, channel, day)
		}
		if err != nil {
			return nil, err
		}
		if f == nil {
			continue
		}
		all, err := f.moved()
		if err != nil {
			return nil, err
		}
		out = append(out, all...)
	}
	return out, places(ctx, tx, out)
}

// sealedFacts are those that a day was closed with; nil for a day that never had any.
func sealedFacts(ctx context.Context, tx *db.Tx, channel string, day Day) (*facts, error) {
	var packed []byte
	err := tx.QueryRow(ctx, `SELECT facts FROM day_sealed WHERE day = $1 AND channel = $2`, int64(day), channel).Scan(&packed)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("daybook: sealed: %w", err)
	}
	text, err := unpacked(packed)
	if err != nil {
		return nil, fmt.Errorf("daybook: sealed: %w", err)
	}
	return parse(text)
}

// moved joins the two sides, each movement once.
func (f *facts) moved() ([]Moved, error) {
	res, err := f.reconcile()
	if err != nil {
		return nil, err
	}
	class := map[string]string{}
	for _, x := range res.Findings {
		m := fact{}
		if x.HasBooked {
			m = f.booked[x.Booked-1]
		} else {
			m = f.stated[x.Stated-1]
		}
		class[m.kind+m.number] = x.Class.String()
	}
	by := map[string]*Moved{}
	row := func(m fact) *Moved {
		key := m.kind + m.number
		if by[key] == nil {
			by[key] = &Moved{Channel: f.channel, Kind: m.kind, Number: m.number, Order: m.order, At: m.at, Fen: m.fen, Class: class[key]}
			if by[key].Class == "" {
				by[key].Class = reconcile.Matched.String()
			}
		}
		return by[key]
	}
	for _, m := range f.booked {
		r := row(m)
		r.Booked, r.Carried = true, m.carried
	}
	for _, m := range f.stated {
		r := row(m)
		r.Stated, r.Fen, r.Carried = true, m.fen, r.Carried || m.carried
	}
	out := make([]Moved, 0, len(by))
	for _, m := range by {
		out = append(out, *m)
	}
	slices.SortFunc(out, func(a, b Moved) int {
		if a.At != b.At {
			return int(a.At - b.At)
		}
		return strings.Compare(a.Kind+a.Number, b.Kind+b.Number)
	})
	return out, nil
}

// places fills in whose orders they are.
func places(ctx context.Context, tx *db.Tx, all []Moved) error {
	type place struct{ level, division, point string }
	of := map[string]place{}
	var numbers []string
	for _, m := range all {
		if _, ok := of[m.Order]; !ok && m.Order != "" {
			of[m.Order] = place{}
			numbers = append(numbers, m.Order)
		}
	}
	for part := range slices.Chunk(numbers, 512) {
		rows := make([][]any, len(part))
		for i, n := range part {
			rows[i] = []any{n}
		}
		values, args, err := db.Asked(rows)
		if err != nil {
			return err
		}
		err = tx.Each(ctx, `SELECT number, level, division, point FROM payment_order WHERE number IN (`+values+`)`, args, func(row func(...any) error) error {
			var number string
			var p place
			err := row(&number, &p.level, &p.division, &p.point)
			of[number] = p
			return err
		})
		if err != nil {
			return fmt.Errorf("daybook: places: %w", err)
		}
	}
	for i := range all {
		p := of[all[i].Order]
		all[i].Level, all[i].Division, all[i].Point = p.level, p.division, p.point
	}
	return nil
}
