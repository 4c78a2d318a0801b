package rehearsal_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"zhunkao/hub/payment"
	"zhunkao/protocol/democlock"
	"zhunkao/provisioning/cashier"
)

// byTwo has one ask for something on the page from, another agree to it, and the first
// do it.
func (f *fees) byTwo(one, other *tablet, from, to string, fields url.Values) {
	f.Helper()
	send := func(w *tablet, from, to string, fields url.Values) {
		f.Helper()
		status, page, err := w.post(from, to, fields)
		if f.must(to, err); status != http.StatusSeeOther {
			f.Fatalf("%s: %d:\n%s", to, status, plain(page))
		}
	}
	send(one, from, to, fields)
	_, page, err := other.get("/gl/seconds")
	f.must("what waits for a second person", err)
	waits := regexp.MustCompile(`/gl/seconds/[0-9a-f]+/agree`).FindString(page)
	if waits == "" {
		f.Fatalf("nothing waits for a second person:\n%s", plain(page))
	}
	send(other, "/gl/seconds", waits, url.Values{})
	send(one, from, to, fields)
}

// TestPaidTwiceGoesBack: what is taken twice lies in suspense and is given back by two
// persons (domain §4.5). The next day the company's statement is fetched, every line of
// it is matched, and the day is closed by two.
func TestPaidTwiceGoesBack(t *testing.T) {
	t.Parallel()
	f := newFees(t)
	f.must("box", f.box.Start(f.ctx))
	card := f.p.Cards("")[0]
	f.confirms(card)
	her := f.signsIn(card)
	f.says(her, "/ks/pay", "160.00")
	order := f.code(her, "/ks/pay", "wechat")
	f.must("she pays", f.phone.Pay(f.ctx, order, cashier.Double))
	f.says(her, "/ks/pay", "已缴费", "您多付了 160.00 元")

	sheng, xinxi := f.officer("sheng"), f.officer("xinxi")
	list := f.says(sheng, "/gl/suspense", "/gl/movements/")
	movement := regexp.MustCompile(`/gl/movements/[0-9a-f]+`).FindString(list)
	f.byTwo(sheng, xinxi, movement, movement+"/step", url.Values{"step": {string(payment.GiveBack)}, "code": {"01"}, "reason": {"同一张缴费单扣了两次"}})
	f.says(her, "/ks/pay", "已缴费", "已退回")

	f.must("to the next morning", f.p.MoveClock(f.ctx, democlock.NextDay))
	f.must("to its noon", f.p.MoveClock(f.ctx, democlock.Lunch))
	day := "/gl/days/2019-09-06"
	f.says(sheng, day, "可以日结", "3 笔", "付了两次", "已经退回")
	f.byTwo(sheng, xinxi, day, day+"/close", url.Values{"reason": {"逐笔核对无误"}})
	f.says(sheng, day, "已日结")
}
