package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
	"zhunkao/hub/notice"
	"zhunkao/hub/payment"
	"zhunkao/hub/seating"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/hub/site"
	"zhunkao/hub/staff"
	"zhunkao/protocol/campaign"
)

// toNumber makes a world in which tickets are numbered now.
func toNumber(_ *testing.T, w *world) { w.change = numberingNow }

func numberingNow(c *campaign.Campaign) {
	for i := range c.Windows {
		if x := &c.Windows[i]; x.Step == "number-tickets" {
			x.From, x.To = now().Add(-time.Hour), now().AddDate(0, 0, 5)
		}
	}
}

// valid confirms the n-th person and has her pay.
func (w *world) valid(n int) string {
	w.t.Helper()
	app, ctx := w.people[n].Application, w.t.Context()
	var confirmed int
	w.write(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM confirmation WHERE application = $1 AND state = 'in-force'`, app.ID).Scan(&confirmed)
	})
	if confirmed == 0 {
		w.confirm(n)
	}
	w.write(ctx, func(tx *db.Tx) error {
		o := payment.Order{Number: payment.NewNumber(2019, "430000"), Application: app.ID, Campaign: w.camp.ID, Division: app.Point[:6], Point: app.Point, Level: app.First().Level, Fen: 17000, OpenedAt: now().UnixMilli()}
		if all, err := payment.OrdersOf(ctx, tx, app.ID); err != nil || len(all) > 0 {
			o.Number = all[0].Number
		} else if err := payment.OpenOrder(ctx, tx, o); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE payment_order SET state = 'paid' WHERE number = $1`, o.Number)
		return err
	})
	return app.ID
}

// arranged is the published arrangement of the world, made once.
func (w *world) arranged() string {
	w.t.Helper()
	var v seating.Version
	var there bool
	w.write(w.t.Context(), func(tx *db.Tx) (err error) {
		v, there, err = seating.Current(w.t.Context(), tx, w.camp.ID)
		return err
	})
	if !there {
		var err error
		if v, err = seatingtest.Publish(w.t.Context(), w.db, w.camp, seatingtest.People(3, countyHere), now().UnixMilli()); err != nil {
			w.t.Fatal(err)
		}
	}
	return v.ID
}

func (w *world) works() {
	w.t.Helper()
	if err := w.flow.WorkSeating(w.t.Context(), w.db, w.camp.ID); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) making() (v seating.Version) {
	w.t.Helper()
	w.write(w.t.Context(), func(tx *db.Tx) (err error) {
		all, err := seating.Versions(w.t.Context(), tx, w.camp.ID)
		if len(all) > 0 {
			v = all[0]
		}
		return err
	})
	return v
}

// drawers names three accounts of the province, hired at the machine, for the offices.
func (w *world) drawers() []string {
	var out []string
	for i, o := range w.camp.Arrangement.Draws {
		name := []string{"po", "pa", "p3"}[i]
		w.hire(name)
		out = append(out, o.Key+" "+w.accountID(name))
	}
	return out
}

func number(n int) string { return strings.Repeat(fmt.Sprint(n), 40) }

// TestArrangement is the arrangement from the trial to the tickets and back (A48, A49,
// faults 38 to 40): nobody alone can do it, nothing but what was sealed is revealed, and
// the bundle verifies.
func TestArrangement(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo, toNumber)
	w.hireAs(account{"p3", staff.ProvinceOperator, "430000", ""})
	const list = "/gl/arrangement"
	post := func(who, path string, form url.Values) (string, string) {
		t.Helper()
		res, body := w.as(who).post(path, form, list)
		return res.Header.Get("Location"), textOf(body)
	}
	if _, text := post("po", list, url.Values{"drawer": w.drawers()}); !strings.Contains(text, "还没有有效的报名") {
		t.Errorf("began with nobody: %s", text)
	}
	one, two, three := w.valid(0), w.valid(2), w.valid(4)
	w.write(t.Context(), func(tx *db.Tx) error { // to an area that no drawing has any more: it spoils nothing, and is listed
		return site.AddMove(t.Context(), tx, w.camp.ID, countyHere, site.Move{Application: two, To: "9999", Reason: "就近", At: 1})
	})
	if to, text := post("po", list+"/try", nil); to != list+"#trial" {
		t.Fatalf("tried: %s %s", to, text)
	}
	w.works()
	w.says("po", list, "换个顺序重算，完全一样", "单独调去的考区不在了", "9999", string(w.people[2].Application.Name()))
	if _, text := post("po", list, url.Values{"drawer": {"admission " + w.accountID("po")}}); !strings.Contains(text, "每家要有一个自己的人") {
		t.Errorf("began with one drawer: %s", text)
	}
	same := w.drawers()
	same[1] = "information " + w.accountID("po")
	if _, text := post("po", list, url.Values{"drawer": same}); !strings.Contains(text, "每家要有一个自己的人") {
		t.Errorf("one person draws for two offices: %s", text)
	}
	if to, text := post("po", list, url.Values{"drawer": w.drawers(), "venue": {"3 楼会议室"}}); to != list {
		t.Fatalf("begun: %s", text)
	}
	w.works()
	v := w.making()
	page := list + "/" + v.ID
	if v.State != seating.Frozen || v.People != 3 {
		t.Fatalf("%+v", v)
	}
	if _, text := post("pa", page+"/seal", url.Values{"office": {"admission"}, "number": {number(1)}}); !strings.Contains(text, "这一家由别人抽取") {
		t.Errorf("sealed for another office: %s", text)
	}
	seal := func(who, office string, n int) {
		t.Helper()
		if to, text := post(who, page+"/seal", url.Values{"office": {office}, "number": {number(n)}}); to != page {
			t.Fatalf("%s did not seal: %s", office, text)
		}
	}
	seal("po", "admission", 1)
	if _, text := post("po", page+"/reveal", url.Values{"office": {"admission"}, "number": {number(1)}}); !strings.Contains(text, "还有人没有封存") {
		t.Errorf("revealed early: %s", text)
	}
	if text := fmt.Sprint(w.everything()); strings.Contains(text, number(1)) {
		t.Error("what was sealed stands in the database")
	}
	seal("pa", "information", 2)
	seal("p3", "discipline", 3)
	reveal := func(who, office string, n int) (string, string) {
		t.Helper()
		return post(who, page+"/reveal", url.Values{"office": {office}, "number": {number(n)}})
	}
	if _, text := reveal("po", "admission", 9); !strings.Contains(text, "还可以试 4 次") {
		t.Errorf("a slip of the pen: %s", text)
	}
	for _, x := range []struct {
		who, office string
		n           int
	}{{"po", "admission", 1}, {"pa", "information", 2}, {"p3", "discipline", 3}} {
		if to, text := reveal(x.who, x.office, x.n); to != page {
			t.Fatalf("%s did not reveal: %s", x.office, text)
		}
	}
	if w.making().State != seating.Drawn {
		t.Fatal("no seed")
	}
	two2 := func(path string, form url.Values) {
		t.Helper()
		if to, text := post("po", path, form); to != "/gl/seconds?done=asked" {
			t.Fatalf("%s was not asked for: %s %s", path, to, text)
		}
		w.agreeAll("pa")
		if _, text := post("po", path, form); text != "" && strings.Contains(text, "role=\"alert\"") {
			t.Fatalf("%s: %s", path, text)
		}
	}
	two2(page+"/number", url.Values{"reason": {"省里会议定"}})
	if w.making().State != seating.Numbering {
		t.Fatalf("%+v", w.making())
	}
	w.works()
	v = w.making()
	if v.State != seating.Published || v.Figures.Seats != 3 || v.Figures.Reasons[arrangement.NoArea] != 1 {
		t.Fatalf("%+v", v)
	}
	w.says("po", list, "已公布", "总根")
	if res, body := w.as("po").get(page + "/sheet"); res.StatusCode != http.StatusOK || !strings.HasPrefix(body, "%PDF") {
		t.Errorf("the sheet: %d", res.StatusCode)
	}
	_, bundle := w.as("po").get(page + "/bundle")
	if got, err := arrangement.Verify(strings.NewReader(bundle)); err != nil || got.Root != v.Root {
		t.Errorf("the bundle: %v", err)
	}
	if bytes.Contains([]byte(bundle), []byte(one)) || strings.Contains(bundle, string(w.people[0].Application.Name())) {
		t.Error("the bundle names somebody")
	}
	if _, err := w.flow.TellRounds(t.Context(), w.db); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{one, two, three} {
		if kinds := w.toldOf(id); !strings.Contains(fmt.Sprint(kinds), string(notice.SeatGiven)) {
			t.Errorf("told: %v", kinds)
		}
	}
	late := w.valid(6)
	school := w.fullRooms(v)
	if text := w.says("po", page+"/unseated", string(w.people[6].Application.Name())); !regexp.MustCompile(late).MatchString(text) && strings.Contains(text, one) {
		t.Errorf("who has a seat is among those without: %s", text)
	}
	if to, text := post("po", page+"/add", url.Values{"application": {late}, "reason": {"逾期缴费，省里同意"}}); to != "/gl/seconds?done=asked" {
		t.Fatalf("exception seats by one person: %s %s", to, text)
	}
	_, asked := w.as("pa").get("/gl/seconds")
	who := regexp.MustCompile(regexp.QuoteMeta(page) + `/unseated\?second=[0-9a-f]+`).FindString(asked)
	looked := func() (n int) {
		w.write(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT COUNT(*) FROM journal_entry WHERE act = 'seating.listed'`).Scan(&n)
		})
		return n
	}
	looks := looked()
	w.says("pa", who, string(w.people[6].Application.Name()), "看清是谁")
	if n := looked(); n != looks+1 {
		t.Errorf("%d looks, and %d before", n, looks)
	}
	w.says("po", page+"/unseated", "还在等第二个人同意")
	w.agreeAll("pa")
	w.says("po", page+"/unseated", "已经同意，去“两人办理”里办")
	post("po", page+"/add", url.Values{"application": {late}, "reason": {"逾期缴费，省里同意"}})
	w.write(t.Context(), func(tx *db.Tx) error {
		_, s, room, ok, err := seating.SeatOf(t.Context(), tx, w.camp.ID, late)
		if !ok || !s.Exception || s.Seat != 1 || room.Site != school {
			t.Errorf("no exception seat in a new room at the site: %+v in %+v", s, room)
		}
		return err
	})
	w.revises(page, v, late, []string{one, two, three})
	v = w.making()
	// To draw anew takes two, too, and makes every number void.
	if to, text := post("po", list, url.Values{"drawer": w.drawers(), "reason": {"考区划错了"}}); to != "/gl/seconds?done=asked" {
		t.Fatalf("a new version by one person: %s %s", to, text)
	}
	w.agreeAll("pa")
	if to, text := post("po", list, url.Values{"drawer": w.drawers()}); to != list {
		t.Fatalf("a new version by two: %s", text)
	}
	w.works()
	page = list + "/" + w.making().ID
	seal("po", "admission", 4)
	seal("pa", "information", 5)
	seal("p3", "discipline", 6)
	if to, text := post("p3", page+"/refuse", url.Values{"office": {"discipline"}, "reason": {"记数的纸丢了"}}); to != page {
		t.Fatalf("refused: %s", text)
	}
	if x := w.making(); x.State != seating.Void || x.EndedCode != seating.Refused {
		t.Errorf("after a refusal: %+v", x)
	}
	if to, text := post("po", list, url.Values{"drawer": w.drawers(), "reason": {"重新抽取"}}); to != "/gl/seconds?done=asked" {
		t.Fatalf("once more by one person: %s %s", to, text)
	}
	w.agreeAll("pa")
	if _, text := post("po", list, url.Values{"drawer": w.drawers()}); !strings.Contains(text, "这一次要换人抽取") {
		t.Errorf("who refused draws again: %s", text)
	}
	w.write(t.Context(), func(tx *db.Tx) error {
		current, _, err := seating.Current(t.Context(), tx, w.camp.ID)
		if current.ID != v.ID {
			t.Error("the published one does not stand any more")
		}
		return err
	})
	if res, _ := w.as("ci").get(list); res.StatusCode != http.StatusForbidden && res.StatusCode != http.StatusNotFound {
		t.Errorf("a city is let in: %d", res.StatusCode)
	}
}

// honestArrangement is the honest use of the routes of this part.
func (w *world) honestArrangement(path string) honest {
	w.t.Helper()
	ctx := w.t.Context()
	if path == "/gl/arrangement/try" {
		return honest{path: path, browser: w.as("po"), form: url.Values{}}
	}
	w.write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE seating_version SET state = 'void' WHERE state IN ('freezing', 'frozen', 'drawn', 'numbering', 'computed')`)
		if err == nil { // another route's refusal keeps nobody from drawing
			_, err = tx.Exec(ctx, `UPDATE seating_version SET ended_code = ''`)
		}
		return err
	})
	if path == "/gl/arrangement/revise" { // asks; the second person agrees
		w.arranged()
		w.valid(0)
		return honest{path: path, browser: w.as("po"), form: url.Values{"reason": {"名单更正"}}}
	}
	if path == "/gl/arrangement/:id/publish" {
		w.arranged()
		v, err := seatingtest.Revising(ctx, w.db, w.camp, seatingtest.People(2, countyHere), now().UnixMilli())
		if err == nil {
			err = seating.Compute(ctx, w.db, v.ID, nil)
		}
		if err != nil {
			w.t.Fatal(err)
		}
		return honest{path: "/gl/arrangement/" + v.ID + "/publish", browser: w.as("po"), form: url.Values{"reason": {"省里会议定"}}}
	}
	if path == "/gl/arrangement/:id/add" { // asks; the second person agrees
		id := w.arranged()
		return honest{path: "/gl/arrangement/" + id + "/add", browser: w.as("po"), form: url.Values{"application": {w.people[0].Application.ID}, "reason": {"逾期缴费，省里同意"}}}
	}
	w.hireAs(account{"p3", staff.ProvinceOperator, "430000", ""})
	if path == "/gl/arrangement" { // one person, while none is published
		w.valid(0)
		w.write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE seating_version SET state = 'replaced' WHERE state = 'published'`)
			return err
		})
		return honest{path: path, browser: w.as("po"), form: url.Values{"drawer": w.drawers(), "venue": {"三楼"}, "reason": {""}}}
	}
	v, err := seatingtest.Frozen(ctx, w.db, w.camp, seatingtest.People(3, countyHere), now().UnixMilli())
	if err != nil {
		w.t.Fatal(err)
	}
	po := w.as("po")
	w.hire("pa")
	mine, hers := w.accountID("po"), w.accountID("pa")
	secret, err := seating.Secret(number(7))
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE seating_share SET office = CASE office WHEN 'a' THEN 'admission' ELSE 'information' END, staff = CASE office WHEN 'a' THEN $1 ELSE $2 END WHERE version = $3`, mine, hers, v.ID); err != nil {
			return err
		}
		if path == "/gl/arrangement/:id/reveal" || path == "/gl/arrangement/:id/refuse" || path == "/gl/arrangement/:id/number" {
			for office, name := range map[string]string{"admission": "甲处", "information": "乙处"} {
				if err := seating.Seal(ctx, tx, v.ID, office, arrangement.Share{Office: name, Secret: secret}.Commit(v.Digest).Hash, 1); err != nil {
					return err
				}
			}
		}
		if path == "/gl/arrangement/:id/number" {
			for _, office := range []string{"admission", "information"} {
				if _, err := seating.Reveal(ctx, tx, v, office, secret, 2); err != nil {
					return err
				}
			}
		}
		return nil
	})
	page, form := "/gl/arrangement/"+v.ID, url.Values{"office": {"admission"}}
	switch verb := path[strings.LastIndex(path, "/"):]; verb {
	case "/drawer":
		third := strings.Fields(w.drawers()[2])[1]
		w.write(ctx, func(tx *db.Tx) error {
			return seating.Name(ctx, tx, v.ID, []seating.Share{{Office: "discipline", Name: "丙处", Staff: third}})
		})
		form.Set("account", mine)
		return honest{path: page + verb, browser: po, form: form}
	case "/seal", "/reveal":
		form.Set("number", number(7))
		form.Set("seal", "") // a seal that was brought stands in the place of the number
		return honest{path: page + verb, browser: po, form: form}
	case "/refuse":
		form.Set("reason", "记数的纸丢了")
		return honest{path: page + verb, browser: po, form: form}
	default: // number, void: ask; the second person agrees
		return honest{path: page + verb, browser: po, form: url.Values{"reason": {"省里会议定"}}}
	}
}
