package web_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/notice"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/ending"
	"zhunkao/hub/payment/unpaid"
	"zhunkao/protocol/window"
)

// owed makes one of a few people of a point somebody who confirmed, with a new open
// order, and gives its number. She tried to pay by WeChat some minutes ago.
func (w *world) owed(point string) string {
	w.t.Helper()
	ctx, k := w.t.Context(), w.owing.Add(1)
	n := len(w.people) - 2 - 2*int(k%3) // every other person is of the first point
	if point == pointThere {
		n++
	}
	app, number := w.people[n].Application, fmt.Sprintf("201943000000%08d", k)
	if app.Point != point {
		w.t.Fatal("the people are not where this test needs them")
	}
	w.write(ctx, func(tx *db.Tx) error {
		for _, q := range []string{`UPDATE payment_order SET state = 'left' WHERE application = $1`, `UPDATE application SET state = 'confirmed' WHERE id = $1`} {
			if _, err := tx.Exec(ctx, q, app.ID); err != nil {
				return err
			}
		}
		if err := payment.OpenOrder(ctx, tx, payment.Order{Number: number, Application: app.ID, Campaign: app.Campaign, Division: point[:6], Point: point, Level: "5", Fen: 17000, OpenedAt: now().UnixMilli() - 1000, DueAt: now().Add(time.Hour).UnixMilli(), Record: number}); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO payment_attempt (channel, number, order_number, way, fen, asked_at, until, code, state, next_ask, tries, away, said_at, dead) VALUES ('wechat', $1, $1, 'scan', 17000, $2, $3, '', 'ended', 0, 1, 0, 0, $4)`,
			number, now().Add(-10*time.Minute).UnixMilli(), now().UnixMilli(), true)
		return err
	})
	return number
}

// ended draws a list of the end past the clock, in place of one that was told, with
// objections over, and signs it if asked.
func (w *world) ended(signed bool) (l ending.List) {
	w.t.Helper()
	w.hire("po")
	w.hire("pa")
	ctx, drew, beside := w.t.Context(), w.accountID("po"), w.accountID("pa")
	w.write(ctx, func(tx *db.Tx) (err error) {
		for _, q := range []string{`UPDATE ending SET state = 'dropped' WHERE state = 'told'`, `UPDATE ending_person SET state = 'restored' WHERE state = 'void'`} {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		if l, err = ending.Draw(ctx, tx, ending.List{Campaign: w.camp.ID, Division: "430000", DrawnAt: now().UnixMilli() - 2, DrawnBy: drew, ObjectUntil: now().UnixMilli() - 1}); err != nil || !signed {
			return err
		}
		seen, err := ending.Now(ctx, tx, l.ID)
		if err == nil {
			l, err = ending.Sign(ctx, tx, l, seen, ending.Who{By: drew, Second: beside, At: now().UnixMilli()})
		}
		return err
	})
	return l
}

// onIt gives somebody of the first point who stands on a list.
func (w *world) onIt(l ending.List) string {
	w.t.Helper()
	var p []ending.Person
	w.write(w.t.Context(), func(tx *db.Tx) (err error) {
		p, err = ending.People(w.t.Context(), tx, ending.Filter{List: l.ID, Division: countyHere, Point: pointHere, Limit: 1})
		return err
	})
	if len(p) == 0 {
		w.t.Fatal("nobody of the first point is on the list")
	}
	return p[0].Application
}

// checked makes the list of the first point ready to be signed, and gives the hash of it
// as the page shows it.
func (w *world) checked() string {
	w.t.Helper()
	ctx := w.t.Context()
	w.owed(pointHere)
	var sum unpaid.Sum
	w.write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE unpaid_signoff SET ended_at = 1 WHERE ended_at = 0`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE unpaid_finding SET signoff = ''`); err != nil {
			return err
		}
		all, err := unpaid.List(ctx, tx, unpaid.Filter{Campaign: w.camp.ID, Division: countyHere, Point: pointHere, Limit: 500})
		if err != nil {
			return err
		}
		for _, p := range all {
			if err := unpaid.PutAnswer(ctx, tx, p.Number, p.Application, unpaid.Answer{At: 1, Outcome: unpaid.NotPaid}); err != nil {
				return err
			}
			if err := unpaid.Find(ctx, tx, p, unpaid.Finding{Code: "01", At: 1, By: "s0000000000000000"}); err != nil {
				return err
			}
		}
		sum, err = unpaid.SumUp(ctx, tx, w.camp.ID, countyHere, pointHere)
		return err
	})
	return sum.Hash
}

// troubled is the form about those who tried to pay by WeChat.
func troubled(due bool) url.Values {
	at := func(t time.Time) string { return t.In(window.Zone()).Format("2006-01-02T15:04") }
	f := url.Values{"channel": {"wechat"}, "from": {at(now().Add(-time.Hour))}, "to": {at(now())}}
	if due {
		f.Set("due", at(now().Add(48*time.Hour)))
		f.Set("code", "04")
	}
	return f
}

// honestUnpaid is the honest use of the routes of this part.
func (w *world) honestUnpaid(path string) honest {
	w.t.Helper()
	switch path {
	case "/gl/unpaid/ask":
		w.owed(pointHere)
		w.write(w.t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(w.t.Context(), `UPDATE unpaid_round SET ended_at = 1`)
			return err
		})
		return honest{path: path, browser: w.as("cl"), form: url.Values{}}
	case "/gl/unpaid/sign":
		return honest{path: path, browser: w.as("ph"), form: url.Values{"seen": {w.checked()}}}
	case "/gl/unpaid/reopen":
		seen := w.checked()
		w.write(w.t.Context(), func(tx *db.Tx) error {
			_, err := w.flow.SignUnpaid(w.t.Context(), tx, w.camp.ID, countyHere, pointHere, seen, flow.Operator())
			return err
		})
		return honest{path: path, browser: w.as("ph"), form: url.Values{"reason": {"原因写错了"}}}
	case "/gl/unpaid/:id/contact":
		return honest{path: "/gl/unpaid/" + w.owed(pointHere) + "/contact", browser: w.as("cl"), form: url.Values{"at": {now().In(window.Zone()).Format("2006-01-02T15:04")}, "way": {"call"}, "outcome": {"spoke"}, "said": {"今天付"}}}
	case "/gl/unpaid/:id/reason":
		return honest{path: "/gl/unpaid/" + w.owed(pointHere) + "/reason", browser: w.as("cl"), form: url.Values{"code": {"99"}, "remark": {"在外地"}}}
	case "/gl/trouble/tell":
		w.owed(pointHere)
		return honest{path: path, browser: w.as("po"), form: troubled(false)}
	case "/gl/trouble/extend": // asks; the second person agrees
		w.owed(pointHere)
		f := troubled(true)
		f.Set("reason", "微信网关故障")
		return honest{path: path, browser: w.as("po"), form: f}
	case "/gl/endings":
		return honest{path: path, browser: w.as("po"), form: url.Values{}}
	case "/gl/endings/:id/restore":
		l := w.ended(true)
		return honest{path: "/gl/endings/" + l.ID + "/restore", browser: w.as("po"), form: url.Values{"application": {w.onIt(l)}, "reason": {"确认点补报"}}}
	case "/gl/endings/:id/reverse":
		return honest{path: "/gl/endings/" + w.ended(true).ID + "/reverse", browser: w.as("po"), form: url.Values{"reason": {"省里决定补报"}}}
	}
	l := w.ended(false)
	page := "/gl/endings/" + l.ID
	switch path {
	case "/gl/endings/:id/object":
		return honest{path: page + "/object", browser: w.as("cl"), form: url.Values{"application": {w.onIt(l)}, "reason": {"说在现场签过字"}}}
	case "/gl/endings/:id/decide":
		return honest{path: page + "/decide", browser: w.as("co"), form: url.Values{"application": {w.onIt(l)}, "verdict": {"off"}, "reason": {"查到流程表"}}}
	case "/gl/endings/:id/drop":
		return honest{path: page + "/drop", browser: w.as("po"), form: url.Values{"reason": {"再等两天"}}}
	}
	return honest{path: page + "/sign", browser: w.as("po"), form: url.Values{"seen": {l.Hash}, "reason": {"按方案第五条"}}}
}

var seenHash = regexp.MustCompile(`name="seen" value="([0-9a-f]{64})"`)

// TestUnpaid: a point reaches who has not paid, puts the reason down, and signs its
// list; the county sees and does not write; after it nothing is changed unless the list
// is opened again (A20, A43).
func TestUnpaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo)
	order := w.owed(pointHere)
	page := "/gl/unpaid/" + order
	_, text := w.as("cl").get("/gl/unpaid")
	if !strings.Contains(text, page) || seenHash.MatchString(text) {
		t.Error("her list does not show her, or can be signed by a clerk")
	}
	_, text = w.as("ph").get("/gl/unpaid")
	if seenHash.MatchString(text) {
		t.Error("a list that is not checked can be signed")
	}
	_, text = w.as("co").get(page)
	if !strings.Contains(text, "****") || strings.Contains(text, page+"/reason") {
		t.Error("the county sees a whole telephone, or may write")
	}
	if res, _ := w.as("co").post(page+"/reason", url.Values{"code": {"01"}}, page); res.StatusCode != http.StatusForbidden {
		t.Errorf("the county writes: %d", res.StatusCode)
	}
	for _, x := range []struct {
		form url.Values
		want int
	}{{url.Values{"code": {"77"}}, 422}, {url.Values{"code": {"99"}}, 422}, {url.Values{"code": {"99"}, "remark": {"电话19900000901"}}, 422}, {url.Values{"code": {"99"}, "remark": {"在外地打工"}}, 303}} {
		if res, _ := w.as("cl").post(page+"/reason", x.form, page); res.StatusCode != x.want {
			t.Errorf("%v: got %d, want %d", x.form, res.StatusCode, x.want)
		}
	}
	for at, want := range map[string]int{now().Add(26 * time.Hour).Format("2006-01-02T15:04"): 422, now().In(window.Zone()).Format("2006-01-02T15:04"): 303} {
		if res, _ := w.as("cl").post(page+"/contact", url.Values{"at": {at}, "way": {"call"}, "outcome": {"no-one"}}, page); res.StatusCode != want {
			t.Errorf("a contact at %s: got %d, want %d", at, res.StatusCode, want)
		}
	}
	w.write(t.Context(), func(tx *db.Tx) error {
		p, err := unpaid.Get(t.Context(), tx, order)
		if err != nil {
			return err
		}
		if p.Contacts != 1 || p.Finding.Code != "99" {
			t.Errorf("kept: %d contacts, reason %q", p.Contacts, p.Finding.Code)
		}
		return unpaid.PutAnswer(t.Context(), tx, order, p.Application, unpaid.Answer{At: 1, Outcome: unpaid.NotPaid})
	})
	_, text = w.as("ph").get("/gl/unpaid")
	seen := seenHash.FindStringSubmatch(text)
	if seen == nil {
		t.Fatal("the head of the point cannot sign")
	}
	if res, _ := w.as("ph").post("/gl/unpaid/sign", url.Values{"seen": {seen[1]}}, "/gl/unpaid"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("signed: %d", res.StatusCode)
	}
	if res, _ := w.as("cl").post(page+"/reason", url.Values{"code": {"01"}}, page); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a reason is changed after it was signed: %d", res.StatusCode)
	}
	if res, _ := w.as("co").post("/gl/unpaid/reopen", url.Values{"point": {pointHere}, "reason": {"原因要改"}}, "/gl/unpaid?point="+pointHere); res.StatusCode != http.StatusSeeOther {
		t.Errorf("opened again: %d", res.StatusCode)
	}
	if res, _ := w.as("cl").post(page+"/reason", url.Values{"code": {"01"}}, page); res.StatusCode != http.StatusSeeOther {
		t.Errorf("a reason is mended: %d", res.StatusCode)
	}
	res, body := w.as("cl").get("/gl/unpaid/sheet")
	if res.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(body, "%PDF") {
		t.Error("there is no paper")
	}
	if res, _ := w.as("co").get("/gl/unpaid/sheet?point=" + pointThere); res.StatusCode != http.StatusNotFound {
		t.Errorf("another county's paper: %d", res.StatusCode)
	}
	if res, _ := w.as("co").get("/gl/unpaid?point=" + pointThere); res.StatusCode != http.StatusNotFound {
		t.Errorf("another county's list: %d", res.StatusCode)
	}
}

// agreeAll has the second person of the province agree to what waits.
func (w *world) agreeAll(name string) {
	w.t.Helper()
	_, text := w.as(name).get("/gl/seconds")
	for _, m := range regexp.MustCompile(`/gl/seconds/([0-9a-f]{24})/agree`).FindAllStringSubmatch(text, -1) {
		if res, _ := w.as(name).post("/gl/seconds/"+m[1]+"/agree", url.Values{}, "/gl/seconds"); res.StatusCode != http.StatusSeeOther {
			w.t.Errorf("agreed: %d", res.StatusCode)
		}
	}
}

// TestTrouble: exactly those whom a channel failed get more time, by two persons; what
// had closed is open again; who paid meanwhile is left out, and the second time changes
// nothing (A59).
func TestTrouble(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo)
	open, closed, paid := w.owed(pointHere), w.owed(pointThere), w.owed(pointHere)
	ctx := t.Context()
	w.write(ctx, func(tx *db.Tx) error { return payment.EndOrder(ctx, tx, closed, payment.Closed, now().UnixMilli()) })
	form := troubled(true)
	form.Set("reason", "微信网关故障")
	if res, _ := w.as("po").post("/gl/trouble/extend", form, "/gl/trouble"); res.Header.Get("Location") != "/gl/seconds?done=asked" {
		t.Fatalf("asked: %d", res.StatusCode)
	}
	said := strings.NewReplacer("T", " ")
	if _, page := w.as("pa").get("/gl/seconds"); !strings.Contains(page, "微信支付，"+said.Replace(form.Get("from"))+" 到 "+said.Replace(form.Get("to"))+"，缴费延到 "+said.Replace(form.Get("due"))) {
		t.Error("the second person does not see what she agrees to")
	}
	w.agreeAll("pa")
	pay := func() {
		w.write(ctx, func(tx *db.Tx) error {
			_, err := w.flow.BookMovement(ctx, tx, payment.Movement{Channel: "alipay", Kind: payment.Payment, Number: "20190906", Order: paid, Fen: 17000, At: now().UnixMilli(), Source: payment.ByNotice}, flow.Hub())
			return err
		})
	}
	pay() // people pay all the time: the word that was given holds, for who has not paid now
	if _, page := w.as("po").get("/gl/trouble?" + form.Encode()); !strings.Contains(page, `name="code" value="04"`) {
		t.Error("the page does not offer what was agreed to")
	}
	endless := maps.Clone(form)
	endless.Set("to", now().Add(time.Hour).In(window.Zone()).Format("2006-01-02T15:04"))
	if res, _ := w.as("po").post("/gl/trouble/extend", endless, "/gl/trouble"); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a stretch that is not over: %d", res.StatusCode)
	}
	if res, _ := w.as("po").post("/gl/trouble/extend", form, "/gl/trouble"); !strings.HasPrefix(res.Header.Get("Location"), "/gl/trouble?channel=wechat&done=extended&due=") {
		t.Fatalf("extended: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	due, _ := time.ParseInLocation("2006-01-02T15:04", form.Get("due"), window.Zone())
	w.write(ctx, func(tx *db.Tx) error {
		for number, want := range map[string]payment.State{open: payment.Open, closed: payment.Open, paid: payment.Paid} {
			o, err := payment.GetOrder(ctx, tx, number)
			if err != nil {
				return err
			}
			if o.State != want || (o.DueAt == due.UnixMilli()) == (want == payment.Paid) {
				t.Errorf("order is %s until %d", o.State, o.DueAt)
			}
		}
		return nil
	})
	if res, _ := w.as("po").post("/gl/trouble/extend", form, "/gl/trouble"); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the second time: %d", res.StatusCode)
	}
}

// TestEndingDropped: when a list is dropped, who had objected is told so as well.
func TestEndingDropped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo)
	l := w.ended(false)
	page, who := "/gl/endings/"+l.ID, w.onIt(l)
	w.as("cl").post(page+"/object", url.Values{"application": {who}, "reason": {"说签过字"}}, page)
	if res, _ := w.as("po").post(page+"/drop", url.Values{"reason": {"再等两天"}}, page); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("dropped: %d", res.StatusCode)
	}
	if _, err := w.flow.TellRounds(t.Context(), w.db); err != nil {
		t.Fatal(err)
	}
	off := 0
	w.write(t.Context(), func(tx *db.Tx) error {
		all, err := notice.List(t.Context(), tx, notice.Reader{Applications: []string{who}}, "", 100)
		for _, n := range all {
			if n.Kind == notice.EndOff {
				off++
			}
		}
		return err
	})
	if off != 1 {
		t.Errorf("she was told %d times that the list is dropped", off)
	}
}

// TestEnding: nobody is void before two persons have signed exactly the list; an
// objection stops it until it is answered; one void and a whole list are taken back by
// two (A41).
func TestEnding(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo)
	l := w.ended(false)
	page, who := "/gl/endings/"+l.ID, w.onIt(l)
	if res, _ := w.as("cl").post(page+"/object", url.Values{"application": {who}, "reason": {"说签过字"}}, page); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("objected: %d", res.StatusCode)
	}
	seen := func() string {
		var hash string
		w.write(t.Context(), func(tx *db.Tx) (err error) { hash, err = ending.Now(t.Context(), tx, l.ID); return err })
		return hash
	}
	sign := func() string {
		res, _ := w.as("po").post(page+"/sign", url.Values{"seen": {seen()}, "reason": {"按方案第五条"}}, page)
		return res.Header.Get("Location")
	}
	sign()
	w.agreeAll("pa")
	if to := sign(); to != "" {
		t.Errorf("signed over an objection: to %s", to)
	}
	if res, _ := w.as("co").post(page+"/decide", url.Values{"application": {who}, "verdict": {"keep"}, "reason": {"没有签字"}}, page); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("answered: %d", res.StatusCode)
	}
	if to := sign(); to != page+"?done=done" {
		t.Fatalf("signed: to %s", to)
	}
	standing := func() (p ending.Person) {
		w.write(t.Context(), func(tx *db.Tx) (err error) { p, err = ending.On(t.Context(), tx, l.ID, who); return err })
		return p
	}
	if p := standing(); p.Standing != ending.Void || p.Second != w.accountID("pa") {
		t.Errorf("after it was signed: %+v", p)
	}
	var late payment.Booked // a word that comes now pays nothing (A42)
	w.write(t.Context(), func(tx *db.Tx) (err error) {
		o := payment.Order{Number: fmt.Sprintf("201943000000%08d", w.owing.Add(1)), Application: who, Campaign: l.Campaign, Division: pointHere[:6], Point: pointHere, Level: "5", Fen: 17000, OpenedAt: now().UnixMilli() - 1000, DueAt: now().Add(time.Hour).UnixMilli(), Record: "late"}
		if _, err := tx.Exec(t.Context(), `UPDATE payment_order SET state = 'left' WHERE application = $1`, who); err != nil {
			return err
		}
		if err := payment.OpenOrder(t.Context(), tx, o); err != nil {
			return err
		}
		late, err = w.flow.BookMovement(t.Context(), tx, payment.Movement{Channel: "alipay", Kind: payment.Payment, Number: "2019090777", Order: o.Number, Fen: o.Fen, At: now().UnixMilli(), Source: payment.ByQuery}, flow.Hub())
		return err
	})
	if late.Standing != payment.Late {
		t.Errorf("paid when void: %s", late.Standing)
	}
	credit := func() (*http.Response, string) {
		at := "/gl/movements/" + late.Movement.ID
		return w.as("po").post(at+"/step", url.Values{"step": {"credit"}, "reason": {"按时缴费"}}, at)
	}
	credit()
	w.agreeAll("pa")
	if res, body := credit(); res.StatusCode != http.StatusConflict || !strings.Contains(body, "报名已经作废") {
		t.Errorf("credited to a void registration: %d", res.StatusCode)
	}
	restore := func() string {
		res, _ := w.as("po").post(page+"/restore", url.Values{"application": {who}, "reason": {"确认点补报"}}, page+"?who="+who)
		return res.Header.Get("Location")
	}
	restore()
	if standing().Standing != ending.Void {
		t.Error("one person took a void back alone")
	}
	w.agreeAll("pa")
	if restore(); standing().Standing != ending.Restored {
		t.Error("two did not")
	}
	if res, _ := w.as("co").get(page + "?who=" + w.people[1].Application.ID); res.StatusCode != http.StatusNotFound {
		t.Errorf("another county's person: %d", res.StatusCode)
	}
}
