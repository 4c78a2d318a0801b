package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/exampapers"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/printroom"
	"zhunkao/hub/web/console"
	"zhunkao/hw/printertest"
)

// printerOf names a printer of an office; nothing is there but at an address of a test.
func (w *world) printerOf(office, address string) (p printroom.Printer) {
	w.t.Helper()
	w.write(w.t.Context(), func(tx *db.Tx) (err error) {
		all, err := printroom.AllPrinters(w.t.Context(), tx)
		if i := slices.IndexFunc(all, func(p printroom.Printer) bool { return p.Office == office }); err != nil || i >= 0 {
			p = append(all, p)[max(i, 0)]
			return err
		}
		p, err = w.flow.AddPrinter(w.t.Context(), tx, printroom.Printer{Office: office, Name: office + " 文印室", Address: address}, flow.Operator())
		return err
	})
	return p
}

// printing puts a batch on its way to a printer of its county, as far as state; it never
// leaves. Its one part is unsure when it is held for that.
func (w *world) printing(county, batch string, state printroom.State, why string) string {
	w.t.Helper()
	ctx, id := w.t.Context(), exampapers.NewID()
	p := w.printerOf(county, "ipp://127.0.0.1:1/"+county)
	part := printroom.Waiting
	if why == printroom.WhyUnsure {
		part = printroom.Unsure
	}
	w.write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO exam_print (id, batch, campaign, division, printer, printer_name, state, why, look, stop, asked_by, asked_at, ended_at, beat) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 's1', 1, 0, 0)`,
			id, batch, w.camp.ID, county, p.ID, p.Name, string(state), why, false); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO exam_print_part (print, n, pages, state, sign, job, done) VALUES ($1, 0, 1, $2, '', 0, 0)`, id, string(part))
		return err
	})
	return id
}

// honestPrint is how papers are sent to a printer. b is a batch that is ready.
func (w *world) honestPrint(path, batch string) honest {
	w.t.Helper()
	ctx, co := w.t.Context(), w.as("co")
	switch path {
	case "/gl/batches/:id/print":
		w.write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO exam_batch_section (batch, n, paper, first, last, things, pages, size, sum) VALUES ($1, 0, '25', 0, 0, 1, 1, 1, $2)`, batch, []byte{})
			return err
		})
		return honest{path: "/gl/batches/" + batch + "/print", browser: co, form: url.Values{"printer": {w.printerOf(countyHere, "ipp://127.0.0.1:1/here").ID}, "look": {"1"}}}
	case "/gl/prints/:id/halt":
		return honest{path: "/gl/prints/" + w.printing(countyHere, batch, printroom.Queued, "") + "/halt", browser: co, form: url.Values{}}
	case "/gl/prints/:id/resume":
		return honest{path: "/gl/prints/" + w.printing(countyHere, batch, printroom.Held, printroom.WhyLook) + "/resume", browser: co, form: url.Values{}}
	}
	return honest{path: "/gl/prints/" + w.printing(countyHere, batch, printroom.Held, printroom.WhyUnsure) + "/settle", browser: co, form: url.Values{"part": {"0"}, "there": {"yes"}}}
}

// TestPrintABatch: an office sees its own printers and sends a batch there, looks at the
// cover and has the rest printed; of what nobody knows she says what became of it. It is
// printed once, all of it is journalled, and another office's printer is none of hers.
func TestPrintABatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo, isOver)
	emu := printertest.New()
	if err := emu.SetKnobs(printertest.Quick()); err != nil {
		t.Fatal(err)
	}
	plug := printertest.NewPlug(emu, "127.0.0.1:0", nil)
	if err := plug.Plug(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { plug.Unplug(); emu.Close() })
	sites, _ := w.placed(true)
	co, path := w.as("co"), "/gl/sitepapers/"+sites[0].ID
	res, _ := co.post(path, url.Values{"paper": {"05"}}, path)
	batch := res.Header.Get("Location")
	w.madePapers()
	if _, page := co.get(batch); !strings.Contains(textOf(page), "本机构还没有登记打印机") {
		t.Fatalf("without a printer the page says %s", textOf(page))
	}
	other, mine := w.printerOf(countyThere, "ipp://127.0.0.1:1/there"), w.printerOf(countyHere, plug.URI())
	_, page := co.get(batch)
	if !strings.Contains(page, mine.ID) || strings.Contains(page, other.ID) || strings.Contains(page, plug.URI()) {
		t.Errorf("the printers on the page: %s", textOf(page))
	}
	if res, page = co.post(batch+"/print", url.Values{"printer": {other.ID}}, batch); res.StatusCode != http.StatusConflict || !strings.Contains(textOf(page), "不是本机构的") {
		t.Errorf("another office's printer: %d", res.StatusCode)
	}
	room := printroom.New(printroom.Options{DB: w.db, Keys: w.keys, Now: now, Log: w.options.Log, Ended: func(ctx context.Context, tx *db.Tx, p printroom.Print) error {
		return w.flow.EndPrint(ctx, tx, p, flow.Hub())
	}})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- room.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	says := func(want string) string {
		t.Helper()
		for end := time.Now().Add(2 * time.Minute); ; {
			_, page := co.get(batch)
			if strings.Contains(textOf(page), want) {
				return page
			}
			if time.Now().After(end) {
				t.Fatalf("the page does not say %q: %s", want, textOf(page))
			}
			<-time.After(50 * time.Millisecond)
		}
	}
	if res, page = co.post(batch+"/print", url.Values{"printer": {mine.ID}, "look": {"1"}}, batch); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("sent: %d %s", res.StatusCode, textOf(page))
	}
	if res, _ = co.post(batch+"/print", url.Values{"printer": {mine.ID}}, batch); res.StatusCode != http.StatusConflict {
		t.Errorf("sent twice: %d", res.StatusCode)
	}
	page = says("封面已经打出来")
	if _, list := co.get("/gl/papers"); !strings.Contains(textOf(list), "1 批停在本机构的打印机上") || !strings.Contains(list, `id="count-exampapers">1<`) {
		t.Errorf("nobody is told that a batch is held: %s", textOf(list))
	}
	if _, list := w.as("ci").get("/gl/papers"); strings.Contains(textOf(list), "停在本机构的打印机上") {
		t.Error("another office is told")
	}
	resume := actionOf(t, page, "/resume")
	k := emu.Knobs()
	k.Mute = true
	if err := emu.SetKnobs(k); err != nil {
		t.Fatal(err)
	}
	if res, _ = co.post(resume, url.Values{}, batch); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("went on: %d", res.StatusCode)
	}
	page = says("有一部分不知道打出来没有")
	if res, _ = co.post(actionOf(t, page, "/settle"), url.Values{"part": {"1"}, "there": {"yes"}}, batch); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("settled: %d", res.StatusCode)
	}
	page = says("全部打出来了")
	if strings.Contains(page, batch+"/print") || len(emu.Jobs()) != 2 {
		t.Errorf("printed whole, it can be sent again, or was twice: %d jobs", len(emu.Jobs()))
	}
	if _, list := co.get("/gl/papers"); !strings.Contains(textOf(list), "打印完了") {
		t.Error("the list does not say that it is printed")
	}
	for act, want := range map[journal.Act]map[string]string{
		journal.BatchSent: {"printer": mine.Name, "copy": "1"}, journal.BatchResumed: {"why": "look"}, journal.BatchSettled: {"section": "1", "there": "true"}, journal.BatchPrinted: {"state": "done", "unsure": "0"},
	} {
		e := w.entry(act)
		for key, value := range want {
			if e.Detail[key] != value {
				t.Errorf("%s: %s is %q, want %q", act, key, e.Detail[key], value)
			}
		}
	}
}

// TestWhysHaveWords: whatever holds a print up is told, with what a person does.
func TestWhysHaveWords(t *testing.T) {
	pages, err := console.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, why := range printroom.Whys() {
		for _, key := range []string{"print.why." + why, "print.why." + why + ".do"} {
			if !pages.Has(key) {
				t.Errorf("%s has no words", key)
			}
		}
	}
}

// actionOf is where a form of a page goes whose path ends so.
func actionOf(t *testing.T, page, end string) string {
	t.Helper()
	for _, part := range strings.Split(page, `action="`)[1:] {
		if path, _, _ := strings.Cut(part, `"`); strings.HasSuffix(path, end) {
			return path
		}
	}
	t.Fatalf("no form goes to …%s: %s", end, textOf(page))
	return ""
}
