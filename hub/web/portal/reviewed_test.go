package portal_test

import (
	"strings"
	"testing"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/review"
	"zhunkao/protocol/form"
)

// What her point looked at stands on her status page: what lacks with what to
// bring and by when, what does not fit, and how her claims stand.
func TestStatusShowsTheReview(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.submit()
	if page := h.see("/ks/status").text(); strings.Contains(page, "确认点的资格审核") {
		t.Error("a review is shown before there is one")
	}
	add := func(id string, looked int64, items []review.Item, claims []review.Claim) {
		t.Helper()
		w.write(func(tx *db.Tx) error {
			sealed, err := review.Seal(w.keys, id, review.Content{})
			if err != nil {
				return err
			}
			_, err = review.Add(t.Context(), tx, review.Review{ID: id, Application: h.app.ID, Campaign: h.app.Campaign, Rules: 1, Version: 1, Point: h.app.Point, Division: "430102", Box: "b", Clerk: "c",
				Items: items, Claims: claims, BodyHash: strings.Repeat("0", 64), Envelope: []byte{1}, Looked: looked, At: w.now().UnixMilli()}, sealed)
			return err
		})
	}
	add("r1", 1, []review.Item{{Key: "diploma", Result: review.Warn}, {Key: "household", Result: review.Fail}, {Key: "pledge", Result: review.Pass}},
		[]review.Claim{{Kind: form.BonusClaim, Code: "B05", Shown: review.Warn}})
	page := h.see("/ks/status").text()
	for _, want := range []string{"确认点的资格审核", "有不符的地方", "学历证书", "专科以上毕业证书原件", "9 月 11 日", "由当地招考机构核查", "已登记，待市级审核", "9 月 20 日"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	// Confirmed, she has nothing to do but to bring what lacks: that stands first.
	h.confirm(h.app, h.app.Version, local("09-06 10:31"), picture(t), flow.Step{State: confirmation.InForce})
	page = h.see("/ks/status").text()
	for _, want := range []string{"还有材料要补", "请把缺的材料带到确认点", "看确认点怎么走"} {
		if !strings.Contains(page, want) {
			t.Errorf("confirmed, the page lacks %q", want)
		}
	}
	if strings.Contains(page, "没有要您办的事") {
		t.Error("something is to be brought, and the page says that nothing is to be done")
	}
	add("r1b", 2, []review.Item{{Key: "household", Result: review.Fail}}, nil)
	if page = h.see("/ks/status").text(); !strings.Contains(page, "材料有不符的地方") || strings.Contains(page, "没有要您办的事") {
		t.Error("what does not fit does not stand first")
	}
	if !strings.Contains(h.see("/ks/status").Page, "/ks/pledge.pdf") {
		t.Error("the pledge was not looked at, and the page has no sheet to copy")
	}
	add("r2", 3, []review.Item{{Key: "diploma", Result: review.Pass}, {Key: "pledge", Result: review.Pass}}, nil)
	page = h.see("/ks/status").text()
	if strings.Contains(h.see("/ks/status").Page, "/ks/pledge.pdf") {
		t.Error("the pledge is good, and the page still gives the sheet")
	}
	if !strings.Contains(page, "都看过，相符") || strings.Contains(page, "要补") || !strings.Contains(page, "没有要您办的事") {
		t.Error("the newer review does not stand instead")
	}
}
