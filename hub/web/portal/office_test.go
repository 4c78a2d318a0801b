package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/protocol/form"
)

// An office changed the application while she was editing: both are shown, and
// she decides field by field (faults 31, 32).
func TestOfficeMeanwhile(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.sign()
	h.fillIn()
	stands := h.handIn()
	path, _ := h.where(form.PhoneNumber)
	h.send(h.see(path), path, url.Values{"f-LXDH": {"13911112222"}})
	app := stands.Application.Clone()
	app.Version, app.Fields[form.PostCode], app.Fields[form.PhoneNumber] = 2, "410999", "13700000000"
	w.write(func(tx *db.Tx) error {
		return w.flow.Register(t.Context(), tx, app, candidate.FromOffice, flow.Operator())
	})

	a := h.see("/ks/review")
	if strings.Contains(a.Page, `action="/ks/review"`) || !a.says("报名信息在别处改过") {
		t.Fatalf("the last look: %s", a.text())
	}
	both := h.see("/ks/review/both")
	for _, says := range []string{"13911112222", "13700000000", "410999"} {
		if !both.says(says) {
			t.Errorf("%s is not shown", says)
		}
	}
	a = h.send(both, "/ks/review/both", url.Values{"f-LXDH": {"13911112222"}, "f-YZBM": {"410999"}})
	if a.Status != http.StatusSeeOther || a.To != "/ks/review" {
		t.Fatalf("decided: %d → %s: %s", a.Status, a.To, a.text())
	}
	got := h.handIn()
	if got.Version != 3 || got.Application.Get(form.PhoneNumber) != "13911112222" || got.Application.Get(form.PostCode) != "410999" {
		t.Errorf("after both were seen: version %d, %s", got.Version, got.Application.Get(form.PostCode))
	}
}

// What an office entered for her she can see and take back before she has read
// and signed anything; to change it, she reads and signs first.
func TestOfficeEntered(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.submit() // without a draft, so without a pledge
	a := h.see("/ks/review")
	for _, says := range []string{h.app.Name().Reveal(), "已提交", "撤回报名"} {
		if !a.says(says) {
			t.Errorf("%q is not said on: %s", says, a.text())
		}
	}
	if a.says("还差") || strings.Contains(a.Page, `class="steps"`) || strings.Contains(a.Page, `action="/ks/review"`) {
		t.Errorf("something is asked of her: %s", a.text())
	}
	for _, path := range []string{"/ks/form/1", "/ks/choices", "/ks/point", "/ks/review/both", "/ks/submitted"} {
		if a := h.get(path); a.To != "/ks/pledge" {
			t.Errorf("%s opens: %d → %s", path, a.Status, a.To)
		}
	}
	h.readNotices()
	if a := h.send(h.see("/ks/pledge"), "/ks/pledge", url.Values{"name": {h.app.Name().Reveal()}}); a.To != "/ks/review" {
		t.Errorf("after the pledge she goes to %s", a.To)
	}
	if a := h.see("/ks/review"); !strings.Contains(a.Page, `class="steps"`) {
		t.Errorf("signed, and no steps: %s", a.text())
	}

	other := w.arrive(1)
	other.submit()
	if a := other.send(other.see("/ks/withdraw"), "/ks/withdraw", nil); a.To != "/ks/review?done=withdrawn" {
		t.Fatalf("taken back: → %s", a.To)
	}
	if got := other.found(); got.State != candidate.Withdrawn {
		t.Errorf("state %s", got.State)
	}
	if a := other.see("/ks/review"); !a.says("报名已经撤回") || strings.Contains(a.Page, `action="/ks/review"`) {
		t.Errorf("withdrawn, and not signed: %s", a.text())
	}
}
