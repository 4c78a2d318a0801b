package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
)

// fullRooms puts all rooms at one site with rooms left, and lets no seat be free in them: who
// comes late sits in a new one.
func (w *world) fullRooms(v seating.Version) (school string) {
	ctx := w.t.Context()
	w.write(ctx, func(tx *db.Tx) error {
		rooms, err := seating.Rooms(ctx, tx, v.ID, "")
		if err != nil {
			return err
		}
		at, err := site.Create(ctx, tx, site.Site{Campaign: w.camp.ID, Division: countyHere, Name: "岳麓实验中学", Address: "桐梓坡路 212 号", Phone: "0731-5550 0100", Rooms: len(rooms) + 3, Seats: 600}, 1)
		if err != nil {
			return err
		}
		school = at.ID
		_, err = seating.SetBlocks(ctx, tx, seating.BlockSet{Version: v.ID, Area: countyHere[2:], How: seating.Taken, At: 1, Blocks: []arrangement.Block{{Site: at.ID, Area: countyHere[2:], First: 1, Last: len(rooms)}}})
		if err == nil {
			_, err = tx.Exec(ctx, `UPDATE seating_room SET last = 30 WHERE version = $1`, v.ID)
		}
		return err
	})
	return school
}

// revises corrects what is published: one is gone, another comes; the others keep seat and
// number, two persons compare and publish it, and each hears what concerns her.
func (w *world) revises(page string, old seating.Version, late string, all []string) {
	t, ctx := w.t, w.t.Context()
	t.Helper()
	const list = "/gl/arrangement"
	post := func(who, path string, form url.Values) (string, string) {
		t.Helper()
		res, body := w.as(who).post(path, form, list)
		return res.Header.Get("Location"), textOf(body)
	}
	seats := func(applications ...string) (out []seating.Seat) {
		w.write(ctx, func(tx *db.Tx) error {
			for _, id := range applications {
				_, s, _, _, err := seating.SeatOf(ctx, tx, w.camp.ID, id)
				if err != nil {
					return err
				}
				out = append(out, s)
			}
			return nil
		})
		return out
	}
	fresh, gone, kept := w.valid(8), all[2], []string{all[0], all[1], late}
	w.write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE application SET state = 'withdrawn' WHERE id = $1`, gone)
		return err
	})
	before := seats(kept...)
	if to, text := post("po", list+"/revise", url.Values{"reason": {"名单更正"}}); to != "/gl/seconds?done=asked" {
		t.Fatalf("corrected by one person: %s %s", to, text)
	}
	w.agreeAll("pa")
	if to, text := post("po", list+"/revise", nil); to != list {
		t.Fatalf("corrected by two: %s", text)
	}
	w.works() // the list
	w.works() // the seats
	v := w.making()
	if f := v.Figures; v.State != seating.Computed || v.Base != old.ID || f.Kept != 3 || f.Fresh != 1 || f.Gone != 1 || f.Moved != 0 {
		t.Fatalf("%+v", v)
	}
	w.says("po", list, "和第 1 次比，变了哪些", "座位和号码不变", "不在名单上了")
	of := list + "/" + v.ID
	names := w.says("po", of+"/changes", string(w.people[8].Application.Name()), "新排座位")
	if strings.Contains(names, string(w.people[0].Application.Name())) {
		t.Error("who keeps her seat is on the list of who does not")
	}
	if text := w.says("po", of+"/changes?why=gone", "不在名单上了"); strings.Contains(text, string(w.people[8].Application.Name())) {
		t.Error("the filter lets others through")
	}
	if res, body := w.as("po").get(of + "/changes?as=csv"); res.StatusCode != http.StatusOK || strings.Count(body, "\n") < 3 || !strings.Contains(body, "新排座位") {
		t.Errorf("the file: %d\n%s", res.StatusCode, body)
	}
	if now := w.entry(journal.SeatingCompared); now.Detail["people"] != "1" {
		t.Errorf("the last look: %v", now.Detail)
	}
	if got := seats(fresh); got[0].Number != "" || seats(gone)[0].Number == "" {
		t.Error("it holds before it is published")
	}
	if to, text := post("po", of+"/publish", url.Values{"reason": {"核对无误"}}); to != "/gl/seconds?done=asked" {
		t.Fatalf("published by one person: %s %s", to, text)
	}
	w.says("pa", "/gl/seconds", "公布编排更正版")
	w.agreeAll("pa")
	if to, text := post("po", of+"/publish", nil); to != of {
		t.Fatalf("published by two: %s", text)
	}
	if v = w.making(); v.State != seating.Published || v.NumberedSecond == "" {
		t.Fatalf("%+v", v)
	}
	for i, s := range seats(kept...) {
		if s.Number != before[i].Number || s.Room != before[i].Room || s.Seat != before[i].Seat || s.Number == "" || s.Exception {
			t.Errorf("had %+v, has %+v", before[i], s)
		}
	}
	w.says("po", list, "已公布", "第 1 次的更正", "种子还是第 1 次抽的")
	if res, body := w.as("po").get(of + "/sheet"); res.StatusCode != http.StatusOK || !strings.HasPrefix(body, "%PDF") {
		t.Errorf("the sheet: %d", res.StatusCode)
	}
	_, bundle := w.as("po").get(of + "/bundle")
	_, first := w.as("po").get(page + "/bundle")
	got, err := arrangement.Verify(strings.NewReader(bundle))
	was, err2 := arrangement.Verify(strings.NewReader(first))
	if err != nil || err2 != nil || got.Root != v.Root || got.Follows(was) != nil {
		t.Errorf("the bundles: %v, %v", err, err2)
	}
	if _, err := w.flow.TellRounds(ctx, w.db); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]notice.Kind{fresh: notice.SeatGiven, gone: notice.SeatGone} {
		if kinds := w.toldOf(id); !strings.Contains(fmt.Sprint(kinds), string(want)) {
			t.Errorf("told %v, want %s", kinds, want)
		}
	}
	for _, id := range kept { // nobody prints yet: nothing of theirs changed
		if kinds := fmt.Sprint(w.toldOf(id)); strings.Contains(kinds, string(notice.SeatKept)) || strings.Contains(kinds, string(notice.SeatChanged)) {
			t.Errorf("told %v", kinds)
		}
	}
}
