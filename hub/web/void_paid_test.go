package web_test

import (
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/staff"
	"zhunkao/protocol/campaign"
)

// TestVoidAndPaid: money that comes for who is void stands on the page of the end, cut
// to the remit, with both ways out; once her void is taken back it stands there no more.
func TestVoidAndPaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo)
	w.extra = append(w.extra, account{"far", staff.CountyOperator, countyThere, ""})
	order := w.owed(pointHere)
	ctx := t.Context()
	var o payment.Order
	w.write(ctx, func(tx *db.Tx) (err error) {
		if o, err = payment.GetOrder(ctx, tx, order); err != nil {
			return err
		}
		return payment.EndOrder(ctx, tx, order, payment.Closed, now().UnixMilli()-500)
	})
	l := w.ended(true)
	if _, text := w.as("po").get("/gl/endings"); strings.Contains(text, "已作废但有缴款的") {
		t.Fatal("nothing has come yet")
	}
	b := w.moved(campaign.ChannelWeChat, o.Number, o.Fen)
	for _, who := range []string{"po", "co"} {
		_, text := w.as(who).get("/gl/endings")
		for _, want := range []string{"已作废但有缴款的 1 笔", b.Movement.Number, "/gl/movements/" + b.Movement.ID + "#settle", "/gl/endings/" + l.ID + "?who=" + o.Application} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the page does not say %s", who, want)
			}
		}
	}
	if _, text := w.as("far").get("/gl/endings"); strings.Contains(text, b.Movement.Number) {
		t.Error("another county sees it")
	}
	w.write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE ending_person SET state = 'restored' WHERE application = $1`, o.Application)
		return err
	})
	if _, text := w.as("po").get("/gl/endings"); strings.Contains(text, b.Movement.Number) {
		t.Error("it stands there although she is not void any more")
	}
}
