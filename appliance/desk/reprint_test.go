package desk

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// prints is the box's side of the queue before the printer: the tests of the box
// drive the true one.
func (r *rig) prints(o *Options) {
	o.Printing = Printing{
		Ask: r.store.AddPrint,
		Now: func() (l PrintLine, err error) { l.Papers, err = r.store.Prints(); return l, err },
		Cancel: func(id uint64) error {
			return r.store.DropPrint(id)
		},
		Again: func(id uint64) error { return r.store.SetPrint(id, store.PrintWaiting, "") },
	}
}

func newReprintRig(t *testing.T) (*rig, *clerk) {
	t.Helper()
	r := newRig(t)
	r.prints(&r.o)
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, good), member("tan", protocol.StaffHead, good))
	return r, r.signedIn("chen")
}

// signs has somebody confirmed whose readable copy the box keeps.
func (r *rig) signs(application, name, number string) protocol.Record {
	r.Helper()
	rec := r.confirm(application)
	rules := r.o.Status().Rules
	app := form.Application{ID: application, Fields: form.Fields{form.FullName: name, form.DocumentNumber: number, form.CandidateNumber: "19430104" + application}}
	if err := r.store.KeepReadable(rec.Manifest.Sequence, store.Readable{Application: app, Campaign: rules.ID, Version: rules.Version, At: protocol.TimeOf(r.o.Now())}); err != nil {
		r.Fatal(err)
	}
	return rec
}

func (c *clerk) reprints(seq int, fields ...string) (int, string) {
	c.Helper()
	path := fmt.Sprintf("/reprint/%d", seq)
	return c.post(path, path, append([]string{"reason", "lost"}, fields...)...)
}

// She is found by the end of her number, by her name, or both; several are told
// apart by masked names; no address and no page names anybody.
func TestFindASheet(t *testing.T) {
	r, c := newReprintRig(t)
	r.signs("1001", "石雨", "430104199901012326")
	r.signs("1002", "欧阳·明", "430104199802022326")
	find := func(number, who string) (int, string) {
		t.Helper()
		return c.post("/reprint", "/reprint/find", "number", number, "who", who)
	}
	for _, x := range []struct {
		number, who string
		seq         int // 0: shown on the page
		words       string
	}{
		{"2326", "", 0, "找到几位"}, {"2326", "石雨", 1, ""}, {"", "欧阳明", 2, ""}, {"430104 19980202 2326", "", 2, ""}, {"194301041001", "", 1, ""},
		{"", "", 0, "后四位以上"}, {"326", "", 0, "后四位以上"}, {"9999", "", 0, "没有考生的确认"},
	} {
		res, html := find(x.number, x.who)
		switch {
		case x.seq != 0 && res != http.StatusSeeOther:
			t.Errorf("%q %q: %d", x.number, x.who, res)
		case x.seq == 0 && !strings.Contains(html, x.words):
			t.Errorf("%q %q: the page lacks %q", x.number, x.who, x.words)
		}
		if strings.Contains(html, "430104199901012326") && x.number != "430104199901012326" || strings.Contains(html, "石雨") && x.who != "石雨" {
			t.Errorf("%q: the page names somebody whole", x.number)
		}
	}
}

// A copy is promised with its reason and who asked; one at a time; from the third
// on the head signs beside, and no more than nine.
func TestReprintIsAsked(t *testing.T) {
	r, c := newReprintRig(t)
	rec := r.signs("1001", "石雨", "430104199901012326")
	if status, html := c.reprints(1, "reason", ""); status != 422 || !strings.Contains(html, "请选一个原因") {
		t.Errorf("no reason: %d", status)
	}
	if status, html := c.reprints(1, "reason", "other"); status != 422 || !strings.Contains(html, "说明") {
		t.Errorf("another reason and not which: %d", status)
	}
	if status, html := c.reprints(1, "note", "考生说 430104199901012326"); status != 422 || !strings.Contains(html, "不要写证件号") {
		t.Errorf("a number in the note: %d", status)
	}
	if status, _ := c.reprints(1); status != http.StatusSeeOther {
		t.Fatalf("asked: %d", status)
	}
	all, err := r.store.Prints()
	if err != nil || len(all) != 1 || all[0].Kind != store.PrintReprint || all[0].Record != rec.Manifest.ID || all[0].Sequence != 1 || all[0].By.Account != "s-chen" || all[0].Reason != "lost" || all[0].Head != nil {
		t.Fatalf("promised %+v, %v", all, err)
	}
	_, html := c.get(fmt.Sprintf("/printing?job=%d", all[0].ID))
	has(t, html, "补打流程表　第 1 条", "等着打", "已排上", "不打了")
	if status, html := c.reprints(1); status != 422 || !strings.Contains(html, "已经在打印队列") {
		t.Errorf("asked twice: %d", status)
	}
	if status, _ := c.post("/printing", "/printing", "paper", fmt.Sprint(all[0].ID), "act", "cancel"); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	copies := func(to int) {
		t.Helper()
		for n := 1; n <= to; n++ {
			_, _ = r.store.BeginCopy(store.Copy{Record: rec.Manifest.ID, Number: n, At: 1, Reason: "lost", By: &store.DayAct{Account: "s-chen"}}) // those that are there stay
		}
	}
	copies(3)
	_, html = c.get("/reprint/1")
	if strings.Contains(html, "石雨") || strings.Contains(html, "430104199901012326") {
		t.Error("she is named whole")
	}
	has(t, html, "***2326", "第 3 份", "遗失", "陈晓老师", "负责人一同签")
	for name, x := range map[string]struct {
		fields []string
		words  string
	}{
		"nobody":            {nil, "对不上"},
		"the clerk herself": {[]string{"name", "chen", "password", good, "code", r.code()}, "您自己不能算两个"},
	} {
		if status, html := c.reprints(1, x.fields...); status != 422 || !strings.Contains(html, x.words) {
			t.Errorf("%s: %d, want %q", name, status, x.words)
		}
	}
	if status, _ := c.reprints(1, "name", "tan", "password", good, "code", r.code()); status != http.StatusSeeOther {
		t.Fatalf("with the head: %d", status)
	}
	if all, err = r.store.Prints(); err != nil || len(all) != 1 || all[0].Head == nil || all[0].Head.Account != "s-tan" {
		t.Fatalf("promised %+v, %v", all, err)
	}
	copies(mostCopies)
	_, html = c.get("/reprint/1")
	has(t, html, "不再补打")
}

// What cannot be printed here is said with where else: at the hub, taken back,
// signed under another version, of no record, no policy.
func TestNotReprinted(t *testing.T) {
	r, c := newReprintRig(t)
	r.settle(r.signs("1001", "石雨", "430104199901012326"), protocol.Accepted, "")
	old := r.o.Status().Rules
	r.signs("1002", "欧阳明", "430104199802022326")
	next := *old
	next.Version++
	say := func(seq int, words string) {
		t.Helper()
		_, html := c.get(fmt.Sprintf("/reprint/%d", seq))
		has(t, html, words)
		if strings.Contains(html, `name="reason"`) {
			t.Errorf("%d: it can be asked for", seq)
		}
		status, html := c.post("/reprint", fmt.Sprintf("/reprint/%d", seq), "reason", "lost")
		if status != 422 || !strings.Contains(html, words) {
			t.Errorf("%d: asked for all the same: %d", seq, status)
		}
	}
	say(1, "已送达省中心，按规定销毁")
	r.with(func() { r.status.Rules = &next })
	say(2, "规定换了新版本")
	none := *old
	none.Policy.Reprint = false
	r.with(func() { r.status.Rules = &none })
	say(2, "不在终端补打")
	r.with(func() { r.status.Rules = old })
	if err := r.seal(t.Context(), Voiding{Sequence: 2, Reason: "04", Note: "x", Clerk: store.DayAct{Account: "s-chen", At: 1}, Head: store.DayAct{Account: "s-tan", At: 1}}); err != nil {
		t.Fatal(err)
	}
	say(2, "已撤销")
	if status, _ := c.get("/reprint/9"); status != http.StatusNotFound {
		t.Errorf("of no record: %d", status)
	}
	if all, err := r.store.Prints(); err != nil || len(all) != 0 {
		t.Errorf("promised all the same: %+v, %v", all, err)
	}
}

// What stopped is said to who asked, on her first page too, and she has it tried
// again or lets it go; a sheet of which nobody knows is never simply printed again.
func TestTheQueueBeforeThePrinter(t *testing.T) {
	r, c := newReprintRig(t)
	other := r.signedIn("tan")
	if status, _ := c.post("/drafts", "/printing/ask", "paper", "form"); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	if status, _ := c.post("/drafts", "/printing/ask", "paper", "reprint"); status != http.StatusNotFound {
		t.Error("a sheet of somebody is asked for without a reason")
	}
	if status, _ := c.post("/drafts", "/printing/ask", "paper", "closing"); status != http.StatusNotFound {
		t.Error("a closing sheet of no day")
	}
	r.signs("1001", "石雨", "430104199901012326")
	if status, _ := c.reprints(1); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	all, err := r.store.Prints()
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	_, html := c.get("/")
	if strings.Contains(html, "没打出来") {
		t.Error("nothing has stopped")
	}
	if err := r.store.SetPrint(all[0].ID, store.PrintStopped, "jam"); err != nil {
		t.Fatal(err)
	}
	if err := r.store.SetPrint(all[1].ID, store.PrintUnsure, WhyRestart); err != nil {
		t.Fatal(err)
	}
	_, html = c.get("/")
	has(t, html, "有 2 份纸没打出来")
	if _, html := other.get("/"); strings.Contains(html, "没打出来") {
		t.Error("it is said to somebody who did not ask")
	}
	_, html = c.get("/printing")
	has(t, html, "卡纸了", "停下了", "空白草表", "不知道打出来没有", "份号会接着往下编", "正在打的时候终端重启了", "陈晓老师")
	if n := strings.Count(html, `value="again"`); n != 1 {
		t.Errorf("%d papers can be tried again", n)
	}
	if status, _ := c.post("/printing", "/printing", "paper", fmt.Sprint(all[0].ID), "act", "again"); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	if all, err = r.store.Prints(); err != nil || all[0].State != store.PrintWaiting {
		t.Errorf("again: %+v, %v", all, err)
	}
}
