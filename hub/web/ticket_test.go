package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/seating"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/hub/site"
)

// seatedOne publishes an arrangement in which the first of the world's people sits, with a
// site for all rooms of her county, and gives her application.
func (w *world) seatedOne() string {
	w.t.Helper()
	ctx, app := w.t.Context(), w.people[0].Application
	first := app.First()
	v, err := seatingtest.Publish(ctx, w.db, w.camp, append(seatingtest.People(3, countyHere), seatingtest.Person{Application: app.ID, Division: countyHere, Level: first.Level, Category: first.Category}), now().UnixMilli())
	if err != nil {
		w.t.Fatal(err)
	}
	w.state(app.ID, candidate.Confirmed)
	w.write(ctx, func(tx *db.Tx) error {
		at, err := site.Create(ctx, tx, site.Site{Campaign: w.camp.ID, Division: countyHere, Name: "岳麓实验中学", Address: "桐梓坡路 212 号", Rooms: 9, Seats: 270}, 1)
		if err != nil {
			return err
		}
		rooms, err := seating.Rooms(ctx, tx, v.ID, countyHere[2:])
		if err != nil {
			return err
		}
		_, err = seating.SetBlocks(ctx, tx, seating.BlockSet{Version: v.ID, Area: countyHere[2:], How: seating.Taken, At: 1,
			Blocks: []arrangement.Block{{Site: at.ID, Area: countyHere[2:], First: 1, Last: len(rooms)}}})
		return err
	})
	return app.ID
}

// state sets how an application stands, whatever was done to it.
func (w *world) state(application string, s candidate.State) {
	w.t.Helper()
	w.write(w.t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(w.t.Context(), `UPDATE application SET state = $2 WHERE id = $1`, application, string(s))
		return err
	})
}

// TestTicketByOffice: who cannot print her ticket has it printed at the point or by the
// county, in the days of printing, and each copy is journalled (A60).
func TestTicketByOffice(t *testing.T) {
	early := newWorld(t)
	path := "/gl/candidates/" + early.people[0].Application.ID
	if _, page := early.as("cl").get(path); strings.Contains(page, "准考证号") {
		t.Error("a ticket is told of before anything is published")
	}
	early.seatedOne()
	if _, page := early.as("cl").get(path); !strings.Contains(page, "岳麓实验中学") || !strings.Contains(page, "现在不是打印准考证的时间") || strings.Contains(page, path+"/ticket") {
		t.Errorf("too early: %s", textOf(page))
	}
	if res, _ := early.as("cl").post(path+"/ticket", url.Values{}, path); res.StatusCode != http.StatusConflict {
		t.Errorf("too early: %d", res.StatusCode)
	}

	w := newWorld(t, isOver)
	path = "/gl/candidates/" + w.seatedOne()
	if _, page := w.as("te").get(path); strings.Contains(page, path+"/ticket") {
		t.Error("a technician is offered it")
	}
	for copies := range 2 {
		res, file := w.as("cl").post(path+"/ticket", url.Values{}, path)
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(file, "%PDF") || res.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("copy %d: %d %q", copies+1, res.StatusCode, res.Header.Get("Content-Type"))
		}
	}
	if _, page := w.as("cl").get(path); !strings.Contains(page, "补打准考证") {
		t.Errorf("the next is no reprint: %s", textOf(page))
	}
	var all []journal.Entry
	if err := w.db.Read(t.Context(), func(tx *db.Tx) (err error) {
		all, err = journal.Of(t.Context(), tx, journal.Subject{Kind: journal.OfApplication, ID: w.people[0].Application.ID})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	given := ""
	for _, e := range all {
		if e.Act == journal.TicketGiven && e.Author.Kind == journal.ByStaff {
			given += e.Detail["copy"]
		}
	}
	if len(given) != 2 || !strings.Contains(given, "1") || !strings.Contains(given, "2") {
		t.Errorf("journalled: %q", given)
	}
	for _, s := range []candidate.State{candidate.Registered, candidate.Withdrawn} { // her confirmation was voided; she withdrew
		w.state(w.people[0].Application.ID, s)
		if res, _ := w.as("cl").post(path+"/ticket", url.Values{}, path); res.StatusCode != http.StatusConflict {
			t.Errorf("%s: a ticket is given out: %d", s, res.StatusCode)
		}
		if _, page := w.as("cl").get(path); !strings.Contains(page, "没有有效的确认") || strings.Contains(page, path+"/ticket") {
			t.Errorf("%s: %s", s, textOf(page))
		}
	}
	w.seatedOne() // a later version: what she holds is void
	if _, page := w.as("cl").get(path); !strings.Contains(page, "已经作废，请收回") {
		t.Errorf("replaced: %s", textOf(page))
	}
	if res, _ := w.as("cl").post("/gl/candidates/"+w.people[2].Application.ID+"/ticket", url.Values{}, path); res.StatusCode != http.StatusConflict {
		t.Errorf("nobody's seat: %d", res.StatusCode)
	}
}
