package portal_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/protocol/form"
)

// A double click, the way back and a second tab submit once.
func TestSubmitOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		h := w.arrive(0)
		h.sign()
		h.fillIn()
		page := h.see("/ks/review")
		var wg sync.WaitGroup
		all := make([]answer, 3)
		for i := range all {
			wg.Go(func() { all[i] = h.send(page, "/ks/review", nil) })
		}
		wg.Wait()
		for i, a := range all {
			if a.Status != http.StatusSeeOther || !strings.HasPrefix(a.To, "/ks/submitted") {
				t.Errorf("click %d: %d → %s: %s", i, a.Status, a.To, a.text())
			}
		}
		if got := h.found(); got.Version != 1 {
			t.Errorf("version %d, want 1", got.Version)
		}
		// Changed and submitted from the old page: she is told that it is another form.
		path, _ := h.where(form.PhoneNumber)
		h.send(h.see(path), path, url.Values{"f-LXDH": {"13911112222"}})
		if a := h.see("/ks/review"); !a.says("您改过，还没有提交") || !a.says("提交修改") {
			t.Errorf("a change that is not submitted: %s", a.text())
		}
		if a := h.send(page, "/ks/review", nil); a.Status != http.StatusSeeOther {
			t.Errorf("the old page again: %d, want the first result", a.Status)
		}
		if got := h.handIn(); got.Version != 2 || got.Application.Get(form.PhoneNumber) != "13911112222" {
			t.Errorf("the change: version %d", got.Version)
		}
	})
}

// After the confirmation the pages show, and change nothing (demand A34).
func TestReadOnlyAfterConfirmation(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.sign()
	h.fillIn()
	path, _ := h.where(form.PhoneNumber)
	page, last := h.see(path), h.see("/ks/review")
	h.handIn()
	h.confirmNow()
	a := h.see(path)
	if strings.Contains(a.Page, `action="`+path+`"`) || !a.says("已经现场确认，不能再改") || !a.says("第 1 报名确认点") {
		t.Errorf("the form after the confirmation: %s", a.text())
	}
	if a := h.send(page, path, url.Values{"f-LXDH": {"13911112222"}}); a.Status != http.StatusSeeOther || a.To != path {
		t.Errorf("an old page after the confirmation: %d → %s", a.Status, a.To)
	}
	h.send(last, "/ks/review", nil)
	if a := h.see("/ks/review"); strings.Contains(a.Page, `action="/ks/review"`) || strings.Contains(a.Page, `href="/ks/withdraw"`) || strings.Contains(a.Page, ">改<") {
		t.Error("the last look still offers to change something")
	}
	if a := h.see("/ks/withdraw"); strings.Contains(a.Page, `action="/ks/withdraw"><`) && strings.Contains(a.Page, "我要撤回") {
		t.Error("she can still withdraw")
	}
	if got := h.found(); got.Version != 1 || got.State != candidate.Confirmed {
		t.Errorf("version %d, %s", got.Version, got.State)
	}
}

// Closed: when and where it opens is said, and what is filled in stays.
func TestWindowClosed(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	before := time.Date(2019, 8, 30, 2, 0, 0, 0, time.UTC)
	w.set(before)
	h.sign()
	h.fillIn()
	a := h.see("/ks/review")
	if strings.Contains(a.Page, `action="/ks/review"`) || !a.says("还没有到开始时间") || !a.says("起可以办理") {
		t.Errorf("before the window: %s", a.text())
	}
	token := url.Values{"token": {asIs(formTag.FindString(h.see("/ks/form/1").Page[0:])).Get("token")}, "revision": {fmt.Sprint(h.drafted().Revision)}}
	if a := h.post("/ks/review", token); a.Status != http.StatusUnprocessableEntity || !a.says("现在还不能提交") {
		t.Errorf("submitted before the window: %d: %s", a.Status, a.text())
	}
	w.set(time.Date(2019, 9, 20, 2, 0, 0, 0, time.UTC))
	a = h.see("/ks/form/1")
	if strings.Contains(a.Page, `name="f-XM"`) || !a.says("报名时间已经过了") || !a.says(h.app.Name().Reveal()) {
		t.Errorf("after the window: %s", a.text())
	}
	if a := h.post("/ks/review", token); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("submitted after the window: %d", a.Status)
	}
	if h.found().ID != "" {
		t.Error("it was registered outside its window")
	}
}

// A number that is registered already: she is told what to do, and nothing of
// whose it is.
func TestTaken(t *testing.T) {
	w := newWorld(t)
	first, second := w.arrive(0), w.arrive(1)
	second.app = first.app
	for _, h := range []*her{first, second} {
		h.sign()
		h.fillIn()
	}
	first.handIn()
	a := second.send(second.see("/ks/review"), "/ks/review", nil)
	if a.Status != http.StatusUnprocessableEntity || !a.says("已经报过名") || !a.says("请带身份证到") || !strings.Contains(a.Page, `action="/ks/review"`) {
		t.Errorf("a number that is taken: %d: %s", a.Status, a.text())
	}
}

// Taken back, and handed in again.
func TestWithdrawPages(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.sign()
	h.fillIn()
	h.handIn()
	if a := h.send(h.see("/ks/withdraw"), "/ks/withdraw", nil); a.To != "/ks/review?done=withdrawn" {
		t.Fatalf("→ %s", a.To)
	}
	if got := h.found(); got.State != candidate.Withdrawn {
		t.Errorf("state %s", got.State)
	}
	if a := h.see("/ks/review?done=withdrawn"); !a.says("报名已经撤回") || !strings.Contains(a.Page, `action="/ks/review"`) {
		t.Errorf("after: %s", a.text())
	}
	page := h.see("/ks/review")
	if !page.says("都对，重新提交") {
		t.Errorf("the button of what was withdrawn: %s", page.text())
	}
	a := h.send(page, "/ks/review", nil)
	if got := h.found(); a.To != "/ks/submitted" || got.State != candidate.Registered || got.Version != 2 {
		t.Errorf("handed in again: → %s, %s version %d", a.To, got.State, got.Version)
	}
}
