package staff

import (
	"context"
	"fmt"
	"strconv"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// Training is which guided exercises somebody did at a box (演练, demand B3).
type Training struct {
	Account, Point, Box, Record string
	Done                        []Done
}

// Done is one exercise that somebody finished, and when, ms since 1970 by the box.
type Done struct {
	Exercise string
	At       int64
}

// Exercises are the guided exercises of a box in training, in the order of a
// clerk's first day. The boxes' own list is package drill; the two may not meet,
// and a test of provisioning holds them alike.
func Exercises() []string {
	return []string{"open-day", "first-visit", "name-differs", "help", "no-camera", "no-paper", "no-reader", "on-papers", "void", "close-day"}
}

// AddTraining adds what was done and not yet known, and says how many that are.
func AddTraining(ctx context.Context, tx *db.Tx, t Training) (added int, err error) {
	for _, e := range t.Done {
		n, err := tx.Exec(ctx, `INSERT INTO training (account, exercise, at, point, box, record) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (account, exercise) DO NOTHING`, t.Account, e.Exercise, e.At, t.Point, t.Box, t.Record)
		if err != nil {
			return added, fmt.Errorf("staff: training: %w", err)
		}
		added += int(n)
	}
	return added, nil
}

// Trained is somebody of a point with what she has done.
type Trained struct {
	Account
	Done map[string]Did // by exercise
}

// Did is when and where somebody finished an exercise first.
type Did struct {
	At  int64  // ms since 1970, by the box
	Box string // id
}

// TrainingUnder lists who works at the points of a remit and is not disabled, by
// point and name, with what each has done; point narrows it to one, "" does not.
func (d *Desk) TrainingUnder(ctx context.Context, tx *db.Tx, division, point string) (out []Trained, err error) {
	var args []any
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	w := org.Within("o.division", division, arg)
	if point != "" {
		w += " AND a.point = " + arg(point)
	}
	err = tx.Each(ctx, `SELECT `+accountColumns+`, coalesce(t.exercise, ''), coalesce(t.at, 0), coalesce(t.box, '') FROM account a
		JOIN office o ON o.id = a.office LEFT JOIN training t ON t.account = a.id
		WHERE NOT a.disabled AND a.point <> '' AND `+w+` ORDER BY a.point, a.name, t.exercise`, args, func(scan func(...any) error) error {
		var exercise string
		var did Did
		a, err := scanAccount(scan, &exercise, &did.At, &did.Box)
		if err != nil || !a.Role.OfPoint() {
			return err
		}
		if len(out) == 0 || out[len(out)-1].ID != a.ID {
			out = append(out, Trained{Account: a, Done: map[string]Did{}})
		}
		if exercise != "" {
			out[len(out)-1].Done[exercise] = did
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("staff: training: %w", err)
	}
	return out, nil
}
