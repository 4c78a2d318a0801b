package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/staff"
	"zhunkao/protocol/window"
)

// TestMoreTimeForOne: two persons of the province give one person more time to pay, with
// a reason; nobody else gets any, an order that was closed is open again, and nobody's
// time is made shorter (A59).
func TestMoreTimeForOne(t *testing.T) {
	w := newWorld(t)
	w.extra = append(w.extra, account{"po2", staff.ProvinceOperator, "430000", ""})
	o, other, free := w.ending(pointHere), w.ending(pointHere), w.ordered(pointHere)
	ctx, page := t.Context(), "/gl/payments/"+o.Number
	w.write(ctx, func(tx *db.Tx) error { return payment.EndOrder(ctx, tx, o.Number, payment.Closed, now().UnixMilli()) })
	const until = "2019-09-20T18:00"
	due, _ := time.ParseInLocation("2006-01-02T15:04", until, window.Zone())
	ask := func(who, at, until, leave string) (int, string, string) {
		form := more(until)
		if leave != "" {
			form.Set(leave, "")
		}
		res, text := w.as(who).post(at+"/extend", form, at)
		return res.StatusCode, res.Header.Get("Location"), text
	}
	stands := func(when string, number string, state payment.State, due int64) {
		t.Helper()
		w.write(ctx, func(tx *db.Tx) error {
			got, err := payment.GetOrder(ctx, tx, number)
			if err == nil && (got.State != state || got.DueAt != due) {
				t.Errorf("%s: %s until %s", when, got.State, time.UnixMilli(got.DueAt))
			}
			return err
		})
	}
	if _, text := w.as("co").get(page); strings.Contains(text, page+"/extend") {
		t.Error("a county is offered to give more time")
	}
	if _, text := w.as("po").get("/gl/payments/" + free.Number); strings.Contains(text, "/extend") {
		t.Error("what has no end is offered one")
	}
	for name, c := range map[string][3]string{"no time": {page, "", ""}, "in the past": {page, "2019-09-01T18:00", ""}, "in a year": {page, "2020-09-20T18:00", ""}, "no reason": {page, until, "reason"},
		"no code": {page, until, "code"}, "sooner": {"/gl/payments/" + other.Number, now().In(window.Zone()).Add(time.Hour).Format("2006-01-02T15:04"), ""}} {
		if got, _, _ := ask("po", c[0], c[1], c[2]); got != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, got)
		}
	}
	if got, _, text := ask("po", "/gl/payments/"+free.Number, until, ""); got != http.StatusConflict || !strings.Contains(text, "这张缴费单刚才变了") {
		t.Errorf("what has no end: %d", got)
	}
	if got, to, _ := ask("po", page, until, ""); got != http.StatusSeeOther || to != "/gl/seconds?done=asked" {
		t.Fatalf("asked: %d %s", got, to)
	}
	stands("asked", o.Number, payment.Closed, o.DueAt)
	if _, text := w.as("po").get(page); !strings.Contains(text, "已申请延到 2019-09-20 18:00") {
		t.Error("the order does not say what was asked for")
	}
	if _, text := w.as("po2").get("/gl/seconds"); !strings.Contains(text, o.Number) || !strings.Contains(text, "2019-09-20 18:00") {
		t.Error("the second person does not read of which order, and until when")
	}
	w.agreeAll("po2")
	if _, text := w.as("po").get(page); !strings.Contains(text, `name="due" value="`+until+`"`) {
		t.Error("the order does not offer what was agreed to")
	}
	if got, to, _ := ask("po", page, until, "reason"); got != http.StatusSeeOther || to != page+"?done=extended" {
		t.Fatalf("given: %d %s", got, to)
	}
	stands("given", o.Number, payment.Open, due.UnixMilli())
	stands("another's", other.Number, payment.Open, other.DueAt)
	w.sealedUp()
	if _, text := w.as("po").get(page); !strings.Contains(text, "03 停电　确认点停电，有证明") || !strings.Contains(text, "延长缴费截止时间") {
		t.Error("the journal does not say why")
	}
	if got, to, _ := ask("po", page, "2019-09-21T18:00", ""); got != http.StatusSeeOther || to != "/gl/seconds?done=asked" {
		t.Errorf("the word was used for another end: %d %s", got, to)
	}
}
