package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/hub/staff"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// byTwoPersons asks for an act on its page, has another agree to it and does it.
func (w *world) byTwoPersons(page, verb string, form url.Values, terms string) {
	w.t.Helper()
	if res, _ := w.as("po").post(page+verb, form, page); res.Header.Get("Location") != "/gl/seconds?done=asked" {
		w.t.Fatalf("asked: %d to %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res, _ := w.as("po").post(page+verb, form, page); res.StatusCode != http.StatusUnprocessableEntity {
		w.t.Errorf("one person alone: %d", res.StatusCode)
	}
	_, text := w.as("po2").get("/gl/seconds")
	agree := agreeTo.FindString(text)
	if agree == "" || !strings.Contains(text, terms) {
		w.t.Fatalf("nothing to agree to, or it does not say %s", terms)
	}
	if res, _ := w.as("po2").post(agree, url.Values{}, "/gl/seconds"); res.StatusCode != http.StatusSeeOther {
		w.t.Fatalf("agreed: %d", res.StatusCode)
	}
	if _, text = w.as("po").get("/gl/seconds"); !strings.Contains(text, page+verb) {
		w.t.Error("the list of acts of two does not lead to it")
	}
	if res, text := w.as("po").post(page+verb, url.Values{"step": form["step"]}, page); res.StatusCode != http.StatusSeeOther || strings.Contains(text, "seconds") {
		w.t.Fatalf("done: %d", res.StatusCode)
	}
}

// exemptFree is a campaign in which the exempt pay nothing.
func exemptFree(_ *testing.T, w *world) {
	w.change = func(c *campaign.Campaign) { c.Policy.ExemptPays = false }
	w.extra = append(w.extra, account{"po2", staff.ProvinceOperator, "430000", ""})
}

// claiming has somebody of the world claim an exemption, with an order of hers.
func (w *world) claiming() payment.Order {
	w.t.Helper()
	her, ctx := w.people[1].Application, w.t.Context()
	var o payment.Order
	w.write(ctx, func(tx *db.Tx) error {
		found, err := w.flow.Candidates.Get(ctx, tx, her.ID)
		if err != nil {
			return err
		}
		o = payment.Order{Number: payment.NewNumber(2019, "430000"), Application: her.ID, Campaign: w.camp.ID, Division: found.Division, Point: found.Point, Level: "1", Fen: 17000,
			OpenedAt: now().UnixMilli(), Cause: string(flow.CauseConfirmed)}
		app := found.Application
		app.Claims, app.Version = []form.Claim{{Kind: form.ExemptionClaim, Code: w.camp.Exemptions[0].Code}}, found.Version+1
		if err := w.flow.Candidates.Save(ctx, tx, app, candidate.Saving{Author: flow.Operator().Author, Division: found.Division}); err != nil {
			return err
		}
		return payment.OpenOrder(ctx, tx, o)
	})
	return o
}

// TestWaive: where the exempt pay nothing, two persons of the province waive the fee of
// somebody who claims an exemption, whether her time to pay is over or not; of nobody
// else, and where the exempt pay nobody's.
func TestWaive(t *testing.T) {
	w := newWorld(t, exemptFree)
	o, ctx := w.claiming(), t.Context()
	page := "/gl/payments/" + o.Number
	form := url.Values{"reason": {"省教育考试院免试审批 2019 第 3 号"}}
	if _, text := w.as("co").get(page); strings.Contains(text, page+"/waive") {
		t.Error("a county is offered to waive a fee")
	}
	if res, _ := w.as("po").post(page+"/waive", url.Values{}, page); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", res.StatusCode)
	}
	other := w.ordered(pointHere)
	if _, text := w.as("po").get("/gl/payments/" + other.Number); strings.Contains(text, "/waive") {
		t.Error("who claims nothing is offered it")
	}
	if res, text := w.as("po").post("/gl/payments/"+other.Number+"/waive", form, page); res.StatusCode != http.StatusConflict || !strings.Contains(text, "没有申报免试") {
		t.Errorf("of who claims nothing: %d", res.StatusCode)
	}
	w.write(ctx, func(tx *db.Tx) error { return payment.EndOrder(ctx, tx, o.Number, payment.Closed, now().UnixMilli()) })
	if _, text := w.as("po").get(page); !strings.Contains(text, "批准文件要对得上") {
		t.Error("the exemption she claims is not named where the fee is waived")
	}
	w.byTwoPersons(page, "/waive", form, "免缴")
	_, text := w.as("po").get(page)
	if !strings.Contains(text, "免缴") || strings.Contains(text, page+"/waive") {
		t.Error("the order does not say that it is waived, or offers it again")
	}
	w.write(ctx, func(tx *db.Tx) error {
		got, err := payment.GetOrder(ctx, tx, o.Number)
		if err == nil && got.State != payment.Waived {
			t.Errorf("it is %s", got.State)
		}
		return err
	})
	if acts := strings.Join(w.acts(o.Number), "\n"); strings.Count(acts, "order.waived") != 1 || !strings.Contains(acts, "免试审批 2019") {
		t.Errorf("journal: %s", acts)
	}
}

// TestWaiveWhereTheExemptPay: as both campaigns have it that we ship.
func TestWaiveWhereTheExemptPay(t *testing.T) {
	w := newWorld(t)
	o := w.claiming()
	page := "/gl/payments/" + o.Number
	if _, text := w.as("po").get(page); strings.Contains(text, "/waive") {
		t.Error("it is offered")
	}
	if res, text := w.as("po").post(page+"/waive", url.Values{"reason": {"免试已批"}}, page); res.StatusCode != http.StatusConflict || !strings.Contains(text, "免试考生也要缴费") {
		t.Errorf("waived: %d", res.StatusCode)
	}
}

// differing is an order at a point that is paid, of somebody whose fee is another now.
func (w *world) differing(point string) payment.Order {
	w.t.Helper()
	o, ctx := w.ordered(point), w.t.Context()
	w.moved(campaign.ChannelWeChat, o.Number, o.Fen)
	w.write(ctx, func(tx *db.Tx) error {
		return payment.NoteDifference(ctx, tx, payment.Difference{Order: o.Number, Level: "3", Fen: o.Fen - 1000, NoticedAt: now().UnixMilli()})
	})
	return o
}

// TestDifferences: who has paid and has another fee by now is listed, cut to the remit;
// two persons of the province let it be, once; another difference is asked for anew.
func TestDifferences(t *testing.T) {
	w := newWorld(t)
	w.extra = append(w.extra, account{"po2", staff.ProvinceOperator, "430000", ""})
	o, there, ctx := w.differing(pointHere), w.differing(pointThere), t.Context()
	page := "/gl/payments/" + o.Number
	if _, text := w.as("co").get("/gl/differences"); !strings.Contains(text, page) || strings.Contains(text, there.Number) || !strings.Contains(text, "费用差额 1 笔待处理") || !strings.Contains(text, "多缴 10.00 元") {
		t.Error("a county's list is not cut to it, or does not say how much")
	}
	if _, csv := w.as("po").get("/gl/differences?as=csv"); !strings.Contains(csv, o.Number) || !strings.Contains(csv, there.Number) || !strings.Contains(csv, "-10") {
		t.Errorf("as a file: %s", csv)
	}
	if _, text := w.as("co").get(page); !strings.Contains(text, "现在应缴") || strings.Contains(text, page+"/settle") {
		t.Error("a county does not see the difference, or is offered to settle it")
	}
	form := url.Values{"reason": {"差额十元，按省里通知不退"}}
	if res, _ := w.as("po").post("/gl/payments/"+w.ordered(pointHere).Number+"/settle", form, page); res.StatusCode != http.StatusConflict {
		t.Errorf("of what does not differ: %d", res.StatusCode)
	}
	if res, _ := w.as("po").post(page+"/settle", form, page); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("asked: %d", res.StatusCode)
	}
	w.write(ctx, func(tx *db.Tx) error { // the level is changed once more meanwhile
		return payment.NoteDifference(ctx, tx, payment.Difference{Order: o.Number, Level: "1", Fen: o.Fen + 1000, NoticedAt: now().UnixMilli() + 1})
	})
	_, text := w.as("po2").get("/gl/seconds")
	if res, _ := w.as("po2").post(agreeTo.FindString(text), url.Values{}, "/gl/seconds"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("agreed: %d", res.StatusCode)
	}
	if _, text = w.as("po").get(page); !strings.Contains(text, "少缴 10.00 元") || !strings.Contains(text, "提请第二个人同意") {
		t.Error("what was agreed to holds for another difference")
	}
	w.byTwoPersons("/gl/payments/"+there.Number, "/settle", form, "费用差额不补不退")
	if _, text = w.as("po").get("/gl/payments/" + there.Number); !strings.Contains(text, "差额十元") || !strings.Contains(text, "某po2") {
		t.Error("the order does not say who settled it and why")
	}
	if _, text = w.as("po").get("/gl/differences"); strings.Contains(text, there.Number) {
		t.Error("it is listed still")
	}
}

// refunded is a refund at a channel's own console of what paid an order at a point.
func (w *world) refunded(point string, fen int64) (o payment.Order, b payment.Booked) {
	w.t.Helper()
	o = w.ordered(point)
	paid := w.moved(campaign.ChannelWeChat, o.Number, o.Fen)
	w.write(w.t.Context(), func(tx *db.Tx) (err error) {
		b, err = w.flow.BookMovement(w.t.Context(), tx, payment.Movement{Channel: campaign.ChannelWeChat, Kind: payment.Refund, Number: "50" + paid.Movement.Number, Of: paid.Movement.Number, Order: o.Number, Fen: fen,
			At: now().UnixMilli(), Source: payment.ByStatement}, flow.Hub())
		return err
	})
	return o, b
}

// TestTakeRefundIn: a refund that nobody here asked for is shown in suspense with what is
// proposed, and two persons take it into the books; the order that it paid is over.
func TestTakeRefundIn(t *testing.T) {
	w := newWorld(t)
	w.extra = append(w.extra, account{"po2", staff.ProvinceOperator, "430000", ""})
	o, b := w.refunded(pointHere, 17000)
	page := "/gl/movements/" + b.Movement.ID
	if _, text := w.as("po").get("/gl/suspense"); !strings.Contains(text, page) || !strings.Contains(text, "没有人申请的退款") || !strings.Contains(text, "补记入账") {
		t.Error("it is not listed with what is proposed")
	}
	if _, text := w.as("co").get(page); !strings.Contains(text, "看它退的那笔付款") || strings.Contains(text, "name=\"step\"") {
		t.Error("a county does not see what it gave back, or is offered to take it in")
	}
	form := url.Values{"step": {"take-in"}, "reason": {"市招办误点了后台退款"}}
	if got, _ := w.step("co", b.Movement.ID, form); got != http.StatusForbidden {
		t.Errorf("a county: %d", got)
	}
	if got, _ := w.step("po", b.Movement.ID, url.Values{"step": {"take-in"}}); got != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", got)
	}
	w.byTwoPersons(page, "/step", form, "补记渠道后台的退款")
	if _, text := w.as("po").get(page); !strings.Contains(text, "已补记退款") || !strings.Contains(text, "某po2") || strings.Contains(text, "name=\"step\"") {
		t.Error("the page does not say who took it in, or offers it again")
	}
	if _, text := w.as("po").get("/gl/suspense"); strings.Contains(text, page) {
		t.Error("it lies in suspense still")
	}
	if _, text := w.as("po").get("/gl/payments/" + o.Number); !strings.Contains(text, "已终止") {
		t.Error("the order is paid still")
	}
	if acts := strings.Join(w.acts(b.Movement.ID), "\n"); strings.Count(acts, "refund.taken") != 1 || strings.Count(acts, "order.refunded") != 1 {
		t.Errorf("journal: %s", acts)
	}
	_, part := w.refunded(pointHere, 1000)
	w.byTwoPersons("/gl/movements/"+part.Movement.ID, "/step", form, "补记渠道后台的退款")
	if acts := strings.Join(w.acts(part.Movement.ID), "\n"); strings.Contains(acts, "order.refunded") {
		t.Errorf("a part ended the order: %s", acts)
	}
}
