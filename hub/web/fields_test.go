package web_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/exchange/parcel"
	"zhunkao/hub/flow"
	"zhunkao/hub/web"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// honest is how a POST route is used as its page offers it.
type honest struct {
	path    string
	browser *browser
	form    url.Values // the handler's own fields; the token is added
	file    *attached  // on routes that take one
}

// request is the form as a browser sends it, with its file if it has one.
func (h honest) request(path string, form url.Values) *http.Request {
	if h.file != nil {
		return h.browser.multipart(path, form, *h.file, "")
	}
	return h.browser.request(http.MethodPost, path, form)
}

// honests makes the honest use of a route, with a fresh thing to act on. A new
// POST route fails the tests below until it stands here.
func honests(w *world, path string) (honest, bool) {
	freshBox := func() string { return w.enrol(w.t.Context(), pointHere).ID }
	onBox := func(id, act string, form url.Values) (honest, bool) {
		return honest{path: "/gl/boxes/" + id + "/" + act, browser: w.as("po"), form: form}, true
	}
	switch path {
	case "/gl/rooms/:id", "/gl/rooms/:id/lose", "/gl/sitepapers/:id", "/gl/sitepapers/:id/sample", "/gl/batches/:id/fetch", "/gl/batches/:id/print", "/gl/prints/:id/halt", "/gl/prints/:id/resume", "/gl/prints/:id/settle":
		return w.honestRooms(path), true
	case "/gl/sign-in":
		w.hire("co")
		form := w.signs("co")
		form.Set("next", "/gl/boxes")
		return honest{path: path, browser: w.browser(), form: form}, true
	case "/gl/language":
		return honest{path: path, browser: w.as("po"), form: url.Values{"lang": {"en"}, "return": {"/gl/boxes"}}}, true
	case "/gl/sign-out":
		b := w.as("ci")
		w.clients.Delete("ci") // the next who asks for her signs in anew
		return honest{path: path, browser: b, form: url.Values{}}, true
	case "/gl/confirmations/:id/reveal":
		id := w.confirm(int(w.next.Load()) * 2) // every other person is of the first point
		return honest{path: "/gl/confirmations/" + id + "/reveal", browser: w.as("po"), form: url.Values{"reason": {"电话核对本人"}}}, true
	case "/gl/confirmations/:id/void": // asks; the second person does it
		id := w.confirm(int(w.next.Load()) * 2)
		return honest{path: "/gl/confirmations/" + id + "/void", browser: w.as("co"), form: url.Values{"code": {"04"}, "reason": {"县里查实是误办"}}}, true
	case "/gl/unpaid/ask", "/gl/unpaid/sign", "/gl/unpaid/reopen", "/gl/unpaid/:id/contact", "/gl/unpaid/:id/reason", "/gl/trouble/tell", "/gl/trouble/extend", "/gl/endings",
		"/gl/endings/:id/object", "/gl/endings/:id/decide", "/gl/endings/:id/sign", "/gl/endings/:id/drop", "/gl/endings/:id/restore", "/gl/endings/:id/reverse":
		return w.honestUnpaid(path), true
	case "/gl/results", "/gl/results/:id/apply", "/gl/results/:id/undo", "/gl/results/:id/drop", "/gl/registers/:code":
		return w.honestResults(path), true
	case "/gl/catchments", "/gl/moves":
		return w.honestSites(path), true
	case "/gl/arrangement", "/gl/arrangement/try", "/gl/arrangement/:id/drawer", "/gl/arrangement/:id/seal", "/gl/arrangement/:id/reveal", "/gl/arrangement/:id/refuse", "/gl/arrangement/:id/number", "/gl/arrangement/:id/void", "/gl/arrangement/:id/add", "/gl/arrangement/revise", "/gl/arrangement/:id/publish":
		return w.honestArrangement(path), true
	case "/gl/held/:id/again": // its bytes were not kept
		page := "/gl/held/" + w.setAside(pointHere, "content")
		return honest{path: page + "/again", browser: w.as("co"), form: url.Values{}}, true
	case "/gl/held/:id/settle": // asks; the second person agrees
		page := "/gl/held/" + w.setAside(pointHere, "content")
		return honest{path: page + "/settle", browser: w.as("co"), form: url.Values{"verdict": {"refuse"}, "reason": {"问过本人，已经重新确认"}}}, true
	case "/gl/disputes/:id/decide":
		_, id := w.disputed(int(w.next.Load()) * 2)
		page := "/gl/disputes/" + id
		_, text := w.as("co").get(page)
		return honest{path: page + "/decide", browser: w.as("co"), form: url.Values{"keep": {id}, "seen": {seenOf.FindStringSubmatch(text)[1]}, "reason": {"电话问过本人"}}}, true
	case "/gl/proofs/:id/decide":
		id := w.onPapers(int(w.next.Load()) * 2)
		page := "/gl/proofs/" + id
		_, text := w.as("ci").get(page)
		return honest{path: page + "/decide", browser: w.as("ci"), form: url.Values{"to": {"accepted"}, "seen": {provisionalOf.FindStringSubmatch(text)[1]}, "reason": {"正反面清楚"}}}, true
	case "/gl/days", "/gl/days/:id/close", "/gl/residues/:id/settle", "/gl/statements/:id/decide":
		return w.honestDay(path)
	case "/gl/slip":
		b := w.enrol(w.t.Context(), pointHere)
		return honest{path: path, browser: w.as("co"), form: url.Values{"code": {w.slipOf(b.ID, b.Epoch, 0, nil)}}}, true
	case "/gl/search":
		return honest{path: path, browser: w.as("po"), form: url.Values{"q": {string(w.people[0].Application.Name())}}}, true
	case "/gl/candidates/:id/reveal":
		return honest{path: "/gl/candidates/" + w.people[0].Application.ID + "/reveal", browser: w.as("po"), form: url.Values{"reason": {"电话核对本人"}}}, true
	case "/gl/candidates/:id/ticket":
		return honest{path: "/gl/candidates/" + w.seatedOne() + "/ticket", browser: w.as("po"), form: url.Values{}}, true
	case "/gl/candidates/:id/data/copy":
		return honest{path: "/gl/candidates/" + w.people[0].Application.ID + "/data/copy", browser: w.as("po"), form: url.Values{"reason": {"本人来要"}, "format": {"json"}}}, true
	case "/gl/candidates/:id/data/correct":
		return w.honestCorrection(), true
	case "/gl/candidates/:id/data/erase":
		return honest{path: "/gl/candidates/" + w.people[0].Application.ID + "/data/erase", browser: w.as("po"), form: url.Values{"reason": {"本人申请"}}}, true
	case "/gl/candidates/:id/data/answer":
		return honest{path: "/gl/candidates/" + w.people[0].Application.ID + "/data/answer", browser: w.as("co"), form: url.Values{"request": {w.requested(0)}, "to": {"done"}, "answer": {"已经改好"}}}, true
	case "/gl/candidates/:id/entry":
		return honest{path: "/gl/candidates/" + w.people[0].Application.ID + "/entry", browser: w.as("po"), form: url.Values{"reason": {"核对过身份证"}}}, true
	case "/gl/exchange":
		return honest{path: path, browser: w.as("po"), form: url.Values{"kind": {"candidates"}, "reason": {"报送统计"}}}, true
	case "/gl/exchange/:id/agree":
		return honest{path: "/gl/exchange/" + w.asked("ci", countyHere, parcel.Waiting) + "/agree", browser: w.as("po"), form: url.Values{}}, true
	case "/gl/exchange/:id/refuse":
		return honest{path: "/gl/exchange/" + w.asked("ci", countyHere, parcel.Waiting) + "/refuse", browser: w.as("po"), form: url.Values{"reason": {"不必导出"}}}, true
	case "/gl/exchange/:id/fetch":
		id := w.asked("po", countyHere, parcel.Queued)
		w.pack()
		return honest{path: "/gl/exchange/" + id + "/fetch", browser: w.as("po"), form: url.Values{}}, true
	case "/gl/boxes/:id/freeze":
		return onBox(freshBox(), "freeze", url.Values{"reason": {"门锁被撬"}})
	case "/gl/boxes/:id/release":
		id := freshBox()
		w.write(w.t.Context(), func(tx *db.Tx) error { return w.flow.Freeze(w.t.Context(), tx, id, "等人到场", flow.Operator()) })
		return onBox(id, "release", url.Values{"reason": {"查清了"}})
	case "/gl/boxes/:id/revoke":
		return onBox(freshBox(), "revoke", url.Values{"reason": {"丢了"}, "sure": {"yes"}})
	case "/gl/access":
		return honest{path: path, browser: w.as("pa"), form: tokenForm()}, true
	case "/gl/access/:id/agree":
		return honest{path: "/gl/access/" + w.apiAsked(countyHere) + "/agree", browser: w.as("po"), form: url.Values{}}, true
	case "/gl/access/:id/revoke":
		return honest{path: "/gl/access/" + w.apiAsked(countyHere) + "/revoke", browser: w.as("pa"), form: url.Values{"reason": {"屏幕拆了"}}}, true
	case "/gl/offices/:id":
		w.write(w.t.Context(), func(tx *db.Tx) error { // whatever version it has come to
			_, err := tx.Exec(w.t.Context(), `UPDATE office SET version = 1, head = '' WHERE id = $1`, countyHere)
			return err
		})
		return honest{path: "/gl/offices/" + countyHere, browser: w.as("co"), form: officeForm(1)}, true
	case "/gl/offices/import":
		list := officeList(w.t, []any{"430102", "周明", "0731-88880002"})
		return honest{path, w.as("ci"), url.Values{}, &attached{"list", "x.xlsx", list}}, true
	case "/gl/sticks":
		id := w.enrol(w.t.Context(), pointHere).ID
		return honest{path, w.as("te"), url.Values{}, &attached{"stick", "x.zkj", w.stickOf(id, w.sealed(id, int(w.next.Load())*2%len(w.people)))}}, true
	case "/gl/incidents":
		return honest{path: path, browser: w.as("co"), form: reportForm()}, true
	case "/gl/incidents/:id/acknowledge", "/gl/incidents/:id/note", "/gl/incidents/:id/measure", "/gl/incidents/:id/hand-up", "/gl/incidents/:id/hand-down",
		"/gl/incidents/:id/resolve", "/gl/incidents/:id/close", "/gl/incidents/:id/reopen":
		return w.honestMove(path[len("/gl/incidents/:id/"):]), true
	case "/demo/clock":
		return honest{path: path, browser: w.as("po"), form: url.Values{"move": {"lunch"}, "return": {"/gl"}}}, true
	}
	if h, ok := w.moneyHonest(path); ok {
		return h, true
	}
	if h, ok := w.campaignHonest(path); ok {
		return h, true
	}
	return w.accountHonest(path)
}

// posts are the paths of all POST routes.
func posts() []string {
	var out []string
	for _, r := range web.Table() {
		if r.Method == http.MethodPost {
			out = append(out, r.Path)
		}
	}
	return out
}

// token is what a form of this browser must bear, signed in or not; the pages it
// is read from leave no entry.
func (b *browser) token() string {
	b.w.t.Helper()
	for _, from := range []string{"/gl/boxes", "/gl/sign-in", "/gl/account/first"} {
		_, page := b.get(from)
		if m := tokenField.FindStringSubmatch(page); m != nil {
			return m[1]
		}
	}
	b.w.t.Fatal("no page of this browser has a token")
	return ""
}

// rows is every row of every table.
type rows map[string]table

// table is what one holds: the cells of a row stand as its columns do.
type table struct {
	columns []string
	rows    map[int64][]string
}

// everything reads the whole database but what the sealer writes on its own
// beat, with the journal sealed up.
func (w *world) everything() rows {
	w.t.Helper()
	w.rested()
	w.sealedUp()
	ctx, out := w.t.Context(), rows{}
	err := w.db.Read(ctx, func(tx *db.Tx) error {
		var tables []string
		err := tx.Each(ctx, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'journal_checkpoint' ORDER BY name`, nil,
			func(scan func(...any) error) error {
				var name string
				err := scan(&name)
				tables = append(tables, name)
				return err
			})
		if err != nil {
			return err
		}
		for _, table := range tables {
			if out[table], err = tableOf(w.t.Context(), tx, table); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if len(out) < 15 {
		w.t.Fatalf("only %d tables were found", len(out))
	}
	return out
}

func tableOf(ctx context.Context, tx *db.Tx, name string) (out table, err error) {
	found, err := tx.Query(ctx, `SELECT rowid AS "row", * FROM "`+name+`"`)
	if err != nil {
		return out, err
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		return out, err
	}
	out = table{columns[1:], map[int64][]string{}}
	var id int64
	cells, into := make([]any, len(out.columns)), []any{&id}
	for i := range cells {
		into = append(into, &cells[i])
	}
	for found.Next() {
		if err := found.Scan(into...); err != nil {
			return out, err
		}
		row := make([]string, len(cells))
		for i, c := range cells {
			switch c := c.(type) {
			case string:
				row[i] = c
			case []byte:
				row[i] = string(c)
			default:
				row[i] = fmt.Sprint(c)
			}
		}
		out.rows[id] = row
	}
	return out, found.Err()
}

// change is one cell that an act changed, or that came or went with its row.
type change struct{ table, how, column, value string }

func (c change) cell() string { return c.table + " " + c.how + " " + c.column }

// changes lists what differs, in an order that does not depend on ids.
func changes(before, after rows) []change {
	var out []change
	for name, now := range after {
		for id, row := range now.rows {
			old, was := before[name].rows[id]
			for i, value := range row {
				switch {
				case !was:
					out = append(out, change{name, "came", now.columns[i], value})
				case old[i] != value:
					out = append(out, change{name, "changed", now.columns[i], value})
				}
			}
		}
		for id, row := range before[name].rows {
			if _, is := now.rows[id]; !is {
				for i, value := range row {
					out = append(out, change{name, "went", now.columns[i], value})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b change) int { return cmp.Or(cmp.Compare(a.cell(), b.cell()), cmp.Compare(a.value, b.value)) })
	return out
}

// grounds are the worlds in which all POST routes can be used as their pages offer them:
// a list of the end is drawn, and a move to another area proposed, only where nobody can
// confirm or pay any more (A41, A48).
var grounds = []struct {
	name string
	is   option
	has  func(path string) bool
}{
	{"while it runs", inCashAndSat, func(path string) bool {
		return !overOnly[path] && !arranging(path) && !slices.Contains(roomsOpen, path)
	}},
	{"when it is over", isOver, func(path string) bool { return overOnly[path] || arranging(path) || slices.Contains(roomsOpen, path) }},
}

// inCashAndSat is inCash in a world whose examination is over, so that marks can count.
func inCashAndSat(_ *testing.T, w *world) {
	w.change = func(c *campaign.Campaign) {
		takingCash(c)
		satBefore(c)
	}
}

// arranging is what happens then too: candidates are given seats.
func arranging(path string) bool { return strings.HasPrefix(path, "/gl/arrangement") }

// overOnly are what is only done when the time to confirm is over.
var overOnly = map[string]bool{"/gl/endings": true, "/gl/moves": true, "/gl/candidates/:id/ticket": true}

// isOver makes a world in which the time to confirm and to pay is over, and tickets are
// printed.
func isOver(_ *testing.T, w *world) {
	w.change = func(c *campaign.Campaign) {
		numberingNow(c)
		for i := range c.Windows {
			if x := &c.Windows[i]; x.Step == "assign-rooms" || x.Step == "print-papers" {
				x.From = x.From.AddDate(0, -2, 0)
			}
			if x := &c.Windows[i]; x.Step == "sites" || x.Step == "catchment" {
				x.From = x.From.AddDate(0, -1, 0)
			} else if x.Step == window.Confirm || x.Step == window.Pay {
				x.From, x.To = x.From.AddDate(0, -1, 0), x.To.AddDate(0, -1, 0)
			}
			if x := &c.Windows[i]; x.Step == window.PrintTicket {
				x.From = x.From.AddDate(0, -2, 0)
			}
		}
	}
}

// run acts once on every POST route of a ground, each with what extra adds to the form, and
// gives what each changed and answered.
func run(t *testing.T, w *world, has func(path string) bool, extra func(path string, own url.Values, now rows) url.Values) map[string][]change {
	t.Helper()
	w.confirm(0)
	w.setAside(pointHere, "signature") // so that hardly a table is empty
	out := map[string][]change{}
	for _, path := range posts() {
		if !has(path) {
			continue
		}
		h, ok := honests(w, path)
		if !ok {
			t.Errorf("POST %s has no honest form in this test: say in honests how it is used", path)
			continue
		}
		h.browser.token() // looking at a page makes a session live longer: not in what is compared
		before := w.everything()
		form := extra(path, h.form, before)
		form.Set("token", h.browser.token())
		query := url.Values{"role": form["role"], "state": form["state"], "id": form["id"]}.Encode()
		res, _ := h.browser.do(h.request(h.path+"?"+query, form))
		after := w.everything()
		out[path] = append(changes(before, after), change{table: "answer", value: fmt.Sprint(res.StatusCode)})
		if mv := strings.Join(w.moves, ","); path == "/demo/clock" {
			out[path] = append(out[path], change{table: "clock", value: mv})
		}
	}
	return out
}

// columns are the names of all columns of all tables, and names under which
// frameworks bind rights.
func columns(now rows) []string {
	names := map[string]bool{}
	for _, table := range now {
		for _, c := range table.columns {
			names[c] = true
		}
	}
	for _, n := range []string{"role", "roles", "roles[]", "role_id", "account.role", "account[role]", "admin", "is_admin", "rights", "permissions", "remit", "group",
		"fee", "score", "paid", "Role", "Division", "Point", "Office", "State", "Enabled", "Epoch", "_method", "__proto__", "user.id", "author", "at", "number"} {
		names[n] = true
	}
	return slices.Sorted(maps.Keys(names))
}

const marker = "zz-mass-"

// beats are the cells that tell a beat of the machine's and not an act: two runs
// agree in them by chance.
var beats = map[string]bool{
	"day_book facts":            true, // a hash over numbers of orders, which are drawn
	"authenticator last_step":   true, // the half minute in which a code was shown
	"journal_check checkpoints": true, // how many the sealer had got to
	"journal_check done":        true, // whether it had got to the check's own entry
	"journal_check total":       true,
}

// TestFormsTakeTheirOwnFieldsOnly posts, to every POST route of the table, the
// name of every column of every table beside the form's own fields, with marks
// and with values that other rows hold, and compares with the honest form: not
// a cell may differ (S11).
func TestFormsTakeTheirOwnFieldsOnly(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	for _, ground := range grounds {
		t.Run(ground.name, func(t *testing.T) {
			t.Parallel()
			takeTheirOwn(t, ground.has, func() *world { return newWorld(t, demo, ground.is) })
		})
	}
}

func takeTheirOwn(t *testing.T, has func(path string) bool, anew func() *world) {
	plain := func(_ string, own url.Values, _ rows) url.Values { return own }
	first, second := run(t, anew(), has, plain), run(t, anew(), has, plain)
	for name, value := range map[string]func(column string, n int, now rows) string{
		"marks": func(_ string, n int, _ rows) string { return fmt.Sprint(marker, n) },
		"what other rows hold": func(column string, _ int, now rows) string {
			for _, table := range slices.Sorted(maps.Keys(now)) {
				at := slices.Index(now[table].columns, column)
				if at < 0 {
					continue
				}
				for _, id := range slices.Sorted(maps.Keys(now[table].rows)) {
					if v := now[table].rows[id][at]; v != "" && v != "<nil>" {
						return string([]rune(v)[:min(len([]rune(v)), 60)])
					}
				}
			}
			return map[bool]string{true: "province-admin", false: "1"}[strings.Contains(strings.ToLower(column), "role")]
		},
	} {
		sent := 0
		hostile := run(t, anew(), has, func(_ string, own url.Values, now rows) url.Values {
			out := maps.Clone(own)
			for n, c := range columns(now) {
				if _, has := own[c]; !has && c != "token" {
					out[c] = []string{value(c, n, now)}
					sent++
				}
			}
			return out
		})
		if sent < 100*len(first) {
			t.Errorf("%s: only %d foreign fields were sent", name, sent)
		}
		for _, path := range slices.Sorted(maps.Keys(first)) {
			compare(t, name+": POST "+path, first[path], second[path], hostile[path])
		}
	}
}

// compare holds what a form did against two honest runs: the same cells, and
// the same values wherever the honest runs agree with each other.
func compare(t *testing.T, name string, first, second, got []change) {
	t.Helper()
	cells := func(list []change) (out []string) {
		for _, c := range list {
			out = append(out, c.cell())
		}
		return out
	}
	if !slices.Equal(cells(first), cells(second)) {
		t.Fatalf("%s: two honest runs change different cells:\n%q\n%q", name, cells(first), cells(second))
	}
	for _, c := range first {
		if c.table == "answer" && c.value != "303" && c.value != "200" {
			t.Fatalf("%s: the honest form is answered %s", name, c.value)
		}
	}
	if !slices.Equal(cells(first), cells(got)) {
		t.Errorf("%s changes other cells:\nhonest  %q\nhostile %q", name, cells(first), cells(got))
		return
	}
	for i := range got {
		if strings.Contains(got[i].value, marker) {
			t.Errorf("%s: %s holds a foreign field: %q", name, got[i].cell(), got[i].value)
		}
		if first[i].value == second[i].value && got[i].value != first[i].value && !beats[got[i].table+" "+got[i].column] {
			t.Errorf("%s: %s is %q, honest %q", name, got[i].cell(), got[i].value, first[i].value)
		}
	}
}
