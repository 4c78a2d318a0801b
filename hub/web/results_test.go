package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/results"
	"zhunkao/hub/seating"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/hub/staff"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
)

// wasSat makes a world in which the examination is over.
func wasSat(_ *testing.T, w *world) { w.change = satBefore }

func satBefore(c *campaign.Campaign) {
	for i := range c.Windows {
		if x := &c.Windows[i]; x.Step == "sit" {
			x.From, x.To = now().AddDate(0, 0, -3), now().AddDate(0, 0, -1)
		}
	}
}

// TestResultsBeforeTheExamination: a table can be looked at, and does not count before
// the examination is over (A6); the blank tables that are given out are found to be tables.
func TestResultsBeforeTheExamination(t *testing.T) {
	w := newWorld(t, demo)
	page := "/gl/results/" + w.marked()
	w.says("po", page, "考完，那以后才能生效")
	res, text := w.as("po").post(page+"/apply", url.Values{"open": {""}, "reason": {"评卷完毕"}}, page)
	if res.StatusCode != http.StatusConflict || !strings.Contains(text, "考试还没有考完") {
		t.Errorf("applied: %d %s", res.StatusCode, text)
	}
	for _, kind := range results.Kinds() {
		for _, as := range []string{"csv", "xlsx"} {
			res, blank := w.as("po").get("/gl/results?blank=" + string(kind) + "&as=" + as)
			if res.StatusCode != http.StatusOK || res.Header.Get("Content-Disposition") == "" {
				t.Fatalf("%s as %s: %d", kind, as, res.StatusCode)
			}
			id := w.brings(string(kind), []byte(blank))
			w.write(t.Context(), func(tx *db.Tx) error {
				i, err := results.Get(t.Context(), tx, id)
				if refused, _ := results.Refusals(t.Context(), tx, id); err != nil || i.Rows == 0 || i.Refused != i.Rows || refused[0].Code != results.NobodyThere {
					t.Errorf("%s as %s: %+v %v, %v", kind, as, i, refused, err)
				}
				return err
			})
		}
	}
}

// seat publishes an arrangement of everybody in the world, once, and gives each one's
// ticket number by application.
func (w *world) seat() map[string]string {
	w.t.Helper()
	ctx := w.t.Context()
	there := false
	w.write(ctx, func(tx *db.Tx) (err error) { _, there, err = seating.Current(ctx, tx, w.camp.ID); return err })
	if !there {
		var people []seatingtest.Person
		for _, p := range w.people {
			first := p.Application.First()
			people = append(people, seatingtest.Person{Application: p.Application.ID, Division: countyHere, Level: first.Level, Category: first.Category})
		}
		if _, err := seatingtest.Publish(ctx, w.db, w.camp, people, now().UnixMilli()); err != nil {
			w.t.Fatal(err)
		}
	}
	out := map[string]string{}
	w.write(ctx, func(tx *db.Tx) error {
		for _, p := range w.people {
			_, s, _, seated, err := seating.SeatOf(ctx, tx, w.camp.ID, p.Application.ID)
			if err != nil {
				return err
			}
			if seated {
				out[p.Application.ID] = s.Number
			}
		}
		return nil
	})
	return out
}

// marksOf is a table of marks of n people, each paper with the same mark.
func (w *world) marksOf(n int, mark string) []byte {
	seats := w.seat()
	var head []string
	for _, x := range w.camp.Subjects {
		head = append(head, x.Key)
	}
	out := "ZKZH,XM," + strings.Join(head, ",") + "\n"
	for _, p := range w.people[:n] {
		k, _ := w.camp.Form.Category(p.Application.First().Category)
		cells := []string{seats[p.Application.ID], p.Application.Name().Reveal()}
		for _, key := range head {
			if slices.Contains(k.Subjects, key) {
				cells = append(cells, mark)
			} else {
				cells = append(cells, "")
			}
		}
		out += strings.Join(cells, ",") + "\n"
	}
	return []byte(out)
}

// admittedTable is a table that admits n people to what they chose first.
func (w *world) admittedTable(n int) []byte {
	seats := w.seat()
	out := "ZKZH,YXDM,ZYDM,CCDM,LQRQ\n"
	for _, p := range w.people[:n] {
		first := p.Application.First()
		out += fmt.Sprintf("%s,%s,%s,%s,20191220\n", seats[p.Application.ID], first.School, first.Major, first.Level)
	}
	return []byte(out)
}

// marked shows a table of marks that nobody has brought before, and gives its id.
func (w *world) marked() string {
	return w.brings("scores", w.marksOf(3, fmt.Sprint(w.next.Add(1)%150)))
}

var importPage = regexp.MustCompile(`^/gl/results/([0-9a-f]{32})$`)

func (w *world) brings(kind string, table []byte) string {
	w.t.Helper()
	res, page := w.as("po").sendFile("/gl/results", url.Values{"kind": {kind}}, attached{field: "file", name: "cj.csv", body: table}, "/gl/results")
	at := importPage.FindStringSubmatch(res.Header.Get("Location"))
	if at == nil {
		w.t.Fatalf("brought: %d %s", res.StatusCode, page)
	}
	return at[1]
}

// honestResults is the honest use of the routes of results.
func (w *world) honestResults(path string) honest {
	po := w.as("po")
	switch path {
	case "/gl/results":
		return honest{path: path, browser: po, form: url.Values{"kind": {"scores"}}, file: &attached{field: "file", name: "cj.csv", body: w.marksOf(2, "90")}}
	case "/gl/registers/:code":
		w.applies(w.brings("admission", w.admittedTable(1+int(w.next.Add(1))%len(w.people))))
		return honest{path: "/gl/registers/" + w.people[0].Application.First().School, browser: po, form: url.Values{}}
	}
	id := w.marked()
	page := "/gl/results/" + id
	switch path {
	case "/gl/results/:id/apply": // asks; the second person agrees
		return honest{path: page + "/apply", browser: po, form: url.Values{"open": {""}, "reason": {"评卷完毕"}}}
	case "/gl/results/:id/undo": // asks too
		w.applies(id)
		return honest{path: page + "/undo", browser: po, form: url.Values{"reason": {"评卷组来函更正"}}}
	}
	return honest{path: page + "/drop", browser: po, form: url.Values{}}
}

// applies makes a table count.
func (w *world) applies(id string) {
	w.t.Helper()
	ctx := w.t.Context()
	w.write(ctx, func(tx *db.Tx) error {
		_, err := w.flow.ApplyResults(ctx, tx, id, 0, "评卷完毕", flow.Operator(), "s2")
		return err
	})
}

// TestResultsByTwo: marks are brought, shown with what was refused, come to count when
// two persons agree, and are undone by two; admissions give the register forms.
func TestResultsByTwo(t *testing.T) {
	w := newWorld(t, demo, wasSat)
	w.extra = append(w.extra, account{"po2", staff.ProvinceOperator, "430000", ""})
	ctx := t.Context()
	first, second := w.as("po"), w.as("po2")
	if res, page := first.sendFile("/gl/results", url.Values{"kind": {"scores"}}, attached{field: "file", name: "cj.csv", body: []byte("a,b\n1,2\n")}, "/gl/results"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "没有找到表头") {
		t.Fatalf("no table: %d %s", res.StatusCode, page)
	}
	table := string(w.marksOf(3, "88.5")) + "999999999999,张三" + strings.Repeat(",1", len(w.camp.Subjects)) + "\n"
	page := "/gl/results/" + w.brings("scores", []byte(table))
	_, text := first.get(page)
	for _, want := range []string{"检查过了，还没有生效", "没有考生用这个号码", ">5<", "总分"} {
		if !strings.Contains(text, want) {
			t.Errorf("shown, the page lacks %q: %s", want, text)
		}
	}
	if strings.Contains(text, "张三") || strings.Contains(text, w.people[0].Application.Name().Reveal()) {
		t.Error("the page names people")
	}
	of := func(p synthetic.Person) (out results.Of) {
		w.write(ctx, func(tx *db.Tx) (err error) {
			out, err = results.For(ctx, tx, p.Application.ID, now().UnixMilli()+1)
			return err
		})
		return out
	}
	two := func(path string, form url.Values) {
		t.Helper()
		if res, page := first.post(path, form, page); res.Header.Get("Location") != "/gl/seconds?done=asked" {
			t.Fatalf("%s: %d %s", path, res.StatusCode, page)
		}
		_, text := second.get("/gl/seconds")
		agree := regexp.MustCompile(`action="(/gl/seconds/[0-9a-f]+/agree)"`).FindStringSubmatch(text)
		if agree == nil {
			t.Fatalf("nothing to agree to: %s", text)
		}
		if res, text := second.post(agree[1], url.Values{}, "/gl/seconds"); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("agree: %d %s", res.StatusCode, text)
		}
		if !strings.Contains(text, `href="`+page+`"`) {
			t.Errorf("the second person finds no way to the table: %s", text)
		}
		if _, text := first.get("/gl/seconds"); !strings.Contains(text, `action="`+path+`"`) {
			t.Errorf("who asked finds no button: %s", text)
		}
		if res, text := first.post(path, form, page); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), page+"?done=") {
			t.Fatalf("%s by two: %d %s %s", path, res.StatusCode, res.Header.Get("Location"), text)
		}
	}
	if of(w.people[0]).Scores != nil {
		t.Error("what is only shown counts")
	}
	two(page+"/apply", url.Values{"open": {""}, "reason": {"评卷完毕"}})
	if got := of(w.people[0]); got.Scores == nil || got.Scores.Total == 0 {
		t.Errorf("applied: %+v", got.Scores)
	}
	if n, err := w.flow.TellRounds(ctx, w.db); err != nil || n != 3 {
		t.Errorf("told %d: %v", n, err)
	}
	two(page+"/undo", url.Values{"reason": {"评卷组来函更正"}})
	if of(w.people[0]).Scores != nil {
		t.Error("what was undone counts")
	}
	if res, text := first.post(page+"/undo", url.Values{"reason": {"再撤"}}, page); res.StatusCode != http.StatusConflict {
		t.Errorf("undone again: %d %s", res.StatusCode, text)
	}
	later := w.brings("admission", w.admittedTable(2))
	tells := func() int {
		n, err := w.flow.TellRounds(ctx, w.db)
		if err != nil {
			t.Error(err)
		}
		return n
	}
	tells()
	w.write(ctx, func(tx *db.Tx) error { // before it opens nobody hears of it, nor that it was undone
		_, err := w.flow.ApplyResults(ctx, tx, later, now().Add(time.Hour).UnixMilli(), "录取完毕", flow.Operator(), "s2")
		return err
	})
	if n := tells(); n != 0 {
		t.Errorf("%d were told before they may see it", n)
	}
	w.write(ctx, func(tx *db.Tx) error {
		_, err := w.flow.UndoResults(ctx, tx, later, "有误", flow.Operator(), "s2")
		return err
	})
	if n := tells(); n != 0 {
		t.Errorf("%d were told of what they never saw", n)
	}
	w.applies(w.brings("admission", w.admittedTable(len(w.people))))
	school := w.people[0].Application.First().School
	if _, text := first.get("/gl/registers"); !strings.Contains(text, school) {
		t.Errorf("the schools lack %s: %s", school, text)
	}
	if res, _ := w.as("ci").get("/gl/results"); res.StatusCode == http.StatusOK {
		t.Error("a city sees the province's tables")
	}
	res, body := first.post("/gl/registers/"+school, url.Values{}, "/gl/registers")
	if res.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(body, "%PDF") {
		t.Fatalf("register forms: %d %s", res.StatusCode, body[:min(len(body), 300)])
	}
	if text := said(t, body); !strings.Contains(text, "年") || strings.Contains(text, "年年") {
		t.Error("how long the studies last is not said once")
	}
}
