package payment

import (
	"context"
	"fmt"
	"strings"

	"zhunkao/hub/db"
)

// Valids is a list of registrations that are valid (A42), in the order of their ids:
// what is arranged, numbered and reported upward. It says in one question what package
// flow's Valid says of one.
type Valids struct {
	Campaign string
	Takes    bool     // fees are paid in it; else a confirmation is all that is asked
	Free     []string // levels without a fee
	After    string   // application
	Limit    int      // 1000 if it is none of 1 to 5000

	// Only asks about one registration; "" about all.
	Only string
	// Unseated leaves out who has a seat in that version of the arrangement; "" leaves out
	// nobody.
	Unseated string
	// Sits leaves out who sits no examination: those whose order was waived (see Exempt),
	// and those of other first categories than these; none leaves out nobody.
	Sits []string
}

// List gives their applications.
func (v Valids) List(ctx context.Context, tx *db.Tx) (out []string, err error) {
	c := v.conds()
	c.all = append(c.all, `a.id > `+c.arg(v.After))
	limit := v.Limit
	if limit < 1 || limit > 5000 {
		limit = 1000
	}
	err = tx.Each(ctx, `SELECT a.id FROM application a`+c.where()+` ORDER BY a.id LIMIT `+c.arg(limit), c.args, func(row func(...any) error) error {
		var id string
		err := row(&id)
		out = append(out, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: valid: %w", err)
	}
	return out, nil
}

// conds are what makes a registration valid.
func (v Valids) conds() (c conds) {
	c.equal("a.campaign", v.Campaign)
	c.all = append(c.all, `a.state <> 'withdrawn'`, `EXISTS (SELECT 1 FROM confirmation r WHERE r.application = a.id AND r.state = 'in-force')`)
	if v.Takes {
		paid := `EXISTS (SELECT 1 FROM payment_order o WHERE o.application = a.id AND o.state IN ('paid', 'waived'))`
		if len(v.Free) > 0 {
			free := make([]string, len(v.Free))
			for i, level := range v.Free {
				free[i] = c.arg(level)
			}
			paid = `(` + paid + ` OR a.level IN (` + strings.Join(free, ", ") + `))`
		}
		c.all = append(c.all, paid)
	}
	if v.Only != "" {
		c.equal("a.id", v.Only)
	}
	if v.Unseated != "" {
		c.all = append(c.all, `NOT EXISTS (SELECT 1 FROM seating_seat s WHERE s.application = a.id AND s.version = `+c.arg(v.Unseated)+`)`)
	}
	if len(v.Sits) > 0 {
		in := make([]string, len(v.Sits))
		for i, category := range v.Sits {
			in[i] = c.arg(category)
		}
		c.all = append(c.all, `a.category IN (`+strings.Join(in, ", ")+`)`, notWaived)
	}
	return c
}

// Exempt gives those of some applications whose order was waived: an office approved that
// they sit no examination.
func Exempt(ctx context.Context, tx *db.Tx, applications []string) (map[string]bool, error) {
	out := map[string]bool{}
	if len(applications) == 0 {
		return out, nil
	}
	var c conds
	in := make([]string, len(applications))
	for i, id := range applications {
		in[i] = c.arg(id)
	}
	err := tx.Each(ctx, `SELECT DISTINCT application FROM payment_order WHERE state = 'waived' AND application IN (`+strings.Join(in, ", ")+`)`, c.args, func(row func(...any) error) error {
		var id string
		err := row(&id)
		out[id] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: exempt: %w", err)
	}
	return out, nil
}
