package relief

import (
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// Who is affected is found by the channel and the stretch, not by reading all attempts.
func TestAffectedByIndex(t *testing.T) {
	ctx := t.Context()
	err := dbtest.SQLite(t).Write(ctx, func(tx *db.Tx) error {
		var args []any
		where := Terms{Campaign: "c", Division: "430000", Channel: "wechat", From: 1, To: 2}.where(numbered(&args))
		plan := ""
		err := tx.Each(ctx, `EXPLAIN QUERY PLAN SELECT COUNT(*)`+affected+where, args, func(row func(...any) error) error {
			var id, parent, unused int
			var detail string
			err := row(&id, &parent, &unused, &detail)
			plan += detail + "\n"
			return err
		})
		if !strings.Contains(plan, "payment_attempt_asked") {
			t.Errorf("the plan is\n%s", plan)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
