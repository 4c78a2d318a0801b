package candidate

import (
	"context"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// A step of the walk goes down the primary keys and sorts nothing; else the
// walk's cost grows with the square of the campaign.
func TestTheWalkSortsNothing(t *testing.T) {
	d := dbtest.SQLite(t)
	var plan []string
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return explain(t.Context(), tx, &plan)
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(plan) != 2 || !strings.HasPrefix(plan[0], "SEARCH a USING ") || !strings.HasSuffix(plan[0], "(id>?)") ||
		!strings.HasPrefix(plan[1], "SEARCH v USING ") || !strings.HasSuffix(plan[1], "(application=? AND version=?)") {
		t.Errorf("the plan is %q", plan)
	}
}

func explain(ctx context.Context, tx *db.Tx, plan *[]string) error {
	return tx.Each(ctx, `EXPLAIN QUERY PLAN `+afterQuery, []any{"", "adult-2019", 512}, func(scan func(...any) error) error {
		var id, parent, unused int
		var step string
		err := scan(&id, &parent, &unused, &step)
		*plan = append(*plan, step)
		return err
	})
}
