package web_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/teller"
	"zhunkao/protocol/campaign"
)

// inCash makes the world's campaign take cash over the counter, of whoever has handed
// in her papers, and ask no fee of the exempt.
func inCash(_ *testing.T, w *world) { w.change = takingCash }

func takingCash(c *campaign.Campaign) {
	c.Payment.Opens, c.Policy.ConfirmUnpaid = campaign.OpensPapers, true
	c.Policy.ExemptPays = false
	c.Payment.Channels = append(c.Payment.Channels, campaign.ChannelCash)
	c.Acts = append(c.Acts, campaign.Act{Key: flow.ActTakeCash, Zh: "收取报名考试费", Tier: campaign.Point, Persons: 1})
}

// ordered opens an order at a point, past all that flow asks, and gives it.
func (w *world) ordered(point string) payment.Order {
	w.t.Helper()
	number := payment.NewNumber(2019, "430000")
	o := payment.Order{Number: number, Application: strings.Repeat("0", 12) + number, Campaign: w.camp.ID, Division: point[:6], Point: point, Level: "1", Fen: 17000,
		OpenedAt: now().UnixMilli(), Cause: string(flow.CauseConfirmed)}
	w.write(w.t.Context(), func(tx *db.Tx) error { return payment.OpenOrder(w.t.Context(), tx, o) })
	return o
}

// ending is an order at a point that has an end, of tomorrow.
func (w *world) ending(point string) payment.Order {
	w.t.Helper()
	o := w.ordered(point)
	o.DueAt = now().AddDate(0, 0, 1).UnixMilli()
	w.write(w.t.Context(), func(tx *db.Tx) error { return payment.Extend(w.t.Context(), tx, o.Number, o.DueAt) })
	return o
}

// more is the form by which an order gets another end.
func more(due string) url.Values {
	return url.Values{"due": {due}, "code": {"03"}, "reason": {"确认点停电，有证明"}}
}

// moved books that a channel says so much was paid for an order.
func (w *world) moved(channel, order string, fen int64) payment.Booked {
	w.t.Helper()
	var b payment.Booked
	w.write(w.t.Context(), func(tx *db.Tx) (err error) {
		b, err = w.flow.BookMovement(w.t.Context(), tx, payment.Movement{Channel: channel, Kind: payment.Payment, Number: "42" + payment.NewNumber(2019, "430000"), Order: order, Fen: fen,
			At: now().UnixMilli(), Source: payment.ByNotice}, flow.Hub())
		return err
	})
	return b
}

// again is a second payment of an order at a point: it lies in suspense.
func (w *world) again(point string) payment.Booked {
	w.t.Helper()
	o := w.ordered(point)
	w.moved(campaign.ChannelWeChat, o.Number, o.Fen)
	return w.moved(campaign.ChannelWeChat, o.Number, o.Fen)
}

// returning is a payment at a point that two persons agreed to give back.
func (w *world) returning(point, channel string) payment.Booked {
	w.t.Helper()
	o := w.ordered(point)
	b := w.moved(channel, o.Number, o.Fen)
	w.write(w.t.Context(), func(tx *db.Tx) error {
		return w.flow.StepMovement(w.t.Context(), tx, b.Movement.ID, payment.GiveBack, "01 重复缴费", flow.Operator(), "")
	})
	return b
}

// twoWords is a payment at a point of which its channel says another amount by now.
func (w *world) twoWords() (x teller.Conflict) {
	w.t.Helper()
	o, ctx := w.ordered(pointHere), w.t.Context()
	b := w.moved(campaign.ChannelWeChat, o.Number, o.Fen)
	w.write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO payment_conflict (id, channel, kind, number, of_number, order_number, fen, moved_at, source, heard_at, settled_at, by_staff, second, why)
			VALUES ($1, 'wechat', 'payment', $2, '', $3, 9900, $4, 'query', $4, 0, '', '', '')`, "c"+o.Number, b.Movement.Number, o.Number, now().UnixMilli())
		if err == nil {
			x, err = teller.GetConflict(ctx, tx, "c"+o.Number)
		}
		return err
	})
	return x
}

// aside is a payment on its way back of which the channel gave no end for ten days.
func (w *world) aside() (b payment.Booked, number string) {
	w.t.Helper()
	b, ctx := w.returning(pointHere, campaign.ChannelWeChat), w.t.Context()
	number = "R" + b.Movement.ID + "02"
	w.write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO payment_refund (number, movement, position, channel, order_number, why, asked_at, state, code, next_ask, tries, ended_at, asked_again)
			VALUES ($1, $2, 2, 'wechat', $3, '退款', 1000, 'aside', '', 1000, 90, 0, 1000)`, number, b.Movement.ID, b.Movement.Order)
		return err
	})
	return b, number
}

// transferred is a transfer for an order at a point, as somebody entered it.
func (w *world) transferred(point string) payment.BankTransfer {
	w.t.Helper()
	o, by := w.ordered(point), w.byOf("po")
	var b payment.BankTransfer
	w.write(w.t.Context(), func(tx *db.Tx) (err error) {
		b, err = w.flow.EnterTransfer(w.t.Context(), tx, payment.BankTransfer{Serial: "B" + o.Number, Order: o.Number, Fen: o.Fen, At: now().UnixMilli()}, by)
		return err
	})
	return b
}

// moneyHonest is how the pages of money are used; those of cash in a world that takes
// it.
func (w *world) moneyHonest(path string) (honest, bool) {
	w.t.Helper()
	why := "付款截图和账单都看过"
	at := func(id, do string, form url.Values) (honest, bool) {
		return honest{path: "/gl/movements/" + id + do, browser: w.as("po"), form: form}, true
	}
	switch path {
	case "/gl/movements/:id/step": // asks; the second person agrees
		return at(w.again(pointHere).Movement.ID, "/step", url.Values{"step": {"give-back"}, "code": {"01"}, "reason": {why}})
	case "/gl/payments/:id/extend": // asks; the second person agrees
		return honest{path: "/gl/payments/" + w.ending(pointHere).Number + "/extend", browser: w.as("po"), form: more("2019-09-20T18:00")}, true
	case "/gl/payments/:id/waive": // asks; the second person agrees
		return honest{path: "/gl/payments/" + w.claiming().Number + "/waive", browser: w.as("po"), form: url.Values{"reason": {why}}}, true
	case "/gl/payments/:id/settle": // asks; the second person agrees
		return honest{path: "/gl/payments/" + w.differing(pointHere).Number + "/settle", browser: w.as("po"), form: url.Values{"reason": {why}}}, true
	case "/gl/movements/:id/owner":
		o := w.ordered(pointHere)
		return at(w.moved(campaign.ChannelWeChat, "nobody"+o.Number, o.Fen).Movement.ID, "/owner", url.Values{"order": {o.Number}, "reason": {why}})
	case "/gl/movements/:id/paid-out":
		return at(w.returning(pointHere, campaign.ChannelTransfer).Movement.ID, "/paid-out", url.Values{"serial": {"R1"}})
	case "/gl/movements/:id/ask-again":
		b, _ := w.aside()
		return at(b.Movement.ID, "/ask-again", url.Values{})
	case "/gl/contradictions/:id/settle": // asks; the second person agrees
		return honest{path: "/gl/contradictions/" + w.twoWords().ID + "/settle", browser: w.as("po"), form: url.Values{"reason": {why}}}, true
	case "/gl/transfers":
		return honest{path: path, browser: w.as("co"), form: url.Values{"serial": {"T1"}, "yuan": {"170.00"}, "day": {"2019-09-05"}, "order": {w.ordered(pointHere).Number}}}, true
	case "/gl/transfers/:id/confirm":
		return honest{path: "/gl/transfers/" + w.transferred(pointHere).ID + "/confirm", browser: w.as("co"), form: url.Values{"yuan": {"170"}}}, true
	case "/gl/transfers/:id/refuse":
		return honest{path: "/gl/transfers/" + w.transferred(pointHere).ID + "/refuse", browser: w.as("co"), form: url.Values{"reason": {"回单看错了"}}}, true
	case "/gl/points/:id/deposits":
		w.signedDay(pointHere, "2019-09-02")
		return honest{path: "/gl/points/" + pointHere + "/deposits", browser: w.as("cl"), form: url.Values{"for": {"2019-09-02"}, "serial": {"J1"}, "yuan": {"2"}, "day": {"2019-09-03"}, "reason": {"多出一元，原因在查"}}}, true
	case "/gl/deposits/:id/sign":
		return honest{path: "/gl/deposits/" + w.deposited(pointHere).ID + "/sign", browser: w.as("cl"), form: url.Values{"yuan": {"1"}}}, true
	case "/gl/deposits/:id/drop":
		return honest{path: "/gl/deposits/" + w.deposited(pointHere).ID + "/drop", browser: w.as("cl"), form: url.Values{"reason": {"单号看错了"}}}, true
	case "/gl/cash", "/gl/cash/:id/papers", "/gl/cash/:id/take", "/gl/cash/:id/receipt", "/gl/points/:id/cash", "/gl/points/:id/cash/sign":
		return w.cashHonest(path)
	}
	return honest{}, false
}

func (w *world) cashHonest(path string) (honest, bool) {
	w.t.Helper()
	use := func(at string, form url.Values) (honest, bool) {
		return honest{path: at, browser: w.as("cl"), form: form}, true
	}
	her := w.people[map[string]int{"/gl/cash/:id/papers": 0, "/gl/cash/:id/take": 2, "/gl/cash/:id/receipt": 4}[path]].Application
	if path == "/gl/cash" {
		return use(path, url.Values{"q": {string(her.Name())}, "point": {""}})
	}
	switch day := now().Format("2006-01-02"); path {
	case "/gl/points/:id/cash":
		return use("/gl/points/"+pointHere+"/cash", url.Values{"day": {day}, "counted": {"1"}, "reason": {"多出一元，原因在查"}})
	case "/gl/points/:id/cash/sign":
		return use("/gl/points/"+pointHere+"/cash/sign", url.Values{"day": {"2019-09-01"}, "count": {w.counted(pointHere, "2019-09-01").ID}})
	}
	var o payment.Order
	if path != "/gl/cash/:id/papers" {
		w.write(w.t.Context(), func(tx *db.Tx) (err error) {
			o, err = w.flow.OpenOrder(w.t.Context(), tx, her.ID, flow.CausePapers, flow.Operator())
			return err
		})
	}
	at := "/gl/cash/" + her.ID
	switch path {
	case "/gl/cash/:id/papers":
		return use(at+"/papers", url.Values{})
	case "/gl/cash/:id/take":
		return use(at+"/take", url.Values{"order": {o.Number}, "fen": {fmt.Sprint(o.Fen)}})
	}
	var b payment.Booked
	w.write(w.t.Context(), func(tx *db.Tx) (err error) {
		b, err = w.flow.TakeCash(w.t.Context(), tx, o.Number, o.Fen, flow.Operator())
		return err
	})
	return use(at+"/receipt", url.Values{"movement": {b.Movement.Number}})
}

// counted is a count of a point's day, by an account of its own.
func (w *world) counted(point, day string) payment.CashCount {
	w.t.Helper()
	by := w.byOf("ph")
	var c payment.CashCount
	w.write(w.t.Context(), func(tx *db.Tx) error {
		p, err := org.GetPoint(w.t.Context(), tx, point)
		if err != nil {
			return err
		}
		c, err = w.flow.CountCash(w.t.Context(), tx, p, day, 0, "", by)
		return err
	})
	return c
}

// byOf is an account of the world taking a step.
func (w *world) byOf(name string) flow.By {
	w.t.Helper()
	w.hire(name)
	return flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: w.accountID(name)}}
}

// signedDay is a day of a point on which one yuan was counted and signed by two others.
func (w *world) signedDay(point, day string) {
	w.t.Helper()
	w.write(w.t.Context(), func(tx *db.Tx) error {
		c, err := payment.CountCash(w.t.Context(), tx, payment.CashCount{Point: point, Day: day, Counted: 100, Why: "多出一元", By: "first", At: now().UnixMilli()})
		if err != nil {
			return err
		}
		return payment.SignCash(w.t.Context(), tx, c.ID, "second", now().UnixMilli())
	})
}

// deposited is a slip for a day of a point's own, that the head of the point entered.
func (w *world) deposited(point string) payment.Deposit {
	w.t.Helper()
	w.slips++
	day := now().AddDate(0, 0, -10-w.slips).Format(time.DateOnly)
	w.signedDay(point, day)
	by := w.byOf("ph")
	var d payment.Deposit
	w.write(w.t.Context(), func(tx *db.Tx) (err error) {
		d, err = w.flow.EnterDeposit(w.t.Context(), tx, payment.Deposit{Point: point, Division: point[:6], Serial: "JK" + fmt.Sprint(w.slips), Day: day, Fen: 100, Days: []string{day}}, by)
		return err
	})
	return d
}
