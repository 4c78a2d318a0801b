package portal_test

import (
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/ending"
)

// TestTheEndIsSaid: whoever is on the list of the end reads until when to object, whoever
// is void reads that and whom to ask, and neither when it is taken back or she paid
// (demand A41).
func TestTheEndIsSaid(t *testing.T) {
	w := newWorld(t)
	h, o := w.ordered(0)
	paid, theirs := w.ordered(1)
	late, hers := w.ordered(2)
	w.moves(theirs, "4200000000000000000000001", theirs.Fen)
	const listed, void = "作废名单上", "您今年的报名作废了"
	draw := func() (l ending.List, err error) {
		err = w.db.Write(t.Context(), func(tx *db.Tx) (err error) {
			l, err = w.flow.DrawEnding(t.Context(), tx, w.camp, flow.Hub())
			return err
		})
		return l, err
	}
	if _, err := draw(); err == nil {
		t.Fatal("a list is drawn while one can still pay")
	}
	last := flow.EndsOpen(w.camp)
	w.set(last.Add(time.Minute))
	w.write(func(tx *db.Tx) error {
		return payment.EndOrder(t.Context(), tx, o.Number, payment.Closed, w.now().UnixMilli())
	})
	h.holds(h.see("/ks/status"), "before the list", "!"+listed, "!"+void)
	w.write(func(tx *db.Tx) error {
		return payment.EndOrder(t.Context(), tx, hers.Number, payment.Closed, w.now().UnixMilli())
	})
	late.holds(late.see("/ks/status"), "not paid", "没有在规定时间缴费")
	w.set(w.now().Add(time.Minute))
	w.moves(hers, "4200000000000000000000002", hers.Fen)
	late.holds(late.see("/ks/status"), "money after the close", "钱收到了，可是晚了", "等考试院定", "!没有在规定时间缴费", "!不再办")
	l, err := draw()
	if err != nil || l.People != 1 {
		t.Fatalf("%d on the list, want her alone: %v", l.People, err)
	}
	h.holds(h.see("/ks/status"), "on the list", listed, "!"+void)
	paid.holds(paid.see("/ks/status"), "who paid", "!"+listed, "!"+void)
	w.set(time.UnixMilli(l.ObjectUntil).Add(time.Minute))
	w.write(func(tx *db.Tx) error {
		seen, err := ending.Now(t.Context(), tx, l.ID)
		if err != nil {
			return err
		}
		return w.flow.SignEnding(t.Context(), tx, l, seen, "报名结束", flow.Operator(), "another")
	})
	h.holds(h.see("/ks/status"), "void", void, "!"+listed)
	past := w.now()
	w.set(time.UnixMilli(o.DueAt).Add(-time.Minute)) // as if the time to pay had been moved
	h.holds(h.see("/ks/status"), "void, and the time runs", void, "今年的报名作废了", "不再办", "!去缴费", "!等您办", "!前要缴费")
	w.set(past)
	w.write(func(tx *db.Tx) error {
		return w.flow.RestoreEnded(t.Context(), tx, l, h.app.ID, "核实过", flow.Operator(), "another")
	})
	h.holds(h.see("/ks/status"), "taken back", "!"+void, "!"+listed)
}
