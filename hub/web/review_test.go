package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhunkao/hub/blob"
	"zhunkao/hub/db"
	"zhunkao/hub/review"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// reviewed has a point enter a review of somebody, with a picture of the pledge
// and one of her evidence, and gives its id.
func (w *world) reviewed(n int, change ...func(*review.Review)) string {
	w.t.Helper()
	app := w.people[n].Application
	id := protocol.NewID().String()
	at := now().UnixMilli()
	r := review.Review{ID: id, Application: app.ID, Campaign: app.Campaign, Rules: w.camp.Version, Version: app.Version, Point: app.Point, Division: app.Point[:6], Box: w.boxes[app.Point].ID,
		Clerk: w.clerkID(), BodyHash: protocol.HashOf([]byte(id)).String(), Envelope: []byte(id), Looked: at + int64(w.next.Add(1)), At: at,
		Items:  []review.Item{{Key: "diploma", Result: review.Fail}, {Key: "household", Result: review.Warn}, {Key: "pledge", Result: review.Pass}},
		Claims: []review.Claim{{Kind: form.BonusClaim, Code: "B05", Shown: review.Pass, Copies: []int{1}}}}
	content := review.Content{Note: "已告知", Notes: map[string]string{"diploma": "不是国民教育系列"}}
	for _, role := range []string{protocol.RolePledge, protocol.RoleCopy(1)} {
		plain := drawn(w.t, 300, 400)
		sealed, err := protocol.SealBlob(protocol.SuiteAES, role, "image/jpeg", plain)
		if err != nil {
			w.t.Fatal(err)
		}
		if err := w.blobs.Put(map[blob.Hash][]byte{blob.Hash(sealed.Ref.Hash): sealed.Ciphertext}); err != nil {
			w.t.Fatal(err)
		}
		r.Blobs = append(r.Blobs, review.Blob{Role: role, Media: "image/jpeg", Hash: sealed.Ref.Hash.String(), Size: int64(sealed.Ref.Size)})
		content.Keys = append(content.Keys, review.Key{Hash: sealed.Ref.Hash.String(), Suite: uint16(sealed.Ref.Suite), Key: sealed.Ref.Key})
		if role == protocol.RolePledge {
			r.Pledge = protocol.HashOf(plain).String()
		}
	}
	for _, f := range change {
		f(&r)
	}
	if err := w.db.Write(context.Background(), func(tx *db.Tx) error { return w.flow.TakeReview(context.Background(), tx, r, content) }); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// TestReviews: who did not fit stands in the county's list and nowhere beyond the
// remit, with a page of the review that shows pledge and evidence and is
// journalled; another review clears it.
func TestReviews(t *testing.T) {
	w := newWorld(t)
	app := w.people[0].Application
	page := "/gl/candidates/" + app.ID + "/review"
	if _, html := w.as("co").get("/gl/reviews"); strings.Contains(html, app.ID) || strings.Contains(html, `href="/gl/reviews"`) {
		t.Error("a doubt before any review, or the menu has it without one")
	}
	if res, html := w.as("co").get(page); res.StatusCode != http.StatusOK || !strings.Contains(html, "还没有审核") {
		t.Errorf("before any review: %d", res.StatusCode)
	}
	id := w.reviewed(0)
	for _, who := range []string{"co", "ci", "po", "ph"} {
		_, html := w.as(who).get("/gl/reviews")
		holds(t, who, textOf(html), []string{string(app.Name()), "学历证书", "户籍"}, string(app.Number()))
		if link := strings.Contains(html, page); link != (who != "ph") {
			t.Errorf("%s: a link to the pictures: %v", who, link)
		}
	}
	res, html := w.as("co").get(page)
	if n := strings.Count(html, `src="data:image/jpeg`); res.StatusCode != http.StatusOK || n != 2 {
		t.Fatalf("%d, %d pictures", res.StatusCode, n)
	}
	if !strings.Contains(res.Header.Get("Content-Security-Policy"), "img-src 'self' data:;") || res.Header.Get("Cache-Control") != "no-store" {
		t.Error("pictures are not allowed in the page, or it may be kept")
	}
	holds(t, "review", textOf(html), []string{"不是国民教育系列", "已告知", "抄写的诚信考试承诺书", "立个人三等功", "待审", "以这次为准"}, string(app.Number()))
	if acts := strings.Join(w.acts(app.ID), "\n"); !strings.Contains(acts, "record.viewed review") {
		t.Errorf("the look is not journalled: %s", acts)
	}
	if acts := strings.Join(w.acts(id), "\n"); !strings.Contains(acts, "application.reviewed") {
		t.Errorf("the review is not journalled: %s", acts)
	}
	for _, who := range []string{"cl", "ph", "te"} {
		if res, _ := w.as(who).get(page); res.StatusCode != http.StatusForbidden && res.StatusCode != http.StatusNotFound {
			t.Errorf("%s sees the pictures: %d", who, res.StatusCode)
		}
	}
	w.reviewed(0, func(r *review.Review) { r.Items, r.Claims = []review.Item{{Key: "diploma", Result: review.Pass}}, nil })
	if _, html := w.as("co").get("/gl/reviews"); strings.Contains(html, app.ID) {
		t.Error("what a newer review cleared is still in doubt")
	}
	if _, html := w.as("co").get(page); strings.Count(textOf(html), "有更新的一次") != 1 {
		t.Error("the review that was overtaken is not shown as such")
	}
	if _, html := w.as("co").get("/gl/claims"); strings.Contains(html, app.ID) {
		t.Error("a claim of a review that was overtaken is listed")
	}
}

// TestClaims: what is claimed at the desks stands in the city's list, page by page
// without a gap, and goes out as a file whole; nothing is decided there.
func TestClaims(t *testing.T) {
	w := newWorld(t)
	far := "" // somebody of another county
	want := map[string]bool{}
	for n, p := range w.people {
		app := p.Application
		if app.Point != pointHere {
			if far == "" {
				far = app.ID
				w.reviewed(n)
			}
			continue
		}
		w.reviewed(n, func(r *review.Review) {
			r.Claims = append(r.Claims, review.Claim{Kind: form.BonusClaim, Code: "B07", Shown: review.Fail}, review.Claim{Kind: form.ExemptionClaim, Code: "E01", Shown: review.Warn})
		})
		for _, c := range []string{"B05", "B07", "E01"} {
			want[app.ID+" "+c] = true
		}
	}
	if len(want) <= 25 {
		t.Fatalf("%d claims are no two pages", len(want))
	}
	seen, path := 0, "/gl/claims"
	for range 10 {
		_, html := w.as("ci").get(path)
		if strings.Contains(html, far) {
			t.Error("a claim of another city is listed")
		}
		seen += strings.Count(html, `<td><a class="button" href="/gl/candidates/`)
		holds(t, path, textOf(html), []string{fmt.Sprintf("%d 项照顾、免试申报待审", len(want)), "待审"})
		i := strings.Index(html, `rel="next"`)
		if i < 0 {
			break
		}
		href := html[strings.LastIndex(html[:i], `href="`)+6:]
		path = strings.ReplaceAll(href[:strings.Index(href, `"`)], "&amp;", "&")
	}
	if seen != len(want) {
		t.Errorf("%d rows on all pages, %d claims", seen, len(want))
	}
	res, file := w.as("ci").get("/gl/claims?as=csv")
	if n := strings.Count(file, "待审"); res.StatusCode != http.StatusOK || n != len(want) || !strings.Contains(file, "B07") || !strings.Contains(file, "没有带材料") {
		t.Errorf("%d, %d rows", res.StatusCode, n)
	}
	for _, p := range w.people {
		if strings.Contains(file, string(p.Application.Number())) {
			t.Error("the file holds a whole number")
		}
	}
	if _, html := w.as("cl").get("/gl"); strings.Contains(html, "/gl/claims") {
		t.Error("a clerk's menu leads to the claims")
	}
	for _, bad := range []string{"x", "1.a.b", "1.a.b.c.d", "-1.a.b.c", "1.A.b.c", "1.a.b.c%00"} {
		if res, _ := w.as("ci").get("/gl/claims?before=" + url.QueryEscape(bad)); res.StatusCode != http.StatusBadRequest {
			t.Errorf("before=%s: %d", bad, res.StatusCode)
		}
	}
}

// clerkID is the account of the clerk at home.
func (w *world) clerkID() string {
	w.as("cl")
	return w.accountID("cl")
}
