package desk

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

// ticketPeople are who has tickets at this point: name and number of the document.
var ticketPeople = [][2]string{{"石雨", "430104199901012326"}, {"欧阳·明", "430104199802022326"}, {"阿卜杜热合曼·阿卜杜克热木", "430104199703031815"}}

// admits has tickets come to the box, and brings it into the days in which they are
// printed.
func (r *rig) admits(edition, page, pages uint32) {
	r.Helper()
	r.with(func() { r.now = time.Date(2019, 10, 18, 2, 0, 0, 0, time.UTC) })
	marks, err := r.store.Marks()
	if err != nil {
		r.Fatal(err)
	}
	var roster protocol.RosterPage
	p := protocol.AdmissionPage{Title: "2019年成人高等学校招生全国统一考试", Rules: []string{},
		Places: []protocol.AdmissionPlace{{Area: "0104 岳麓考区", Site: "岳麓区第一中学（北校区）", Address: "岳华路 211 号"}},
		Papers: []protocol.AdmissionPaper{{Level: "高起本", Category: "文史类", Sittings: []protocol.AdmissionSitting{{Subject: "语文", From: protocol.TimeOf(time.Date(2019, 10, 26, 1, 0, 0, 0, time.UTC))}}}}}
	for i, who := range ticketPeople {
		app := form.Application{ID: fmt.Sprint("t-", i), Point: hubtest.Point, Fields: form.Fields{form.FullName: who[0], form.DocumentNumber: who[1]}}
		roster.Entries = append(roster.Entries, protocol.RosterEntry{Version: marks.Roster + 1, Application: &app})
		p.Tickets = append(p.Tickets, protocol.AdmissionTicket{Application: app.ID, Name: identity.Name(who[0]), Sex: "女", Document: app.Number().String(),
			Number: fmt.Sprintf("0104310005%02d", i+1), Room: "0005", Seat: fmt.Sprintf("%02d", i+1)})
	}
	_, err = r.store.ApplyTickets(protocol.AdmissionTickets{Campaign: r.o.Status().Rules.ID, Edition: edition, Issued: protocol.Time(edition), Mark: uint64(40 + edition), Page: page, Pages: pages}, p, protocol.TimeOf(r.o.Now().Add(-time.Hour)))
	if err != nil {
		r.Fatal(err)
	}
	if err := r.store.ApplyRoster(marks.Roster, marks.Roster+1, roster, 5); err != nil {
		r.Fatal(err)
	}
}

func newTicketRig(t *testing.T) (*rig, *clerk) {
	t.Helper()
	r, c := newReprintRig(t)
	r.hire(80*24*time.Hour, member("chen", protocol.StaffClerk, good), member("tan", protocol.StaffHead, good))
	return r, c
}

func (r *rig) ticketPath(who int, edition uint32) string {
	r.Helper()
	log, err := protocol.AdmissionTicket{Application: fmt.Sprint("t-", who)}.CopiesID(r.o.Status().Rules.ID, edition)
	if err != nil {
		r.Fatal(err)
	}
	return "/tickets/" + log.String()
}

// A candidate is found by the end of the ticket's or the document's number, by name, or
// both; no address and no page names anybody whole.
func TestFindATicket(t *testing.T) {
	r, c := newTicketRig(t)
	if _, html := c.get("/tickets"); !strings.Contains(html, "这台终端还没有准考证") {
		t.Error("before the tickets came the page does not say so")
	}
	r.admits(1, 1, 1)
	for _, x := range []struct {
		number, who string
		to          int // -1: shown on the page
		words       string
	}{
		{"2326", "", -1, "找到几位"}, {"2326", "石雨", 0, ""}, {"", "欧阳明", 1, ""}, {"430104 19980202 2326", "", 1, ""}, {"0104 3100 0503", "", 2, ""}, {"0503", "", 2, ""},
		{"", "阿卜杜热合曼·阿卜杜克热木", 2, ""}, {"", "", -1, "后四位以上"}, {"326", "", -1, "后四位以上"}, {"9999", "", -1, "准考证里没有"}, {"130104199901012326", "", -1, "准考证里没有"},
	} {
		status, html := c.post("/tickets", "/tickets/find", "number", x.number, "who", x.who)
		switch {
		case x.to >= 0 && status != http.StatusSeeOther:
			t.Errorf("%q %q: %d", x.number, x.who, status)
		case x.to < 0 && !strings.Contains(html, x.words):
			t.Errorf("%q %q: the page lacks %q", x.number, x.who, x.words)
		}
		if strings.Contains(html, "430104199901012326") && x.number != "430104199901012326" || strings.Contains(html, "石雨") && x.who != "石雨" {
			t.Errorf("%q: the page names somebody whole", x.number)
		}
	}
	if _, html := c.get(r.ticketPath(0, 1)); !strings.Contains(html, "岳麓区第一中学") || !strings.Contains(html, "第 0005 考室") || strings.Contains(html, "石雨") || !strings.Contains(html, "2019年10月26日") {
		t.Error("the page of one ticket")
	}
}

// The first copy needs no reason, each further one does; one at a time; nine at most.
func TestTicketIsAsked(t *testing.T) {
	r, c := newTicketRig(t)
	r.admits(1, 1, 1)
	path := r.ticketPath(0, 1)
	if status, _ := c.post(path, path); status != http.StatusSeeOther {
		t.Fatalf("the first copy: %d", status)
	}
	all, err := r.store.Prints()
	if err != nil || len(all) != 1 || all[0].Kind != store.PrintTicket || all[0].Application != "t-0" || all[0].By.Account != "s-chen" || all[0].Reason != "" || !all[0].Kind.Personal() {
		t.Fatalf("promised %+v, %v", all, err)
	}
	if status, html := c.post(path, path); status != 422 || !strings.Contains(html, "已经在打印队列") {
		t.Errorf("asked for twice: %d", status)
	}
	if err := r.store.DropPrint(all[0].ID); err != nil {
		t.Fatal(err)
	}
	r.prints1(all[0].Record, 1)
	if status, html := c.post(path, path); status != 422 || !strings.Contains(html, "请选一个原因") {
		t.Errorf("a second copy without a reason: %d", status)
	}
	if status, html := c.post(path, path, "reason", "lost", "note", "考生说 430104199901012326"); status != 422 || !strings.Contains(html, "不要写证件号") {
		t.Errorf("a note with a number: %d", status)
	}
	if status, _ := c.post(path, path, "reason", "lost"); status != http.StatusSeeOther {
		t.Errorf("a second copy: %d", status)
	}
	if all, err = r.store.Prints(); err != nil || len(all) != 1 || all[0].Reason != "lost" {
		t.Errorf("promised %+v, %v", all, err)
	}
	if _, html := c.get("/printing"); !strings.Contains(html, "准考证") || strings.Contains(html, "石雨") {
		t.Error("the queue does not show the paper, or names her")
	}
	r.prints1(all[0].Record, 9)
	if _, html := c.get(path); !strings.Contains(html, "已经打出 9 份") || strings.Contains(html, `name="reason"`) {
		t.Error("a tenth copy")
	}
}

// prints1 writes copies up to a number into the log.
func (r *rig) prints1(log protocol.ID, upTo int) {
	r.Helper()
	have, err := r.store.Copies(log)
	if err != nil {
		r.Fatal(err)
	}
	for n := len(have) + 1; n <= upTo; n++ {
		c, err := r.store.BeginCopy(store.Copy{Record: log, Number: n, Reprint: n > 1, At: protocol.TimeOf(r.o.Now()), By: &store.DayAct{Account: "s-chen"}})
		if err == nil {
			err = r.store.EndCopy(c, store.CopyPrinted)
		}
		if err != nil {
			r.Fatal(err)
		}
	}
}

// When a newer arrangement comes nothing of the old one is found or printed, and the
// page says so; outside the days of printing neither.
func TestTicketThatIsNotPrinted(t *testing.T) {
	r, c := newTicketRig(t)
	r.admits(1, 1, 1)
	old := r.ticketPath(0, 1)
	r.with(func() { r.now = time.Date(2019, 10, 16, 2, 0, 0, 0, time.UTC) })
	if _, html := c.get(old); !strings.Contains(html, "现在不是打印准考证的时间") || strings.Contains(html, `method="post" action="/tickets/`) {
		t.Error("before the window")
	}
	r.admits(2, 1, 2)
	if _, html := c.get("/tickets"); !strings.Contains(html, "原来的准考证已作废") || !strings.Contains(html, "第 1 页，共 2 页") || strings.Contains(html, `action="/tickets/find"`) {
		t.Error("while the new ones come")
	}
	if status, html := c.post("/drafts", old); status != 422 && status != 200 || !strings.Contains(html, "已作废") {
		t.Errorf("asked for all the same: %d", status)
	}
	if all, err := r.store.Prints(); err != nil || len(all) != 0 {
		t.Errorf("promised %+v, %v", all, err)
	}
	if _, err := Ticketable(r.store, "t-0", r.o.Status().Rules, "430104", window.Interval{Earliest: r.o.Now(), Latest: r.o.Now(), Bounded: true}); TicketWord(err) != "void" {
		t.Errorf("the rule says %v", err)
	}
	if _, err := r.store.ApplyTickets(protocol.AdmissionTickets{Campaign: r.o.Status().Rules.ID, Edition: 2, Issued: 2, Mark: 42, Page: 2, Pages: 2},
		protocol.AdmissionPage{Rules: []string{}, Places: []protocol.AdmissionPlace{}, Papers: []protocol.AdmissionPaper{}, Tickets: []protocol.AdmissionTicket{}}, 5); err != nil {
		t.Fatal(err)
	}
	if _, html := c.get(old); !strings.Contains(html, "请重新查找") {
		t.Error("an old address")
	}
	if _, html := c.get(r.ticketPath(0, 2)); !strings.Contains(html, "打印准考证") {
		t.Error("the new ticket")
	}
	// A third whose rooms have no sites yet: an empty list makes the second void.
	if _, err := r.store.ApplyTickets(protocol.AdmissionTickets{Campaign: r.o.Status().Rules.ID, Edition: 3, Issued: 3, Mark: 43, Page: 1, Pages: 1},
		protocol.AdmissionPage{Rules: []string{}, Places: []protocol.AdmissionPlace{}, Papers: []protocol.AdmissionPaper{}, Tickets: []protocol.AdmissionTicket{}}, 6); err != nil {
		t.Fatal(err)
	}
	if _, err := Ticketable(r.store, "t-0", r.o.Status().Rules, "430104", window.Interval{Earliest: r.o.Now(), Latest: r.o.Now(), Bounded: true}); TicketWord(err) != "coming" {
		t.Errorf("while seats wait for sites the rule says %v", err)
	}
}
