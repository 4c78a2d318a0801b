package web_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/approval"
	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
	"zhunkao/hub/exampapers"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/seating"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/hub/site"
	"zhunkao/hub/ticket"
	"zhunkao/protocol/sheet"
)

// roomsOpen are the posts that belong to days on which rooms are given away and papers
// are printed.
var roomsOpen = []string{"/gl/rooms/:id", "/gl/rooms/:id/lose", "/gl/sitepapers/:id", "/gl/sitepapers/:id/sample", "/gl/batches/:id/fetch", "/gl/batches/:id/print", "/gl/prints/:id/halt", "/gl/prints/:id/resume", "/gl/prints/:id/settle"}

// placed publishes an arrangement in which people of the world's first county sit, with
// two sites; the first has all the rooms if taken says so. It gives the sites.
func (w *world) placed(taken bool) (sites []site.Site, v seating.Version) {
	w.t.Helper()
	ctx := w.t.Context()
	people := seatingtest.People(70, countyHere)
	for _, p := range w.people {
		if first := p.Application.First(); p.Application.Point == pointHere {
			people = append(people, seatingtest.Person{Application: p.Application.ID, Division: countyHere, Level: first.Level, Category: first.Category})
		}
	}
	v, err := seatingtest.Publish(ctx, w.db, w.camp, people, now().UnixMilli())
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(ctx, func(tx *db.Tx) error {
		sites = nil
		if _, err := tx.Exec(ctx, `UPDATE approval_case SET state = 'withdrawn' WHERE kind = 'rooms'`); err != nil { // of an arrangement before this one
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE site SET state = 'closed' WHERE division = $1`, countyHere); err != nil {
			return err
		}
		for _, name := range []string{"第一中学", "第二中学"} {
			x, err := site.Create(ctx, tx, site.Site{Campaign: w.camp.ID, Division: countyHere, Name: "岳麓区" + name, Address: "桐梓坡路 212 号", Rooms: 9, Seats: 270}, 1)
			if err != nil {
				return err
			}
			x.Area = countyHere[2:]
			sites = append(sites, x)
		}
		if !taken {
			return nil
		}
		rooms, err := seating.Rooms(ctx, tx, v.ID, countyHere[2:])
		if err != nil {
			return err
		}
		_, err = seating.SetBlocks(ctx, tx, seating.BlockSet{Version: v.ID, Area: countyHere[2:], How: seating.Taken, At: 1, Blocks: []arrangement.Block{{Site: sites[0].ID, Area: countyHere[2:], First: 1, Last: len(rooms)}}})
		return err
	})
	return sites, v
}

// batched puts in a batch of a county, of a version that came to nothing.
func (w *world) batched(county string) string {
	w.t.Helper()
	ctx, id := w.t.Context(), exampapers.NewID()
	w.write(ctx, func(tx *db.Tx) error {
		v, making, err := seating.InMaking(ctx, tx, w.camp.ID)
		if err == nil && !making {
			v, err = seating.Begin(ctx, tx, w.camp.ID, "", "", seating.Who{By: "s1", At: 1})
		}
		if err != nil {
			return err
		}
		x, err := site.Create(ctx, tx, site.Site{Campaign: w.camp.ID, Division: county, Name: "某中学", Rooms: 1, Seats: 30}, 1)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE seating_version SET state = 'void' WHERE id = $1`, v.ID); err != nil {
			return err
		}
		_, err = exampapers.Insert(ctx, tx, exampapers.Batch{ID: id, Campaign: w.camp.ID, Division: county, Area: county[2:], Site: x.ID, Version: v.ID, Papers: []string{"05"}, First: 1, Last: 1, AskedBy: "s1", AskedAt: 1})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE exam_batch SET state = 'failed', fault = 'moved' WHERE id = $1`, id)
		return err
	})
	return id
}

// siteIn puts in a site without rooms.
func (w *world) siteIn(county string) (id string) {
	w.t.Helper()
	w.write(w.t.Context(), func(tx *db.Tx) error {
		x, err := site.Create(w.t.Context(), tx, site.Site{Campaign: w.camp.ID, Division: county, Name: "某中学", Rooms: 1, Seats: 30}, 1)
		id = x.ID
		return err
	})
	return id
}

// honestRooms is how the pages of rooms and papers are used.
func (w *world) honestRooms(path string) honest {
	sites, v := w.placed(path != "/gl/rooms/:id")
	area := countyHere[2:]
	switch path {
	case "/gl/rooms/:id":
		return honest{path: "/gl/rooms/" + area, browser: w.as("co"), form: w.tableOf(sites)}
	case "/gl/rooms/:id/lose":
		return honest{path: "/gl/rooms/" + area + "/lose", browser: w.as("ci"), form: url.Values{"site": {sites[0].Code}, "set": {"1"}, "reason": {"教学楼漏水"}}}
	case "/gl/sitepapers/:id":
		return honest{path: "/gl/sitepapers/" + sites[0].ID, browser: w.as("co"), form: url.Values{"paper": {"05", "07"}, "reason": {"打印机卡纸"}}}
	case "/gl/sitepapers/:id/sample":
		return honest{path: "/gl/sitepapers/" + sites[0].ID + "/sample", browser: w.as("co"), form: url.Values{"paper": {"05"}}}
	}
	id := exampapers.NewID()
	w.write(w.t.Context(), func(tx *db.Tx) error {
		_, err := exampapers.Insert(w.t.Context(), tx, exampapers.Batch{ID: id, Campaign: w.camp.ID, Division: countyHere, Area: area, Site: sites[0].ID, Version: v.ID, Blocks: 1, Papers: []string{"05"}, First: 1, Last: 1, AskedBy: "s1", AskedAt: 1})
		if err != nil {
			return err
		}
		_, err = tx.Exec(w.t.Context(), `UPDATE exam_batch SET state = 'ready', ends_at = $2 WHERE id = $1`, id, now().UnixMilli()+1e9)
		return err
	})
	if strings.HasPrefix(path, "/gl/prints/") || path == "/gl/batches/:id/print" {
		return w.honestPrint(path, id)
	}
	return honest{path: "/gl/batches/" + id + "/fetch", browser: w.as("co"), form: url.Values{}}
}

// tableOf is the form of a table that gives all rooms to the first site.
func (w *world) tableOf(sites []site.Site) url.Values {
	w.t.Helper()
	n := 0
	w.write(w.t.Context(), func(tx *db.Tx) error {
		a, err := flow.RoomsOf(w.t.Context(), tx, w.camp.ID, countyHere[2:])
		n = len(a.Rooms)
		return err
	})
	return url.Values{"do": {"send"}, "site": {sites[0].Code, "", ""}, "first": {"1", "", ""}, "last": {strconv.Itoa(n), "", ""}, "note": {"先用大的"}}
}

// TestRoomsByHand: a county sees a proposal, is told what is wrong with what it changes,
// with what to mend, sends it, the city and the province take it, and only its own offices
// see any of it.
func TestRoomsByHand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo, isOver)
	sites, _ := w.placed(false)
	path := "/gl/rooms/" + countyHere[2:]
	co := w.as("co")
	if _, page := co.get("/gl/rooms"); !strings.Contains(page, path) || !strings.Contains(textOf(page), "待县里分配") {
		t.Fatalf("the list says %s", textOf(page))
	}
	_, page := co.get(path)
	if !regexp.MustCompile(`value="(` + sites[0].Code + `|` + sites[1].Code + `)" selected`).MatchString(page) {
		t.Error("no proposal stands in the form")
	}
	form := w.tableOf(sites)
	wrong := url.Values{"do": {"send"}, "site": {sites[0].Code, sites[1].Code}, "first": {"1", "2"}, "last": {"2", "99"}}
	res, page := co.post(path, wrong, path)
	if text := textOf(page); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, "同时分给了") || !strings.Contains(text, "没有考室") || !strings.Contains(text, "只有 9 个考室") {
		t.Fatalf("%d %s", res.StatusCode, text)
	}
	check := url.Values{}
	for k, v := range form {
		check[k] = v
	}
	check.Set("do", "check")
	if res, page = co.post(path, check, path); res.StatusCode != http.StatusOK || !strings.Contains(textOf(page), "没有问题，可以送审") {
		t.Errorf("a table that is good: %d %s", res.StatusCode, textOf(page))
	}
	if res, page = co.post(path, form, path); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("sent: %d %s", res.StatusCode, textOf(page))
	}
	if _, page = co.get(path); !strings.Contains(textOf(page), "待市级审核") || strings.Contains(page, `name="site"`) {
		t.Error("it can be changed while it is reviewed")
	}
	id := w.waitingRooms()
	for _, who := range []string{"ci", "po"} {
		_, page := w.as(who).get("/gl/approvals/" + id)
		version := versionOf.FindStringSubmatch(page)
		if version == nil || !strings.Contains(page, sites[0].Name) {
			t.Fatalf("%s sees %s", who, textOf(page))
		}
		if res, page := w.as(who).post("/gl/approvals/"+id+"/agree", url.Values{"version": {version[1]}}, "/gl/approvals/"+id); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", who, res.StatusCode, textOf(page))
		}
	}
	if _, page = co.get(path); !strings.Contains(textOf(page), "省级已接收") {
		t.Error("the county is not told that it was taken")
	}
	if res, body := co.get(path + "/sheet"); res.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(body, "%PDF") {
		t.Error("no table to print")
	}
	if w.entry(journal.RoomsTaken).Detail["rooms"] == "" {
		t.Error("the journal does not say how many rooms")
	}
}

func (w *world) waitingRooms() (id string) {
	w.t.Helper()
	w.write(w.t.Context(), func(tx *db.Tx) error {
		list, err := approval.List(w.t.Context(), tx, approval.Filter{Remit: "430000", Kind: flow.KindRooms, State: approval.Waiting})
		for _, c := range list {
			id = c.ID
		}
		return err
	})
	return id
}

// TestLostSiteByTwo: one asks, another agrees, the first does it; the list says whom to
// tell, and who has not read it.
func TestLostSiteByTwo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo, isOver)
	sites, _ := w.placed(true)
	path := "/gl/rooms/" + countyHere[2:] + "/lose"
	form := url.Values{"site": {sites[0].Code}, "set": {"1"}, "reason": {"教学楼漏水"}}
	ci := w.as("ci")
	if _, page := ci.get(path + "?site=" + sites[0].Code); !strings.Contains(textOf(page), sites[1].Name) {
		t.Fatalf("the moves are not shown: %s", textOf(page))
	}
	if res, page := ci.post(path, form, path+"?site="+sites[0].Code); res.StatusCode != http.StatusSeeOther || !strings.Contains(res.Header.Get("Location"), "/gl/seconds") {
		t.Fatalf("asked: %d %s", res.StatusCode, textOf(page))
	}
	_, page := w.as("po").get("/gl/seconds")
	agree := regexp.MustCompile(`/gl/seconds/[0-9a-f]+/agree`).FindString(page)
	if agree == "" {
		t.Fatalf("nothing to agree to: %s", textOf(page))
	}
	if res, page := w.as("po").post(agree, url.Values{}, "/gl/seconds"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("agreed: %d %s", res.StatusCode, textOf(page))
	}
	form.Del("reason")
	res, page := ci.post(path, form, path+"?site="+sites[0].Code)
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("done: %d %s", res.StatusCode, textOf(page))
	}
	list := res.Header.Get("Location")
	if _, page = ci.get(list); !strings.Contains(textOf(page), "没看") || !strings.Contains(textOf(page), sites[1].Name) {
		t.Errorf("the list says %s", textOf(page))
	}
	if e := w.entry(journal.RoomsListed); e.Detail["candidates"] == "" || e.Detail["candidates"] == "0" || e.Division != countyHere {
		t.Errorf("that names were looked at stands as %+v", e)
	}
	if res, _ := ci.get(list + "&as=csv"); res.StatusCode != http.StatusOK {
		t.Errorf("the list as a file: %d", res.StatusCode)
	}
	if e := w.entry(journal.RoomsMoved); e.Reason != "教学楼漏水" || e.Detail["site"] != sites[0].Code {
		t.Errorf("the journal says %+v", e)
	}
}

// TestPapersOfASite: a county looks at a sample, asks for its site's papers, and fetches
// one file when they are made; a second print says why.
func TestPapersOfASite(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo, isOver)
	sites, v := w.placed(true)
	co, path := w.as("co"), "/gl/sitepapers/"+sites[0].ID
	if _, page := co.get("/gl/papers"); !strings.Contains(page, path) {
		t.Fatalf("the site is not listed: %s", textOf(page))
	}
	if res, body := co.post(path+"/sample", url.Values{"paper": {"05"}}, path); res.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(body, "%PDF") {
		t.Fatalf("sample: %d", res.StatusCode)
	}
	form := url.Values{"paper": {"05", "07"}}
	res, page := co.post(path, form, path)
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("asked: %d %s", res.StatusCode, textOf(page))
	}
	batch := res.Header.Get("Location")
	if res, _ := co.post(batch+"/fetch", url.Values{}, batch); res.StatusCode != http.StatusConflict {
		t.Errorf("fetched before it was made: %d", res.StatusCode)
	}
	w.madePapers()
	if _, page = co.get(batch); !strings.Contains(textOf(page), "做好了") || !strings.Contains(textOf(page), "07 考生签到表") {
		t.Errorf("the batch says %s", textOf(page))
	}
	res, body := co.post(batch+"/fetch", url.Values{}, batch)
	if res.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(body, "%PDF") || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("fetched: %d %v", res.StatusCode, res.Header)
	}
	if res, page = co.post(path, form, path); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(textOf(page), "请写明原因") {
		t.Errorf("again without a reason: %d", res.StatusCode)
	}
	form.Set("reason", "卡纸，撕了两张")
	if res, _ = co.post(path, form, path); res.StatusCode != http.StatusSeeOther {
		t.Errorf("again with one: %d", res.StatusCode)
	}
	if e := w.entry(journal.BatchFetched); e.Detail["pages"] == "" || e.Division != countyHere {
		t.Errorf("the journal says %+v", e)
	}
	room := w.seatedLate(v)
	for page, says := range map[string]string{"/gl/papers": "增补了座位，要补打", path: "考室 " + room + " 增补了座位", batch: "这一批以后，考室 " + room + " 又增补了座位"} {
		if _, text := co.get(page); !strings.Contains(textOf(text), says) {
			t.Errorf("%s does not say that a seat was given since: %s", page, textOf(text))
		}
	}
}

// seatedLate gives somebody an exception seat, and says in which room.
func (w *world) seatedLate(v seating.Version) (room string) {
	w.t.Helper()
	ctx := w.t.Context()
	w.write(ctx, func(tx *db.Tx) error {
		seats, err := seating.Seats(ctx, tx, v.ID, countyHere[2:], 1, 1)
		if err != nil {
			return err
		}
		late := []seating.Listed{{Application: "late", Candidate: arrangement.Candidate{Token: arrangement.Token{1}, Division: countyHere, Level: seats[0].Level, Category: seats[0].Category}}}
		_, added, err := seating.Add(ctx, tx, v, late, "补缴", seating.Who{By: "s1", Second: "s2", At: now().Add(time.Hour).UnixMilli()})
		if err == nil {
			room = ticket.RoomNumber(added[0].Room)
		}
		return err
	})
	return room
}

// TestVoidPapers: when rooms went elsewhere, or the arrangement was replaced, nobody gets
// the papers that were made before, and the page says so.
func TestVoidPapers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo, isOver)
	ctx := t.Context()
	for name, change := range map[string]func(*db.Tx, seating.Version) error{
		"rooms": func(tx *db.Tx, v seating.Version) error {
			set, _, err := seating.LastBlocks(ctx, tx, v.ID, countyHere[2:])
			if err == nil {
				_, err = seating.SetBlocks(ctx, tx, set)
			}
			return err
		},
		"arrangement": func(tx *db.Tx, v seating.Version) error {
			_, err := tx.Exec(ctx, `UPDATE seating_version SET state = 'replaced' WHERE id = $1`, v.ID)
			return err
		},
	} {
		sites, v := w.placed(true)
		co, path := w.as("co"), "/gl/sitepapers/"+sites[0].ID
		res, page := co.post(path, url.Values{"paper": {"05"}}, path)
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: asked: %d %s", name, res.StatusCode, textOf(page))
		}
		batch := res.Header.Get("Location")
		w.madePapers()
		if _, page = co.get(batch); !strings.Contains(page, batch+"/fetch") {
			t.Fatalf("%s: it is not ready: %s", name, textOf(page))
		}
		w.write(ctx, func(tx *db.Tx) error { return change(tx, v) })
		if _, page = co.get(batch); !strings.Contains(textOf(page), "已作废") || strings.Contains(page, batch+"/fetch") {
			t.Errorf("%s: the batch says %s", name, textOf(page))
		}
		res, body := co.post(batch+"/fetch", url.Values{}, batch)
		if res.StatusCode != http.StatusConflict || strings.Count(textOf(body), "编排或考室已经变了") != 1 {
			t.Errorf("%s: fetched: %d %s", name, res.StatusCode, textOf(body))
		}
	}
	w.write(ctx, func(tx *db.Tx) error {
		var n int
		err := tx.QueryRow(ctx, `SELECT count(*) FROM journal_entry WHERE act = $1`, string(journal.BatchFetched)).Scan(&n)
		if err == nil && n != 0 {
			t.Errorf("%d fetches are journalled", n)
		}
		return err
	})
}

// madePapers makes what was asked for.
func (w *world) madePapers() {
	w.t.Helper()
	fonts, err := sheet.OpenFonts("")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = fonts.Close() })
	m := &exampapers.Maker{DB: w.db, Keys: w.keys, Desk: &exampapers.Desk{Tickets: &ticket.Desk{Candidates: w.flow.Candidates, Keys: w.keys, Blob: w.blobs}}, Fonts: fonts, Now: now, Log: w.options.Log}
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	for worked := true; worked; {
		if worked, err = m.Once(ctx); err != nil {
			w.t.Fatal(err)
		}
	}
}
