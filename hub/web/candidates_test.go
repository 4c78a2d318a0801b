package web_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/protocol/form"
)

// seek looks for somebody as the page does.
func (b *browser) seek(text string) (*http.Response, string) {
	b.w.t.Helper()
	return b.post("/gl/search", url.Values{"q": {text}}, "/gl/boxes")
}

// entry finds the newest entry of an act.
func (w *world) entry(act journal.Act) journal.Sealed {
	w.t.Helper()
	w.sealedUp()
	var out []journal.Sealed
	err := w.db.Read(w.t.Context(), func(tx *db.Tx) (err error) {
		out, err = journal.List(w.t.Context(), tx, journal.Filter{Act: act, Limit: 1})
		return err
	})
	if err != nil || len(out) == 0 {
		w.t.Fatalf("no entry of %s: %v", act, err)
	}
	return out[0]
}

// TestSearch finds by everything one is found by, within the remit and nowhere
// else, and what was typed stands in no address, log or entry.
func TestSearch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		here, there := w.people[0].Application, w.people[1].Application
		number := here.Get(form.DocumentNumber)
		birth := here.Get(form.BirthDate) + number[len(number)-4:]
		for _, text := range []string{string(here.Name()), number, strings.ToLower(number), birth, here.Get(form.PhoneNumber), here.Get(form.CandidateNumber), "  " + string(here.Name()) + "　"} {
			for _, name := range []string{"po", "ci", "co", "cl"} {
				res, page := w.as(name).seek(text)
				if res.StatusCode != http.StatusOK || !strings.Contains(page, "/gl/candidates/"+here.ID) {
					t.Errorf("%s does not find by %d characters: %d", name, len(text), res.StatusCode)
				}
				if res.Request.URL.RawQuery != "" || strings.Contains(textOf(page), number) {
					t.Errorf("%s: the answer holds the number", name)
				}
			}
		}
		for _, text := range []string{there.Get(form.DocumentNumber), there.Get(form.PhoneNumber), there.Get(form.CandidateNumber)} {
			for name, want := range map[string]bool{"po": true, "ci": false, "co": false, "cl": false} {
				_, page := w.as(name).seek(text)
				if got := strings.Contains(page, "/gl/candidates/"+there.ID); got != want {
					t.Errorf("%s finds one of another county: %v", name, got)
				}
				if !want && !strings.Contains(textOf(page), "没有查到") {
					t.Errorf("%s is not told that nobody was found", name)
				}
			}
		}
		e := w.entry(journal.CandidateSearched)
		if e.Detail["by"] != "number" || e.Detail["found"] == "" || len(e.Detail["typed"]) != 16 || e.Division == "" {
			t.Errorf("the entry says %v", e.Detail)
		}
		all := w.log.String()
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			list, err := journal.After(t.Context(), tx, 0, 10_000)
			for _, e := range list {
				for _, x := range e.Detail {
					all += x + "\n"
				}
				all += e.Reason + e.Subject.ID + "\n"
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{number, string(here.Name()), here.Get(form.PhoneNumber), birth} {
			if strings.Contains(all, secret) {
				t.Error("log or journal hold what was typed")
			}
		}
	})
}

// TestSearchRefusals: what is no term is refused, keeps what was typed, and is
// no search in the journal; a route by which a term could stand in an address
// does not exist.
func TestSearchRefusals(t *testing.T) {
	w := newWorld(t)
	for text, want := range map[string]string{"": "还没有打要查的内容", "   ": "还没有打要查的内容", "？？？": "不是号码，也不是姓名", "a\nb": "不是号码，也不是姓名", strings.Repeat("长", 65): "不是号码，也不是姓名"} {
		res, page := w.as("po").seek(text)
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(textOf(page), want) || !strings.Contains(page, `aria-invalid="true"`) {
			t.Errorf("%.10q: %d", text, res.StatusCode)
		}
	}
	if res, page := w.as("po").seek(`<b>"x"`); res.StatusCode != http.StatusOK || strings.Contains(page, "<b>\"") {
		t.Errorf("markup: %d", res.StatusCode)
	}
	if res, _ := w.as("po").get("/gl/search?q=1"); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("a search by GET: %d", res.StatusCode)
	}
	if res, _ := w.as("te").seek("123456"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a technician searches: %d", res.StatusCode)
	}
}

// TestCandidatePage: the page of one shows who she is, masked, her versions with
// what changed, her confirmation and what comes next; each look is an entry.
func TestCandidatePage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		app := w.people[0].Application
		edited := app.Clone()
		edited.Version = 2
		edited.Fields[form.FullName], edited.Fields[form.PhoneNumber] = "改过名", "13911112222"
		w.write(t.Context(), func(tx *db.Tx) error {
			return w.flow.Register(t.Context(), tx, edited, candidate.FromPortal, flow.By{Author: journal.Author{Kind: journal.ByCandidate, ID: app.ID}})
		})
		path := "/gl/candidates/" + app.ID
		_, page := w.as("co").get(path)
		text := textOf(page)
		for _, want := range []string{"改过名", "待确认", "第 2 版", "第 1 版", "网上", "139******22", string(app.Name()), "还没有现场确认", "等现场确认", "报名"} {
			if !strings.Contains(text, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if idNumber.MatchString(page) || strings.Contains(page, "13911112222") {
			t.Error("the page shows what must be masked")
		}
		w.people[0].Application = edited
		id := w.confirmWith(0, visit{photo: drawn(t, 358, 441), portrait: taken()})
		w.sealedUp()
		_, page = w.as("co").get(path)
		text = textOf(page)
		for _, want := range []string{"已确认", "/gl/confirmations/" + id, "data:image/jpeg", "报名流程表", "三处数据对照", "等网上缴费", "谁看过", "某co"} {
			if !strings.Contains(text+page, want) {
				t.Errorf("after the confirmation the page lacks %q", want)
			}
		}
		if got := w.acts(app.ID); !strings.Contains(strings.Join(got, "\n"), "record.viewed page") {
			t.Errorf("looks: %q", got)
		}
		if _, page := w.as("cl").get(path); strings.Contains(page, "/reveal") || strings.Contains(page, "谁看过") {
			t.Error("a clerk is offered what is not hers")
		}
	})
}

// TestCandidateReveal: the whole number is shown once, for a reason, journalled,
// and only to the tier of the table of acts.
func TestCandidateReveal(t *testing.T) {
	w := newWorld(t)
	app := w.people[0].Application
	number := app.Get(form.DocumentNumber)
	path := "/gl/candidates/" + app.ID + "/reveal"
	for _, c := range []struct {
		name, reason string
		status       int
		whole        bool
	}{{"co", "", 422, false}, {"co", " x ", 422, false}, {"co", "电话核对本人", 200, true}, {"po", "电话核对本人", 200, true}, {"cl", "电话核对本人", 403, false}, {"te", "电话核对本人", 403, false}} {
		res, page := w.as(c.name).post(path, url.Values{"reason": {c.reason}}, "/gl/boxes")
		if res.StatusCode != c.status || strings.Contains(page, number) != c.whole {
			t.Errorf("%s with %q: %d, whole %v", c.name, c.reason, res.StatusCode, strings.Contains(page, number))
		}
		if _, looks, ok := strings.Cut(page, "谁看过"); c.whole && (!ok || !strings.Contains(looks, c.reason)) {
			t.Error("the page that shows the number does not say who has just looked")
		}
	}
	got := strings.Join(w.acts(app.ID), "\n")
	if strings.Count(got, "record.viewed number 电话核对本人") != 2 {
		t.Errorf("entries: %s", got)
	}
}

// TestCandidateList: the list is cut by point, state and level, paged by a
// cursor, counted from the counters, and leaves as a file.
func TestCandidateList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		w.confirm(0)
		w.sealedUp()
		_, page := w.as("po").get("/gl/candidates")
		if !strings.Contains(textOf(page), "24 名考生") || strings.Count(page, `<td><a class="name"`) != 24 {
			t.Errorf("the list: %s", textOf(page)[:300])
		}
		_, page = w.as("co").get("/gl/candidates?state=confirmed")
		if !strings.Contains(textOf(page), "1 名考生") || !strings.Contains(page, w.people[0].Application.ID) || strings.Count(page, `<td><a class="name"`) != 1 {
			t.Errorf("the confirmed: %s", textOf(page)[:300])
		}
		if _, page = w.as("co").get("/gl/candidates?point=" + pointThere); strings.Contains(page, `<td><a class="name"`) {
			t.Error("a foreign point has candidates for her")
		}
		level := w.people[0].Application.First().Level
		want := 0
		for _, p := range w.people {
			if p.Application.Point == pointHere && p.Application.First().Level == level {
				want++
			}
		}
		if _, page = w.as("co").get("/gl/candidates?level=" + level); strings.Count(page, `<td><a class="name"`) != want {
			t.Errorf("of level %s %d are listed, want %d", level, strings.Count(page, `<td><a class="name"`), want)
		}
		for _, bad := range []string{"?after=x", "?after=1.2", "?after=%27.1.1", "?state=drop", "?level=%00", "?point=%25"} {
			if res, _ := w.as("po").get("/gl/candidates" + bad); res.StatusCode != http.StatusBadRequest {
				t.Errorf("%s: %d", bad, res.StatusCode)
			}
		}
	})
}

// TestListsLeaveAsFiles: a list of the remit leaves whole, with who and when
// below it, journalled with its rows; hostile names are texts.
func TestListsLeaveAsFiles(t *testing.T) {
	w := newWorld(t)
	app := w.people[0].Application.Clone()
	app.Version = 2
	app.Fields[form.FullName] = "=HYPERLINK(1)"
	w.write(t.Context(), func(tx *db.Tx) error {
		return w.flow.Register(t.Context(), tx, app, candidate.FromOffice, flow.Operator())
	})
	res, body := w.as("co").get("/gl/candidates?as=csv")
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), `attachment; filename="candidates-20190906-1031.csv"`) {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff")))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 12+2 {
		t.Fatalf("%d rows", len(rows))
	}
	found := false
	for _, row := range rows[1:13] {
		found = found || row[1] == "'=HYPERLINK(1)"
		if strings.HasPrefix(row[1], "=") || idNumber.MatchString(strings.Join(row, ",")) || row[7] == w.people[1].Application.ID {
			t.Errorf("row %q", row)
		}
	}
	mark := rows[13][0]
	if !found || !strings.Contains(mark, "某co") || !strings.Contains(mark, "共 12 行") || !strings.Contains(mark, "2019-09-06 10:31:20") {
		t.Errorf("the mark below says %q", mark)
	}
	e := w.entry(journal.ListExported)
	if e.Subject.ID != "candidates" || e.Detail["rows"] != "12" || e.Detail["format"] != "csv" || e.Division != countyHere || !strings.Contains(mark, e.Detail["mark"]) {
		t.Errorf("the entry says %v %v", e.Subject, e.Detail)
	}
	for _, path := range []string{"/gl/confirmations", "/gl/disputes", "/gl/held", "/gl/boxes", "/gl/candidates", "/gl/exchange"} {
		res, body := w.as("po").get(path + "?as=xlsx")
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(body, "PK") {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	if _, page := w.as("po").get("/gl/candidates?as=pdf"); !strings.Contains(page, "<html") {
		t.Error("what is no kind of file is not the page")
	}
}

// TestNoJournalNoFile: a list that the journal cannot take does not leave (S31).
func TestNoJournalNoFile(t *testing.T) {
	w := newWorld(t)
	b := w.as("po")
	w.write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `CREATE TRIGGER deaf BEFORE INSERT ON journal_entry BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`)
		return err
	})
	for _, path := range []string{"/gl/candidates?as=csv", "/gl/boxes?as=xlsx", "/gl/candidates/" + w.people[0].Application.ID} {
		res, body := b.get(path)
		if res.StatusCode != http.StatusInternalServerError || strings.Contains(body, string(w.people[0].Application.Name())) || res.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

// noted waits until the notes of all searches are in the journal, also those
// that it would not take before.
func (w *world) noted() {
	w.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for w.options.Searches.Settle(w.t.Context()) != nil {
		if time.Now().After(deadline) {
			w.t.Fatal("the notes of searches are not written")
		}
		<-time.After(5 * time.Millisecond)
	}
}

// searches counts the entries of searches.
func (w *world) searches() (n int) {
	w.t.Helper()
	w.write(w.t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(w.t.Context(), `SELECT count(*) FROM journal_entry WHERE act = $1`, string(journal.CandidateSearched)).Scan(&n)
	})
	return n
}

// TestNoJournalNoSearch: a journal that takes nothing is found out by the first
// search, whose note was queued; from then on nobody is shown what she looked
// for. When it takes entries again, the note of the first comes in too (S31).
func TestNoJournalNoSearch(t *testing.T) {
	w := newWorld(t)
	b, app := w.as("po"), w.people[0].Application
	do := func(statement string) {
		t.Helper()
		w.write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(t.Context(), statement); return err })
	}
	do(`CREATE TRIGGER deaf BEFORE INSERT ON journal_entry BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`)
	found := func() (int, bool) {
		t.Helper()
		res, page := b.seek(string(app.Name()))
		if strings.Contains(page, "disk is full") {
			t.Error("the page says what the database said")
		}
		return res.StatusCode, strings.Contains(page, app.ID)
	}
	if status, shown := found(); status != http.StatusOK || !shown {
		t.Fatalf("the first search, whose note is queued: %d, shown %v", status, shown)
	}
	if err := w.options.Searches.Settle(t.Context()); err == nil {
		t.Fatal("its note is in a journal that takes nothing")
	}
	for range 3 {
		if status, shown := found(); status != http.StatusInternalServerError || shown {
			t.Errorf("a search after the journal failed: %d, shown %v", status, shown)
		}
	}
	if n := w.searches(); n != 0 {
		t.Errorf("%d entries in a journal that takes nothing", n)
	}
	do(`DROP TRIGGER deaf`)
	if status, shown := found(); status != http.StatusOK || !shown {
		t.Errorf("the journal takes entries again: %d, shown %v", status, shown)
	}
	w.noted()
	if n := w.searches(); n != 2 {
		t.Errorf("%d entries, want those of the first and of the last search", n)
	}
}
