package payment

import (
	"context"
	"fmt"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// Group is how many valid registrations there are of one kind: by where they were
// registered, and by level, category and language of what they sit.
type Group struct {
	Division, Level, Category, Language string
	Count                               int
}

// mostOf is how many applications GroupsOf asks about at once.
const mostOf = 500

// sitting leaves out whose order was waived: they sit no examination.
func (v Valids) sitting() conds {
	c := v.conds()
	if len(v.Sits) == 0 { // else it is among its conditions
		c.all = append(c.all, notWaived)
	}
	return c
}

const notWaived = `NOT EXISTS (SELECT 1 FROM payment_order w WHERE w.application = a.id AND w.state = 'waived')`

// Groups counts the valid registrations of a remit, "" for all, by kind: what rooms are
// reckoned from before anybody is seated (A48). Who is exempt sits nowhere. After and
// Limit are not asked.
func (v Valids) Groups(ctx context.Context, tx *db.Tx, remit string) (out []Group, err error) {
	c := v.sitting()
	if remit != "" {
		c.all = append(c.all, org.Within("a.division", remit, c.arg))
	}
	err = tx.Each(ctx, `SELECT a.division, a.level, a.category, a.language, count(*) FROM application a`+c.where()+
		` GROUP BY a.division, a.level, a.category, a.language ORDER BY a.division, a.level, a.category, a.language`, c.args, func(row func(...any) error) error {
		var g Group
		err := row(&g.Division, &g.Level, &g.Category, &g.Language, &g.Count)
		out = append(out, g)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: groups: %w", err)
	}
	return out, nil
}

// GroupsOf gives the kind of each of some applications that is valid and sits.
func (v Valids) GroupsOf(ctx context.Context, tx *db.Tx, applications []string) (map[string]Group, error) {
	out := map[string]Group{}
	for len(applications) > 0 {
		some := applications[:min(len(applications), mostOf)]
		applications = applications[len(some):]
		c := v.sitting()
		marks := make([]string, len(some))
		for i, id := range some {
			marks[i] = c.arg(id)
		}
		c.all = append(c.all, `a.id IN (`+strings.Join(marks, ", ")+`)`)
		err := tx.Each(ctx, `SELECT a.id, a.division, a.level, a.category, a.language FROM application a`+c.where(), c.args, func(row func(...any) error) error {
			var id string
			g := Group{Count: 1}
			err := row(&id, &g.Division, &g.Level, &g.Category, &g.Language)
			out[id] = g
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("payment: groups: %w", err)
		}
	}
	return out, nil
}
