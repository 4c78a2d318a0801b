package web_test

import (
	"archive/zip"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/exchange/parcel"
	"zhunkao/hub/journal"
	"zhunkao/protocol/campaign"
)

// asked is a parcel of a place that an account asked for, in a state.
func (w *world) asked(name, division string, state parcel.State) string {
	w.t.Helper()
	ctx := w.t.Context()
	who := "somebody"
	if name != "" {
		w.hire(name)
		who = w.accountID(name)
	}
	p := parcel.Parcel{ID: parcel.NewID(), Campaign: w.camp.ID, Exchange: "candidates", Division: division, AskedBy: who, AskedAt: now().UnixMilli(), Reason: "统计", Mark: "ABCD-EFGH", State: state}
	w.write(ctx, func(tx *db.Tx) error { return parcel.Insert(ctx, tx, p) })
	return p.ID
}

// fetched is a parcel that was fetched long ago.
func (w *world) fetched(division string) string {
	w.t.Helper()
	id := w.asked("", division, parcel.Queued)
	w.write(w.t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(w.t.Context(), `UPDATE parcel SET state = 'fetched' WHERE id = $1`, id)
		return err
	})
	return id
}

// pack packs what waits, as the hub does in the background.
func (w *world) pack() {
	w.t.Helper()
	k := &parcel.Packer{DB: w.db, Keys: w.keys, Candidates: w.flow.Candidates, Now: now, Log: slog.New(slog.DiscardHandler)}
	for {
		worked, err := k.Once(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		if !worked {
			return
		}
	}
}

// TestExchange: who may asks for a reason, the data of her remit are packed, she
// alone fetches them, once, and each step is an entry.
func TestExchange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		ask := func(name, kind, reason string) (*http.Response, string) {
			return w.as(name).post("/gl/exchange", url.Values{"kind": {kind}, "reason": {reason}}, "/gl/boxes")
		}
		for _, c := range []struct {
			name, kind, reason string
			status             int
			says               string
		}{{"ci", "candidates", "", 422, "原因"}, {"ci", "", "报送统计", 422, "请选一张表"}, {"ci", "results", "报送统计", 422, "请选一张表"}, {"ci", "nothing", "报送统计", 422, "请选一张表"}, {"co", "candidates", "报送统计", 403, "上一级"}} {
			res, page := ask(c.name, c.kind, c.reason)
			if res.StatusCode != c.status || !strings.Contains(textOf(page), c.says) {
				t.Errorf("%s asks for %q with %q: %d", c.name, c.kind, c.reason, res.StatusCode)
			}
			if c.reason != "" && c.status == 422 && !strings.Contains(page, `value="`+c.reason+`"`) {
				t.Errorf("%s: what was typed is gone", c.name)
			}
		}
		res, _ := ask("ci", "candidates", "报送统计")
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("asked: %d", res.StatusCode)
		}
		path := strings.TrimSuffix(res.Header.Get("Location"), "?done=asked")
		if _, page := w.as("ci").get(path); !strings.Contains(textOf(page), "等着做") {
			t.Errorf("asked: %s", textOf(page)[:200])
		}
		w.pack()
		if _, page := w.as("po").get(path); !strings.Contains(textOf(page), "只能由某ci本人取走") || strings.Contains(page, path+"/fetch") {
			t.Error("another is offered to fetch it")
		}
		if res, _ := w.as("po").post(path+"/fetch", nil, "/gl/boxes"); res.StatusCode != http.StatusForbidden {
			t.Errorf("another fetches it: %d", res.StatusCode)
		}
		res, body := w.as("ci").post(path+"/fetch", nil, "/gl/boxes")
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "application/zip" || res.Header.Get("Content-Disposition") != `attachment; filename="CZBMK_2019_430100.zip"` {
			t.Fatalf("fetched: %d %v", res.StatusCode, res.Header)
		}
		z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
		if err != nil || len(z.File) < 2 {
			t.Fatalf("the ZIP: %v", err)
		}
		if res, _ := w.as("ci").post(path+"/fetch", nil, "/gl/boxes"); res.StatusCode != http.StatusConflict {
			t.Errorf("fetched twice: %d", res.StatusCode)
		}
		id := path[strings.LastIndex(path, "/")+1:]
		got := strings.Join(w.acts(id), "\n")
		for _, want := range []string{"parcel.asked  报送统计", "parcel.fetched  报送统计"} {
			if !strings.Contains(got, want) {
				t.Errorf("the journal lacks %q: %s", want, got)
			}
		}
		if e := w.entry(journal.ParcelFetched); e.Detail["rows"] != "12" || e.Division != "430100" {
			t.Errorf("the entry says %v of %s", e.Detail, e.Division)
		}
	})
}

// TestExchangeByTwo: where the table of acts asks for two persons, nothing is
// packed before another of the tier has agreed (S12).
func TestExchangeByTwo(t *testing.T) {
	w := newWorld(t, func(_ *testing.T, w *world) {
		w.change = func(c *campaign.Campaign) {
			for i := range c.Acts {
				if c.Acts[i].Key == "export-data" {
					c.Acts[i].Persons = 2
				}
			}
		}
	})
	res, _ := w.as("ci").post("/gl/exchange", url.Values{"kind": {"candidates"}, "reason": {"报送统计"}}, "/gl/boxes")
	path := strings.TrimSuffix(res.Header.Get("Location"), "?done=asked")
	w.pack()
	if _, page := w.as("ci").get(path); !strings.Contains(textOf(page), "等复核") || strings.Contains(page, path+"/agree") {
		t.Fatalf("asked: %s", textOf(page)[:200])
	}
	for name, counted := range map[string]bool{"po": true, "ci": false, "co": false} { // only who may agree is told in the menu
		_, page := w.as(name).get("/gl/points")
		_, rest, _ := strings.Cut(page, `href="/gl/exchange"`)
		line, _, _ := strings.Cut(rest, "</a>")
		if strings.Contains(line, ">1<") != counted {
			t.Errorf("the menu of %s says %q", name, line)
		}
	}
	for name, want := range map[string]int{"ci": http.StatusForbidden, "co": http.StatusNotFound} {
		if res, _ := w.as(name).post(path+"/agree", nil, "/gl/boxes"); res.StatusCode != want {
			t.Errorf("%s agrees: %d", name, res.StatusCode)
		}
	}
	if res, _ := w.as("po").post(path+"/agree", nil, "/gl/boxes"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("another agrees: %d", res.StatusCode)
	}
	w.pack()
	if res, body := w.as("ci").post(path+"/fetch", nil, "/gl/boxes"); res.StatusCode != http.StatusOK || !strings.HasPrefix(body, "PK") {
		t.Errorf("fetched: %d", res.StatusCode)
	}
	// Who is asked may say no.
	res, _ = w.as("ci").post("/gl/exchange", url.Values{"kind": {"candidates"}, "reason": {"再要一次"}}, "/gl/boxes")
	path = strings.TrimSuffix(res.Header.Get("Location"), "?done=asked")
	if res, _ := w.as("po").post(path+"/refuse", url.Values{"reason": {""}}, "/gl/boxes"); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("refused without a reason: %d", res.StatusCode)
	}
	if res, _ := w.as("po").post(path+"/refuse", url.Values{"reason": {"上周刚要过"}}, "/gl/boxes"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("refused: %d", res.StatusCode)
	}
	w.pack()
	if res, _ := w.as("ci").post(path+"/fetch", nil, "/gl/boxes"); res.StatusCode != http.StatusConflict {
		t.Errorf("fetched what was refused: %d", res.StatusCode)
	}
}
